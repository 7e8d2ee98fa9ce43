// Listens to an app's log for dynos that start, over one connection for the whole of an observation. Lines come late and can
// be lost, so it finds what the samples miss, and proves nothing without them. Of a line only the dyno's name is kept.
import { setTimeout as pause } from 'node:timers/promises';
import { clause, Trouble } from '../../errors.ts';
import type { Cx } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import type { LogEnd } from '../api/log-sessions.ts';
import { newsOf, parseLogLine, tellsOfGap, typeInName } from '../log-lines.ts';
import { isMarkerIn } from './marker-in.ts';
import { type LogSeen, ONE_OFFS } from './sample.ts';

export interface LogWatch {
  /** Whether it has been connected from the beginning until now. */
  readonly connected: boolean;
  /** What has started since `from`, by Heroku's clock. */
  seen(from: number): LogSeen;
  close(): void;
}

/** Milliseconds of the machine's time: an observation begins without the log rather than late. */
const PATIENCE_MS = 5_000;
/** As few lines of the past as can be asked for: what is in them is over. */
const HISTORY = 1;
const MOST = 1_000;
const GAP = 'Heroku left lines of it out';

interface Start {
  readonly name: string;
  readonly at: number;
  /** Null: of another type than `scheduler`, or the line did not say. */
  readonly paused: boolean | null;
}

/**
 * Never throws for what keeps it from the log: that is told by `seen`. `idleMs`: closed by itself when nobody has looked for
 * so long, of the machine's time, for the run may be driven by another process by now.
 */
export async function watchLog(heroku: Heroku, cx: Cx, idleMs: number): Promise<LogWatch> {
  const stop = new AbortController();
  const opened = Promise.withResolvers<void>();
  let starts: Start[] = [];
  let lines = 0;
  let lost: string | null = 'it did not answer in time';

  const hear = (line: string): void => {
    lines += 1;
    const parsed = parseLogLine(line);
    if (tellsOfGap(parsed)) {
      lost = GAP;
      stop.abort();
    }
    const news = newsOf(parsed);
    if (news === null || parsed.at === null || (news.is !== 'starting' && news.is !== 'up')) return;
    const command = news.is === 'starting' ? news.command : null;
    const paused = command === null ? null : isMarkerIn(command, cx.run);
    starts = [...starts, { name: news.dyno, at: parsed.at, paused }].slice(-MOST);
  };
  const ended = (end: LogEnd): void => {
    if (lost !== GAP)
      lost = end.why === 'error' ? end.says : `it was ${end.why === 'aborted' ? 'given up' : 'ended by Heroku'}`;
    opened.resolve();
  };

  try {
    const url = await heroku.logSessions.create(cx, cx.app.id, { tail: true, lines: HISTORY });
    const onOpen = (): void => {
      lost = null;
      opened.resolve();
    };
    heroku.logSessions.connect(url, { signal: stop.signal, onOpen, onLine: hear, onEnd: ended });
    const late = new AbortController();
    await Promise.race([opened.promise, pause(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
    if (lost !== null) stop.abort();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    lost = clause(error);
  }

  const close = (): void => {
    clearTimeout(idle);
    stop.abort();
  };
  let idle = setTimeout(close, idleMs).unref();
  return {
    get connected() {
      return lost === null;
    },
    seen(from) {
      clearTimeout(idle);
      idle = setTimeout(close, idleMs).unref();
      return lost === null
        ? { is: 'connected', lines, ...sorted(starts, from, cx.settings.web) }
        : { is: 'unread', why: lost };
    },
    close,
  };
}

function sorted(
  starts: readonly Start[],
  from: number,
  web: Cx['settings']['web'],
): Omit<LogSeen & { is: 'connected' }, 'is' | 'lines'> {
  const named = Map.groupBy(
    starts.filter(({ at }) => at >= from),
    ({ name }) => name,
  );
  const all = [...named].map(([name, of]) => ({
    name,
    at: Math.min(...of.map(({ at }) => at)),
    type: typeInName(name),
    is: of.some(({ paused }) => paused === false)
      ? ('loud' as const)
      : of.some(({ paused }) => paused)
        ? ('paused' as const)
        : ('unclear' as const),
  }));
  const known = [...ONE_OFFS, 'scheduler', ...(web === 'zero' ? [] : ['web'])];
  const few = <T>(list: readonly T[]): T[] => list.slice(0, 20);
  const start = ({ name, at }: { name: string; at: number }) => ({ name, at });
  return {
    strange: few(all.filter(({ type }) => !known.includes(type)).map(start)),
    oneOffs: few(all.filter(({ type }) => ONE_OFFS.includes(type)).map(start)),
    scheduled: few(all.filter(({ type }) => type === 'scheduler').map((one) => ({ ...start(one), is: one.is }))),
  };
}
