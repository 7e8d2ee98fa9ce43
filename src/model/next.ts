// What a run does next: one pure function of the run and the time. It does one thing at a time; the driver performs it,
// records what came of it, and asks again. What each part of a run decides is in `next/`: quieting, holding, the way back.
import { type Action, record } from './action.ts';
import { holding } from './next/holding.ts';
import { planning, quieting } from './next/quieting.ts';
import { reminderDue } from './next/resting.ts';
import { wayBack } from './next/way-back.ts';
import type { Run } from './run.ts';

export function next(run: Run, now: number): Action {
  if (run.ended !== null) return { do: 'rest', until: null };
  const reminder = reminderDue(run, now);
  if (reminder !== null) return record(reminder);
  return run.way === 'quiet' ? towardsQuiet(run, now) : wayBack(run, now);
}

function towardsQuiet(run: Run, now: number): Action {
  if (run.quietAt !== null) return holding(run, now);
  return planning(run, now) ?? quieting(run, now) ?? record({ is: 'quieted' });
}
