// Proves that the app is quiet: observes it for a while, makes findings of what it saw, and asks a person about whatever
// stands against quiet. What cannot be seen is said to be not provable (I10), never left out.
import { randomUUID } from 'node:crypto';
import type { Finding } from '../../model/proof.ts';
import type { Answered, AnyHold, Cx, Hold, StepAnswer, Verdict, Wait } from '../../model/step.ts';
import type { Queues } from '../../steps/queues.ts';
import type { Heroku } from '../api/client.ts';
import type { Itself } from '../itself.ts';
import type { HerokuScheduler } from '../schedulers/heroku-scheduler.ts';
import { type DatabaseWatch, watchDatabase } from '../sensors/database.ts';
import { DATABASE } from '../sensors/database-findings.ts';
import { findingsOf } from '../sensors/findings.ts';
import { type LogWatch, watchLog } from '../sensors/log-watch.ts';
import {
  type Asked,
  emptied,
  hasGap,
  isComplete,
  isEarly,
  isEdge,
  nextLook,
  Observed,
  progress,
} from '../sensors/observation.ts';
import { accepted, demanded, notShown, readIn, sayAll, unmet } from '../sensors/quiet.ts';
import type { Sample } from '../sensors/sample.ts';
import { type Sources, takeSample } from '../sensors/take-sample.ts';
import { pace, waitedFor } from './pace.ts';

/** What should not be there may be on its way out: looked at again this long before anybody is asked. */
const GRACE = 2 * 60_000;
const KEY = 'violated';
/** How soon it is observed again while a person is asked: this long after the first time, and twice as long each time. */
const AGAIN = 60_000;
const AGAIN_MOST = 15 * 60_000;
/** A log connection that nobody asks after is closed so long after the observation could have been over. */
const IDLE = 60_000;

export interface ProofOptions {
  /** When the Scheduler's jobs are due; where it is not given the proof does not look for a tick. */
  readonly scheduler?: HerokuScheduler;
  readonly queues?: Queues | null;
  /** Other holds that start work or bring dynos back. */
  readonly others?: readonly AnyHold[];
  readonly itself?: Itself;
}

/** What an observation has in this process alone. */
interface Live {
  readonly mark: string;
  readonly log: LogWatch;
  readonly database: DatabaseWatch;
}

type Said = Verdict<Observed>;

export function quietProof(heroku: Heroku, jobs: Hold<string>, options: ProofOptions = {}): Wait<Observed> {
  const { scheduler = null, queues = null, others = [], itself = { app: null, databaseUrl: null } } = options;
  const sources: Sources = { heroku, jobs, scheduler, others, queues };
  const lives = new Map<string, Live>();

  /** By title: what could be read at some time has to be from then on, and what never could, if nobody has accepted that. */
  const starters = (cx: Cx, { read }: Observed): readonly string[] => {
    const all = [jobs, ...others].filter(({ name }) => cx.accepted !== undefined && !cx.accepted.includes(name));
    return [...read, ...all.map(({ title }) => title)];
  };

  const end = (cx: Cx): void => {
    lives.get(cx.run)?.log.close();
    lives.delete(cx.run);
  };

  async function begin(cx: Cx, memo: Observed | null, asked: Asked | null): Promise<Observed> {
    const before = lives.get(cx.run);
    const late = memo !== null && before?.mark === memo.mark && hasGap(cx, memo) ? memo.late + 1 : 0;
    if (before?.log.connected === false) before.log.close();
    const log = before?.log.connected ? before.log : await watchLog(heroku, cx, cx.settings.observe.for + IDLE);
    const live = { mark: randomUUID(), log, database: watchDatabase(heroku, itself) };
    lives.set(cx.run, live);
    return { ...emptied(memo), mark: live.mark, from: cx.now, late, asked, heard: cx.answered?.length ?? 0 };
  }

  /** The next sample of an observation that is under way in this process. */
  async function observe(cx: Cx, observed: Observed): Promise<Observed> {
    const live = lives.get(cx.run);
    const watches = live ?? { log: null, database: watchDatabase(heroku, itself) };
    const sample = await takeSample(sources, cx, watches, observed.from, isEdge(cx, observed));
    const read = [...new Set([...observed.read, ...readIn(sample)])];
    return { ...observed, samples: [...observed.samples, sample], read };
  }

  /** Asks, or keeps asking what it asked before. */
  function judged(cx: Cx, observed: Observed): Said {
    const { samples, asked } = observed;
    const complete = isComplete(cx, observed);
    const findings = found(cx, samples);
    const against = complete
      ? unmet(findings, cx.settings, starters(cx, observed))
      : findings.filter(({ is, subject }) => is === 'violated' && subject !== DATABASE);
    if (against.length === 0 && complete) {
      end(cx);
      return { is: 'done', findings };
    }
    if (against.length === 0) return waiting(cx, observed, progress(cx, observed), nextLook(cx, observed));
    // What writes into the database does not go away by itself: which tables it is, is worth telling at once.
    const passing = against.every(({ subject }) => subject !== DATABASE);
    if (asked === null && passing && waitedFor(cx) < GRACE) {
      return { is: 'waiting', why: `not quiet: ${sayAll(against)}`, look: pace(cx), memo: emptied(observed) };
    }
    return asking(cx, observed, samples, against);
  }

  function asking(cx: Cx, observed: Observed, samples: readonly Sample[], against: readonly Finding[]): Said {
    end(cx);
    const times = (observed.asked?.times ?? 0) + 1;
    const next = cx.now + Math.min(AGAIN_MOST, AGAIN * 2 ** (times - 1));
    const says = `${cx.app.name} is not quiet: ${sayAll(against)}`;
    const asked = { says, samples: [...samples], times, at: cx.now, next };
    return ask(cx, { ...observed, samples: [], asked }, asked);
  }

  function ask(cx: Cx, memo: Observed, { says, samples, next }: Asked): Said {
    const findings = found(cx, samples);
    const details = unmet(findings, cx.settings, starters(cx, memo)).map(
      (one) => `${one.subject}, ${one.is}: ${one.says}`,
    );
    const look = memo.samples.length === 0 ? Math.max(1_000, next - cx.now) : nextLook(cx, memo);
    // From an app that is held only an approval leads back.
    const answers: StepAnswer[] = ['look-again', 'accept', ...(cx.holding === true ? [] : (['turn-back'] as const))];
    return { is: 'ask', ask: { key: KEY, says, details, answers }, look, memo };
  }

  function waiting(cx: Cx, memo: Observed, why: string, look: number): Said {
    return memo.asked === null ? { is: 'waiting', why, look, memo } : ask(cx, memo, memo.asked);
  }

  /** By name, and only for what was shown: what has come since is asked about as it is now. */
  async function accept(cx: Cx, memo: Observed, { samples }: Asked, answer: Answered): Promise<Said> {
    const findings = found(cx, samples);
    const shown = unmet(findings, cx.settings, starters(cx, memo));
    const now = await observe(cx, { ...memo, from: cx.now, samples: [], heard: cx.answered?.length ?? 0 });
    const news = notShown(shown, found(cx, now.samples));
    if (news.length > 0) return asking(cx, now, now.samples, news);
    end(cx);
    return { is: 'done', findings: accepted(findings, shown, answer) };
  }

  return {
    kind: 'wait',
    name: 'proof',
    title: 'Proof',
    memo: Observed,
    async settle(cx, _way, memo): Promise<Said> {
      cx.reads.forget();
      // Answers of an earlier proof of this run are older than this one.
      const fresh = (cx.answered ?? [])
        .slice(memo?.heard ?? 0)
        .findLast(({ key, at }) => key === KEY && at >= cx.since);
      if (memo?.asked != null && fresh?.answer === 'accept' && fresh.says === memo.asked.says) {
        return accept(cx, memo, memo.asked, fresh);
      }
      if (memo === null || fresh !== undefined) return judged(cx, await observe(cx, await begin(cx, memo, null)));
      // One of an earlier proof is not asked any more.
      const asked = memo.asked !== null && memo.asked.at >= cx.since ? memo.asked : null;
      if (asked !== null && memo.samples.length === 0 && cx.now < asked.next) return ask(cx, memo, asked);
      // What another process has begun, or what nobody has looked at for a while, is not one observation.
      const mine = lives.get(cx.run)?.mark === memo.mark;
      if (memo.samples.length === 0 || !mine || hasGap(cx, memo)) {
        return judged(cx, await observe(cx, await begin(cx, memo, asked)));
      }
      if (isEarly(cx, memo)) return waiting(cx, memo, progress(cx, memo), nextLook(cx, memo));
      return judged(cx, await observe(cx, memo));
    },
  };
}

function found(cx: Cx, samples: readonly Sample[]): readonly Finding[] {
  return demanded(findingsOf(samples, cx.holding), cx.settings, samples.at(-1)?.at ?? cx.now, cx.found);
}
