// What came back is watched for a while after the door has opened: dynos that crash, jobs that fail, a backlog that does not
// fall, and a rollback into the maintenance. Each is told once and keeps nothing from its end: the users are in already.
import { z } from 'zod';
import { Trouble } from '../../errors.ts';
import type { Ask, Cx, Verdict, Wait } from '../../model/step.ts';
import type { Looked, Queues } from '../../steps/queues.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import type { Release } from '../api/releases.ts';
import { lastLines } from '../last-lines.ts';
import { command } from '../shell.ts';

const LOOK = 60_000;
const RELEASES = 10;
const KEY = 'watched';
const ROLLBACK = 'rollback ';
/** Below that, failed jobs are what every app has. */
const FAILED = 10;
/** And that many of those that were taken are not: one in so many. */
const ONE_IN = 5;
/** A backlog is looked at once the workers have had that long. */
const FALLS_WITHIN = 5 * 60_000;
const MOST_FOUND = 20;

const Found = z.object({
  /** The same matter has the same key, and is told once. */
  key: z.string(),
  says: z.string(),
  details: z.array(z.string()),
});
type Found = z.infer<typeof Found>;

const Memo = z.object({
  from: z.number(),
  /** The newest release as the watch began; null: not known. */
  release: z.number().nullable(),
  /** By key, as they were then. */
  queues: z.record(z.string(), z.object({ queued: z.number(), failed: z.number().nullable() })),
  found: z.array(Found),
  /** Keys of those that a person has seen. */
  seen: z.array(z.string()),
  /** How many answers have been taken in. */
  heard: z.number(),
});
type Memo = z.infer<typeof Memo>;

interface Sight {
  readonly dynos: readonly Dyno[];
  readonly looked: readonly Looked[];
  readonly releases: readonly Release[];
}

export function watching(heroku: Heroku, queues: Queues | null = null): Wait<Memo> {
  return {
    kind: 'wait',
    name: 'watching',
    title: 'Watching',
    memo: Memo,
    unused: ({ watchAfter }) => watchAfter === 0,
    async settle(cx, _way, memo): Promise<Verdict<Memo>> {
      if (memo !== null && cx.now - memo.from >= cx.settings.watchAfter)
        return { is: 'done', unanswered: 'the watch is over' };
      const sight = await look(heroku, queues, cx);
      // Nothing can be seen: that keeps no run from its end either.
      if (sight === null) return waiting(cx, memo ?? begun(cx, { dynos: [], looked: [], releases: [] }));
      if (memo === null)
        return verdict(cx, { ...begun(cx, sight), found: [...(await crashes(heroku, cx, sight, []))] });
      const heard = (cx.answered ?? []).slice(memo.heard).filter(({ key }) => key === KEY);
      const seen = heard.length === 0 ? memo.seen : memo.found.map(({ key }) => key);
      const found = [
        ...memo.found,
        ...(await crashes(heroku, cx, sight, memo.found)),
        ...(await rollbacks(heroku, cx, sight, memo)),
        ...failures(sight, memo),
        ...backlogs(cx, sight, memo),
      ];
      const once = found.filter(({ key }, i) => found.findIndex((one) => one.key === key) === i).slice(0, MOST_FOUND);
      return verdict(cx, { ...memo, found: once, seen, heard: cx.answered?.length ?? 0 });
    },
  };
}

function begun(cx: Cx, { looked, releases }: Sight): Memo {
  const queues = looked.flatMap(({ key, found }) =>
    found.is === 'read' ? [[key, { queued: found.reading.queued, failed: found.reading.failed }] as const] : [],
  );
  const release = releases.length === 0 ? null : Math.max(...releases.map(({ version }) => version));
  const heard = cx.answered?.length ?? 0;
  return { from: cx.now, release, queues: Object.fromEntries(queues), found: [], seen: [], heard };
}

/** Null where Heroku does not say: the app is back, and nothing that maint cannot see keeps the run from its end. */
async function look(heroku: Heroku, queues: Queues | null, cx: Cx): Promise<Sight | null> {
  try {
    const [dynos, releases, looked] = await Promise.all([
      heroku.dynos.list(cx, cx.app.id),
      heroku.releases.latest(cx, cx.app.id, RELEASES),
      queues === null ? [] : queues.look(cx),
    ]);
    return { dynos, releases, looked };
  } catch (error) {
    if (error instanceof Trouble) return null;
    throw error;
  }
}

function verdict(cx: Cx, memo: Memo): Verdict<Memo> {
  const news = memo.found.filter(({ key }) => !memo.seen.includes(key));
  if (news.length === 0) return waiting(cx, memo);
  // Another maintenance would take what is left over of this one for what was there before.
  const leftOver = news.some(({ key }) => key.startsWith(ROLLBACK));
  const again = `the users of ${cx.app.name} are in: Quiet again begins another maintenance of it, for the same reason`;
  const ask: Ask = {
    key: KEY,
    says: news.map(({ says }) => says).join('; '),
    details: [...news.flatMap(({ details }) => details), ...(leftOver ? [] : [again])],
    answers: leftOver ? ['accept'] : ['accept', 'quiet-again'],
  };
  return { is: 'ask', ask, look: untilNext(cx, memo), memo };
}

function waiting(cx: Cx, memo: Memo): Verdict<Memo> {
  const until = new Date(memo.from + cx.settings.watchAfter).toISOString().slice(11, 16);
  return { is: 'waiting', why: `watched until ${until} UTC`, look: untilNext(cx, memo), memo };
}

function untilNext(cx: Cx, { from }: Memo): number {
  return Math.max(1_000, Math.min(LOOK, from + cx.settings.watchAfter - cx.now));
}

/** The same dyno that crashes again and again is told once. */
async function crashes(heroku: Heroku, cx: Cx, { dynos }: Sight, told: readonly Found[]): Promise<readonly Found[]> {
  const fresh = dynos.filter(
    ({ name, state }) => state === 'crashed' && !told.some(({ key }) => key === `crashed ${name}`),
  );
  return Promise.all(
    fresh.map(async ({ name }, i): Promise<Found> => {
      const lines = i < 2 ? await lastLines(heroku, cx, name) : [];
      return { key: `crashed ${name}`, says: `${name} crashed`, details: lines.map((line) => `${name}: ${line}`) };
    }),
  );
}

/** To a release that was made while the app was held: it has the variable in it. */
async function rollbacks(heroku: Heroku, cx: Cx, { releases }: Sight, memo: Memo): Promise<readonly Found[]> {
  const { variable } = cx.settings;
  const since = memo.release;
  if (variable === 'off' || since === null) return [];
  const back = releases.flatMap(({ version, description }) => {
    const to = /^Rollback to v(\d+)$/.exec(description ?? '')?.[1];
    const key = `${ROLLBACK}v${version}`;
    return to === undefined || version <= since || memo.found.some((one) => one.key === key) ? [] : [{ to, key }];
  });
  const found = await Promise.all(
    back.map(async ({ to, key }): Promise<Found | null> => {
      const vars = await varsOf(heroku, cx, to);
      if (vars?.[variable.name] !== variable.value) return null;
      const says = `${cx.app.name} was rolled back to v${to}, which was made while it was held: ${variable.name} is set again`;
      return {
        key,
        says,
        details: [`by hand: ${command('heroku', 'config:unset', variable.name, '--app', cx.app.name)}`],
      };
    }),
  );
  return found.filter((one) => one !== null);
}

async function varsOf(heroku: Heroku, cx: Cx, version: string): Promise<Readonly<Record<string, string>> | null> {
  try {
    return await heroku.releases.configVars(cx, cx.app.id, version);
  } catch (error) {
    if (error instanceof Trouble && !error.wide) return null;
    throw error;
  }
}

function failures({ looked }: Sight, memo: Memo): readonly Found[] {
  return looked.flatMap(({ key, title, found }): Found[] => {
    const was = memo.queues[key];
    if (found.is === 'unreadable' || found.reading.failed === null || was === undefined || was.failed === null)
      return [];
    const more = found.reading.failed - was.failed;
    if (more <= FAILED || more * ONE_IN <= was.queued - found.reading.queued) return [];
    const says = `${more} more jobs of ${title} have failed since the app is open`;
    return [{ key: `failed ${key}`, says, details: [] }];
  });
}

/** A backlog that was worth asking about, and does not fall. */
function backlogs(cx: Cx, { looked }: Sight, memo: Memo): readonly Found[] {
  const limit = cx.settings.backlog?.jobs ?? null;
  if (limit === null || cx.now - memo.from < FALLS_WITHIN) return [];
  return looked.flatMap(({ key, title, found }): Found[] => {
    const was = memo.queues[key];
    if (found.is === 'unreadable' || was === undefined) return [];
    const { queued } = found.reading;
    if (queued <= limit || queued < was.queued) return [];
    const says = `the backlog of ${title} does not fall: ${was.queued} jobs waited when the app was opened, ${queued} now`;
    return [{ key: `backlog ${key}`, says, details: [] }];
  });
}
