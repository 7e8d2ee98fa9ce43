// Follows a way back at the terminal, and answers what it asks as far as that is plain: what is stuck is tried once more;
// about drift, and what a step asks, the person is asked, where there is one.
import type { About, Answer } from '../model/event.ts';
import { isWatched } from '../model/phase.ts';
import { open } from '../model/questions.ts';
import { type Question, type Run, watch } from '../model/run.ts';
import { follow } from './follow.ts';
import type { Reached } from './reach.ts';
import { choose, type Screen } from './screen.ts';
import { questionText } from './words.ts';

/** `say`: each line of how it goes on. Returns when everything is back, or where a person has to decide and none is there. */
export async function driveBack(
  reached: Reached,
  screen: Screen,
  id: string,
  say: (line: string) => void,
): Promise<Run> {
  const tried = new Set<string>();
  const later = new Set<string>();
  for (;;) {
    const waits = (r: Run): Question | undefined =>
      r.questions.find((q) => open(q) && q.about.is !== 'resume' && !later.has(q.id));
    // What waits for a person holds up nothing else: the rest is put back first.
    const run = await follow(reached, id, () => false, say, stands);
    const question = waits(run);
    if (run.ended !== null || isWatched(run) || question === undefined) return run;
    const given = await answerTo(screen, run, question, tried);
    if (given === null) return run;
    if (given === 'later') later.add(question.id);
    await reached.call({ method: 'answer', request: { run: id, question: question.id, answer: given, hash: null } });
  }
}

/** Whether nothing more comes back until somebody answers: all that is not done is being asked about, or waits for that. */
export function stands(run: Run): boolean {
  const asked = run.questions.filter(open).map((q) => q.about);
  if (asked.some((about) => about.is === 'stuck' && about.wide === true)) return true;
  const isAsked = (step: string): boolean => asked.some((about) => about.is === 'stuck' && about.step === step);
  // One step at a time: the first that is not done asks, and nothing after it begins.
  const next = run.steps.back.find(({ name, state }) => state !== 'done' && !isAsked(name));
  if (asked.some((about) => about.is === 'step' && about.way === 'back' && about.step === next?.name)) return true;
  const waiting = asked.some((about) => about.is === 'drift' || about.is === 'stuck');
  const door = run.steps.back.findIndex((step) => step.door);
  const before = door === -1 ? run.steps.back : run.steps.back.slice(0, door);
  return waiting && before.every(({ name, state }) => state === 'done' || isAsked(name) || name === watch.name);
}

async function answerTo(
  screen: Screen,
  run: Run,
  { about, ...question }: Question,
  tried: Set<string>,
): Promise<Answer | null> {
  switch (about.is) {
    case 'stuck': {
      const first = !tried.has(about.step);
      tried.add(about.step);
      if (first) return 'try-again';
      screen.err(questionText(run, { ...question, about }));
      return null;
    }
    case 'drift':
      screen.err(questionText(run, { ...question, about }));
      return choose(screen, words(about), ['restore', 'keep', 'later']);
    case 'step':
      screen.err(questionText(run, { ...question, about }));
      return choose(screen, `${about.says}. What now?`, about.answers);
    default:
      return null;
  }
}

function words({ key, shows }: About & { is: 'drift' }): string {
  return `${key} is ${shows.now}. Put ${shows.before} back, or keep ${shows.now}?`;
}
