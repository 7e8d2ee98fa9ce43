// Follows a run at a terminal: one line whenever something has changed, until it is where the person wanted it.
import { setTimeout as sleep } from 'node:timers/promises';
import { isWatched, phase } from '../model/phase.ts';
import { open } from '../model/questions.ts';
import { isSkipped, type Question, type Run } from '../model/run.ts';
import type { Reached } from './reach.ts';
import { headline, stepLine } from './words.ts';

const LOOK_MS = 300;

/** Every step whose line has changed since. */
function news(before: Run | null, now: Run): readonly string[] {
  const lines: string[] = [];
  if (before === null || phase(before) !== phase(now)) lines.push(headline(now));
  for (const way of ['quiet', 'back'] as const) {
    if (way === 'back' && now.way !== 'back') continue;
    for (const step of now.steps[way]) {
      const was = before?.steps[way].find((s) => s.name === step.name);
      const line = stepLine(step);
      if ((step.state === 'todo' && step.trouble === null) || isSkipped(now, step)) continue;
      if (was === undefined || stepLine(was) !== line) lines.push(line);
    }
  }
  return lines;
}

/** Returns when `until` is true of the run, or when it is back, has ended or `waits`: for a person, where nothing else is said. */
export async function follow(
  reached: Reached,
  runId: string,
  until: (run: Run) => boolean,
  say: (line: string) => void,
  waits: (run: Run) => boolean = (run) => run.questions.some((q) => open(q) && holdsUp(q)),
): Promise<Run> {
  let before: Run | null = null;
  for (;;) {
    const reply = await reached.call({ method: 'run', id: runId });
    const run = reply.is === 'status' ? reply.runs[0] : undefined;
    if (run === undefined) throw new Error('Expected the run to be there, it is not known any more');
    for (const line of news(before, run)) say(line);
    before = run;
    if (until(run) || run.ended !== null || isWatched(run) || waits(run)) return run;
    await sleep(LOOK_MS);
  }
}

/** An approval is waited for by whoever has opened it; a violation asks while the app is held, and holds up nothing. */
function holdsUp({ about }: Question): boolean {
  return about.is !== 'resume' && about.is !== 'violation';
}
