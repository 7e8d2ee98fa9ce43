// A person's answer to a question of a run, claimed in the store before anything is redrawn: the second one is told who
// was first.
import { type Command, decide } from '../../model/decide.ts';
import type { Person } from '../../model/person.ts';
import type { Run } from '../../model/run.ts';
import { change } from './change.ts';
import { type Door, refused, writtenDown } from './door.ts';
import type { AnswerRequest, Changed, Refused } from './reply.ts';
import { start } from './start.ts';

export async function answer(door: Door, by: Person, request: AnswerRequest): Promise<Changed | Refused> {
  const run = await door.store.load(request.run);
  if (run === null) return refused('This maintenance is not known any more.', '/maint status shows what is under way.');
  const { question, answer: given, hash } = request;
  const command = { do: 'answer', question, answer: given, hash } as const;
  const asked = run.questions.find(({ id }) => id === question);
  if (given === 'quiet-again' && asked?.about.is === 'step') return anew(door, by, run, command);
  return change(door, by, given, run, command);
}

/** What is only watched is made quiet again by another maintenance, for the same reason; all that stands against one does here too. */
async function anew(door: Door, by: Person, run: Run, command: Command): Promise<Changed | Refused> {
  const said = decide(run, command, by, door.clock.now());
  if (said.is === 'refused') return writtenDown(door, by, `quiet again ${run.app.name}`, said);
  const { app, because, channel } = run;
  const begun = await start(door, by, { app: app.id, length: null, because, channel, accepted: [] }, command);
  return begun.is === 'refused' ? begun : { is: 'changed', run: begun.run };
}
