// One-off dynos in flight, where a person has said to wait for them: under the same cap as the jobs, and the same age that no job
// should reach. They are never stopped. Who started which is looked up once, and told where the log still knows it.
import { z } from 'zod';
import type { Verdict, Wait } from '../../model/step.ts';
import { drainedFor, pastCap, timeLeft } from '../../steps/drain-cap.ts';
import { span } from '../../steps/standing.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import { startersOf } from '../inventory/starters.ts';
import { aged, isTooOld, tooOld } from './aged.ts';
import { pace } from './pace.ts';

export const ONE_OFFS = 'one-offs';

/** Who started them, by the dyno's id; of those that were there when it began. */
const Memo = z.object({ by: z.record(z.string(), z.string()) }).nullable();
type Memo = z.infer<typeof Memo>;

/** `patience`: milliseconds of the machine's time that an app's log is read for at most. */
export function oneOffs(heroku: Heroku, patience = 5_000): Wait<Memo> {
  return {
    kind: 'wait',
    name: ONE_OFFS,
    title: 'One-off dynos in flight',
    onlyAsked: true,
    memo: Memo,
    async settle(cx, _way, memo): Promise<Verdict<Memo>> {
      // By then they are people's work.
      if (cx.holding === true) return { is: 'done' };
      const running = oneOffsAmong(await heroku.dynos.list(cx, cx.app.id));
      const [oldest] = running;
      if (oldest === undefined) return { is: 'done' };
      const by = memo?.by ?? Object.fromEntries(await startersOf(heroku, cx, running, patience));
      const named = (dyno: Dyno): string =>
        aged(cx, dyno, by[dyno.id] === undefined ? 'by whom is not known' : `by ${by[dyno.id]}`);
      const old = tooOld(cx, running);
      if (old !== undefined) return { is: 'failed', why: isTooOld(cx, named(old)) };
      if (pastCap(cx)) {
        const all = `${few(running.map(named))} still ${running.length === 1 ? 'runs' : 'run'}`;
        return { is: 'failed', why: `after ${span(drainedFor(cx))}: ${all}` };
      }
      const what = running.length === 1 ? named(oldest) : `${running.length} running, the oldest ${named(oldest)}`;
      return { is: 'waiting', why: `${what}; ${timeLeft(cx)}`, look: pace(cx), memo: { by }, drains: true };
    },
  };
}

/** The oldest first. */
function oneOffsAmong(dynos: readonly Dyno[]): readonly Dyno[] {
  const running = dynos.filter(({ type, state }) => type === 'run' && state !== 'down');
  return running.toSorted((a, b) => a.created_at.localeCompare(b.created_at));
}

function few(all: readonly string[]): string {
  return all.length <= 5 ? all.join(', ') : `${all.slice(0, 5).join(', ')} and ${all.length - 5} more`;
}
