// What came back is watched for a while after the door has opened: dynos that crash, jobs that fail, a backlog that does not
// fall, what its address answers, and a rollback into the maintenance. Each is told once and keeps nothing from its end: the users are in already.
import { z } from 'zod';
import { Trouble } from '../../errors.ts';
import type { Ask, Cx, Verdict, Wait } from '../../model/step.ts';
import type { Looked, Queues } from '../../steps/queues.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import type { Release } from '../api/releases.ts';
import { lastLines } from '../last-lines.ts';
import { setByHand } from './config-var.ts';
import { address } from './health.ts';

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
/** Looks that are further apart leave a time in which nothing was seen. */
const APART = 1.5 * LOOK;
/** Of more such times only the first are named. */
const NAMED = 5;
/** Whoever is told at the end has that long to answer; where the watch is shorter, as long as that. */
const TO_ANSWER = 5 * 60_000;

const Found = z.object({
  /** The same matter has the same key, and is told once. */
  key: z.string(),
  says: z.string(),
  details: z.array(z.string()),
});
type Found = z.infer<typeof Found>;

const Memo = z.object({
  from: z.number(),
  /** The last look that saw anything; null: none has. */
  lookedAt: z.number().nullable().default(null),
  /** From when to when it was not looked at. */
  unseen: z.array(z.tuple([z.number(), z.number()])).default([]),
  /** The newest release at the first look that saw it; null: not known. */
  release: z.number().nullable(),
  /** By key, as they were at the first look that could read them. */
  queues: z.record(
    z.string(),
    z.object({ queued: z.number(), failed: z.number().nullable(), at: z.number().nullable().default(null) }),
  ),
  /** Whether the address of the settings has been asked. */
  health: z.boolean().default(false),
  found: z.array(Found),
  /** When the last of them was found. */
  foundAt: z.number().nullable().default(null),
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
    async settle(cx, _way, stored): Promise<Verdict<Memo>> {
      const memo = heard(cx, stored ?? begun(cx));
      const over = cx.now >= endOf(cx, memo);
      const next = await seen(heroku, queues, cx, memo);
      // Nothing can be seen: that keeps no run from its end either, but nobody is to take it for well.
      if (next === null) return over ? ended(dark(cx, memo)) : verdict(cx, memo, true);
      // What the last look finds is told as well.
      return over && next.found.length === memo.found.length ? ended(next) : verdict(cx, next);
    },
  };
}

function begun(cx: Cx): Memo {
  const heard = cx.answered?.length ?? 0;
  return {
    from: cx.now,
    lookedAt: null,
    unseen: [],
    release: null,
    queues: {},
    health: false,
    found: [],
    foundAt: null,
    seen: [],
    heard,
  };
}

/** What a person has answered to is not told again. */
function heard(cx: Cx, memo: Memo): Memo {
  const answers = cx.answered ?? [];
  const answered = answers.slice(memo.heard).some(({ key }) => key === KEY);
  const seen = answered ? memo.found.map(({ key }) => key) : memo.seen;
  return { ...memo, seen, heard: answers.length };
}

/** What is known after another look; null where Heroku does not say. */
async function seen(heroku: Heroku, queues: Queues | null, cx: Cx, memo: Memo): Promise<Memo | null> {
  try {
    const sight = await look(heroku, queues, cx);
    // Not at once: the users have only just been let in.
    const ask = !memo.health && cx.now - memo.from >= Math.min(LOOK, cx.settings.watchAfter);
    const told = ask ? await address(heroku, cx) : null;
    const found = [
      ...memo.found,
      ...(await crashes(heroku, cx, sight, memo.found)),
      ...(await rollbacks(heroku, cx, sight, memo)),
      ...(told?.is === 'ill' ? [{ key: 'health', says: told.says, details: [] }] : []),
      ...failures(sight, memo),
      ...backlogs(cx, sight, memo),
    ];
    const all = found.filter(({ key }, i) => found.findIndex((one) => one.key === key) === i).slice(0, MOST_FOUND);
    const wasDark = memo.lookedAt === null || cx.now - memo.lookedAt > APART;
    return {
      ...compared(cx, sight, wasDark ? dark(cx, memo) : memo),
      lookedAt: cx.now,
      health: memo.health || ask,
      found: all,
      foundAt: all.length > memo.found.length ? cx.now : memo.foundAt,
    };
  } catch (error) {
    if (error instanceof Trouble) return null;
    throw error;
  }
}

/** With what is compared from here on, as far as it was not known before. */
function compared(cx: Cx, { looked, releases }: Sight, memo: Memo): Memo {
  const queues = looked.flatMap(({ key, found }) =>
    found.is === 'read'
      ? [[key, { queued: found.reading.queued, failed: found.reading.failed, at: cx.now }] as const]
      : [],
  );
  const release = releases.length === 0 ? null : Math.max(...releases.map(({ version }) => version));
  return { ...memo, release: memo.release ?? release, queues: { ...Object.fromEntries(queues), ...memo.queues } };
}

/** Not looked at since the last look. */
function dark(cx: Cx, memo: Memo): Memo {
  const since = memo.lookedAt ?? memo.from;
  return since === cx.now ? memo : { ...memo, unseen: [...memo.unseen, [since, cx.now]] };
}

function ended({ unseen }: Memo): Verdict<Memo> {
  const over = { is: 'done', unanswered: 'the watch is over' } as const;
  if (unseen.length === 0) return over;
  const times = unseen.slice(0, NAMED).map(([from, to]) => `from ${time(from)} to ${time(to)}`);
  const more = unseen.length > NAMED ? [`${unseen.length - NAMED} more times`] : [];
  return { ...over, says: `not seen ${[...times, ...more].join(', ')} UTC` };
}

function time(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

async function look(heroku: Heroku, queues: Queues | null, cx: Cx): Promise<Sight> {
  const [dynos, releases, looked] = await Promise.all([
    heroku.dynos.list(cx, cx.app.id),
    heroku.releases.latest(cx, cx.app.id, RELEASES),
    queues === null ? [] : queues.look(cx),
  ]);
  return { dynos, releases, looked };
}

function verdict(cx: Cx, memo: Memo, blind = false): Verdict<Memo> {
  const news = newsIn(memo);
  if (news.length === 0) return waiting(cx, memo, blind);
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

function waiting(cx: Cx, memo: Memo, blind: boolean): Verdict<Memo> {
  const until = `watched until ${time(memo.from + cx.settings.watchAfter)} UTC`;
  const since = time(memo.lookedAt ?? memo.from);
  const why = blind ? `could not be looked at since ${since} UTC; ${until}` : until;
  return { is: 'waiting', why, look: untilNext(cx, memo), memo };
}

function untilNext(cx: Cx, memo: Memo): number {
  return Math.max(1_000, Math.min(LOOK, endOf(cx, memo) - cx.now));
}

/** What nobody has answered to. */
function newsIn({ found, seen }: Memo): readonly Found[] {
  return found.filter(({ key }) => !seen.includes(key));
}

function endOf({ settings: { watchAfter } }: Cx, memo: Memo): number {
  const planned = memo.from + watchAfter;
  if (memo.foundAt === null || newsIn(memo).length === 0) return planned;
  return Math.max(planned, memo.foundAt + Math.min(TO_ANSWER, watchAfter));
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
  // Until the first look has seen them none is known to be new.
  const since = memo.release;
  if (variable === 'off' || since === null) return [];
  const back = releases.flatMap(({ version, description }) => {
    const to = /^Rollback to v(\d+)$/.exec(description ?? '')?.[1];
    const key = `${ROLLBACK}v${version}`;
    return to === undefined || version <= since || memo.found.some((one) => one.key === key) ? [] : [{ to, key }];
  });
  const found = await Promise.all(
    back.map(async ({ to, key }): Promise<Found | null> => {
      const [vars, before] = await Promise.all([varsOf(heroku, cx, to), varsOf(heroku, cx, String(since))]);
      const was = before?.[variable.name] ?? null;
      // Where it was so in ordinary times too, nothing of the maintenance has come back.
      if (before === null || vars?.[variable.name] !== variable.value || was === variable.value) return null;
      const says = `${cx.app.name} was rolled back to v${to}, which was made while it was held: ${variable.name} is set again`;
      return { key, says, details: [`by hand: ${setByHand(cx.app, variable.name, was)}`] };
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
    const says = `${more} more jobs of ${title} have failed since ${atOpening(was, memo) ? 'the app is open' : `${time(was.at ?? memo.from)} UTC`}`;
    return [{ key: `failed ${key}`, says, details: [] }];
  });
}

/** A backlog that was worth asking about, and does not fall. */
function backlogs(cx: Cx, { looked }: Sight, memo: Memo): readonly Found[] {
  const limit = cx.settings.backlog?.jobs ?? null;
  if (limit === null) return [];
  return looked.flatMap(({ key, title, found }): Found[] => {
    const was = memo.queues[key];
    if (found.is === 'unreadable' || was === undefined || cx.now - (was.at ?? memo.from) < FALLS_WITHIN) return [];
    const { queued } = found.reading;
    if (queued <= limit || queued < was.queued) return [];
    const then = atOpening(was, memo) ? 'when the app was opened' : `at ${time(was.at ?? memo.from)} UTC`;
    const says = `the backlog of ${title} does not fall: ${was.queued} jobs waited ${then}, ${queued} now`;
    return [{ key: `backlog ${key}`, says, details: [] }];
  });
}

function atOpening({ at }: Memo['queues'][string], { from }: Memo): boolean {
  return at === null || at === from;
}
