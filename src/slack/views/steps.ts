// The steps of a run as lines: a mark, the name, and what it waits for or what troubles it. The mark is never alone:
// the words say the same.
import type { Run, StepState } from '../../model/run.ts';
import { count, said, time } from './text.ts';

/** Those of the way the run is on. Escaped. */
export function stepLines(run: Run): string[] {
  const steps = run.steps[run.way];
  const current = steps.findIndex((step) => step.state !== 'done');
  return steps.map((step, i) => stepLine(run, step, i === current && run.ended === null));
}

function stepLine(run: Run, step: StepState, current: boolean): string {
  const name = `*${said(step.title, 60)}*`;
  const { trouble } = step;
  if (trouble !== null && step.state !== 'done') {
    const tries = trouble.times > 1 ? ` (${count(trouble.times, 'time')} since ${time(trouble.since)})` : '';
    return `⚠️ ${name}: trouble${tries}: ${said(trouble.why, 300)} ${said(trouble.remedy, 300)}`.trimEnd();
  }
  switch (step.state) {
    case 'done':
      return `✅ ${name}: done`;
    case 'moving':
      return `⏳ ${name}: ${said(step.why ?? 'waiting until it has taken effect', 300)}`;
    case 'todo': {
      if (run.ended !== null) return `▫️ ${name}: not begun`;
      if (step.moves > 0) return `⏳ ${name}: setting it`;
      return current ? `⏳ ${name}: looking` : `▫️ ${name}: to do`;
    }
  }
}
