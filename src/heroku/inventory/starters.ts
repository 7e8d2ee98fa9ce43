// Who started the one-off dynos that run: Heroku's list of dynos does not say it, the app's log does, as far back as it goes
// (1,500 lines; apps on Fir keep none). Of the lines nothing but the user's name is kept.
import { Trouble } from '../../errors.ts';
import type { Cx } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import { newsOf, parseLogLine } from '../log-lines.ts';

/** A dyno is there, and its line in the log, within moments of each other. */
const NEAR_MS = 10_000;
const HISTORY = 1_500;

interface Start {
  readonly at: number;
  readonly command: string;
  readonly by: string;
}

/** By the dyno's id; who is not told, or not for certain, is left out. One call. `patience`: milliseconds of the machine's time. */
export async function startersOf(
  heroku: Heroku,
  cx: Cx,
  dynos: readonly Dyno[],
  patience: number,
): Promise<ReadonlyMap<string, string>> {
  const starts = dynos.some(isInHistory) ? await startsIn(heroku, cx, patience) : [];
  return new Map(
    dynos.flatMap((dyno): [string, string][] => {
      const near = starts.filter(({ at }) => Math.abs(at - Date.parse(dyno.created_at)) <= NEAR_MS);
      // In the log config vars are expanded in a command, so it need not be the same.
      const same = near.filter(({ command }) => command === dyno.command);
      const [by, ...others] = new Set((same.length > 0 ? same : near).map((start) => start.by));
      return by === undefined || others.length > 0 ? [] : [[dyno.id, by]];
    }),
  );
}

/** On Fir a name has no number, and there is no history to ask for: such a stream never ends by itself. */
function isInHistory({ name }: Dyno): boolean {
  return /\.\d+$/.test(name);
}

/** None where the log cannot be read: it is told as not known. */
async function startsIn(heroku: Heroku, cx: Cx, patience: number): Promise<readonly Start[]> {
  const starts: Start[] = [];
  const late = AbortSignal.timeout(patience);
  try {
    const url = await heroku.logSessions.create(cx, cx.app.id, { tail: false, lines: HISTORY });
    await new Promise<void>((resolve) => {
      heroku.logSessions.connect(url, {
        signal: AbortSignal.any([late, cx.signal]),
        onLine(line) {
          const parsed = parseLogLine(line);
          const news = newsOf(parsed);
          if (news?.is !== 'created' || news.by === null || news.scheduler || parsed.at === null) return;
          starts.push({ at: parsed.at, command: news.command, by: news.by });
        },
        onEnd: () => resolve(),
      });
    });
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
  }
  return starts;
}
