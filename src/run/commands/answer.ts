// A person's answer to a question of a run, claimed in the store before anything is redrawn: the second one is told who
// was first.
import type { Person } from '../../model/person.ts';
import { change } from './change.ts';
import { type Door, refused } from './door.ts';
import type { AnswerRequest, Changed, Refused } from './reply.ts';

export async function answer(door: Door, by: Person, request: AnswerRequest): Promise<Changed | Refused> {
  const run = await door.store.load(request.run);
  if (run === null) return refused('This maintenance is not known any more.', '/maint status shows what is under way.');
  const { question, answer: given, hash } = request;
  return change(door, by, given, run, { do: 'answer', question, answer: given, hash });
}
