// The steps of a run as lines: a mark, the name, and what it waits for or what troubles it. The mark is never alone:
// the words say the same.

import { open } from '../../model/questions.ts';
import { isOfThisApp, type Run, type StepState } from '../../model/run.ts';
import { stepStillHolds, untilWords } from './held.ts';
import { count, named, said, time } from './text.ts';

/** Those of the way the run is on. Escaped. */
export function stepLines(run: Run): string[] {
  const steps = run.steps[run.way].filter((step) => isOfThisApp(run, step));
  const current = steps.findIndex((step) => step.state !== 'done');
  return steps.map((step, i) => stepLine(run, step, i === current && run.ended === null));
}

/** On the way back a step goes on without the items that somebody else has changed; those are asked about. */
function waitsForAnswer(run: Run, step: StepState): string | null {
  const asked = run.questions.filter((q) => open(q) && q.about.is === 'drift' && q.about.step === step.name).length;
  return run.way === 'quiet' || asked === 0
    ? null
    : `done, but ${count(asked, 'item')} ${asked === 1 ? 'waits' : 'wait'} for an answer`;
}

function stepLine(run: Run, step: StepState, current: boolean): string {
  const name = `*${said(step.title, 60)}*`;
  const { trouble } = step;
  if (trouble !== null && step.state !== 'done') {
    const tries = trouble.times > 1 ? ` (${count(trouble.times, 'time')} since ${time(trouble.since)})` : '';
    return `⚠️ ${name}: trouble${tries}: ${said(trouble.why, 300)} ${said(trouble.remedy, 300)}${untilWords(trouble)}`.trimEnd();
  }
  switch (step.state) {
    case 'done': {
      const holds = stepStillHolds(run, step.name);
      if (holds !== null) return `${holds.startsWith('NOT') ? '❌' : '➖'} ${name}: ${holds}`;
      // What was not held still is not ticked as if it had been.
      return step.why === null
        ? `✅ ${name}: ${waitsForAnswer(run, step) ?? 'done'}`
        : `➖ ${name}: ${said(step.why, 300)}`;
    }
    case 'moving':
      return `⏳ ${name}: ${said(step.why ?? 'waiting until it has taken effect', 300)}`;
    case 'todo': {
      if (run.ended !== null) return `▫️ ${name}: not begun`;
      if (step.claimed !== null) return `⏳ ${name}: looking, for ${named(step.claimed)} says that it was done by hand`;
      if (step.moves > 0) return `⏳ ${name}: setting it`;
      return current ? `⏳ ${name}: looking` : `▫️ ${name}: to do`;
    }
  }
}
