import { afterAll, describe, expect, it } from 'vitest';
import type { Occurrence, Window } from '../../../src/model/window.ts';
import { current, type Message } from '../../../src/sandbox/slack/index.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { LATE } from '../../../src/windows/announce.ts';
import { names } from '../../../src/windows/recurrence.ts';
import { changesIn } from '../../../src/windows/zone.ts';
import { emptyPostgres, pglite, postgres } from '../../helpers/database.ts';
import { rules } from '../../windows/windows.ts';
import { shownAt, zones } from '../../windows/zones.ts';
import { aYear, DAY, type Happening, HOUR, MINUTE, planner, starter, type Year } from './year.ts';

const START = Date.UTC(2026, 10, 22, 12);
const END = START + 365 * DAY;

const kinds = [...rules, 'tomorrow 02:30 for 1h'] as const;

const opened: Database[] = [];
afterAll(async () => {
  for (const database of opened) await database.close();
});

interface Planned {
  readonly id: string;
  /** Lives for so long; then it is cancelled. */
  readonly until: number;
}

/** What happens to the n-th window. Most live around a change of the clocks in their zone, some anywhere in the year. */
function lifeOf(year: Year, n: number, all: Planned[]): readonly Happening[] {
  const zone = zones[n % zones.length] ?? 'UTC';
  const typed = kinds[n % kinds.length] ?? '';
  const changes = changesIn(zone, START + 9 * DAY, END - 20 * DAY).map((one) => one.at);
  const change = changes[Math.floor(n / zones.length) % Math.max(1, changes.length)];
  const often = n % kinds.length === 0 || n % kinds.length === 1 || n % kinds.length === 4;
  const lead = often ? 1.3 * DAY : (2 + year.random() * 6) * DAY;
  const at = Math.floor(n % 5 === 4 || change === undefined ? START + year.random() * 320 * DAY : change - lead);
  const until = at + (often ? 1.9 * DAY : typed.includes('month') ? 35 * DAY : 9 * DAY);
  const id = { of: '' };
  const missing = n % 3 === 0 ? 'earlier' : 'later';
  const twice = n % 2 === 0 ? 'first' : 'second';
  const answers = {
    'rule-missing': n % 3 === 1 ? 'skip' : missing,
    'rule-twice': twice,
    missing,
    twice,
    short: 'last',
  };
  const ops = year.slack.workspace.channel('ops').id;
  const general = year.slack.workspace.channel('general').id;
  const change1 = async (over: { typed?: string; changes?: { id: string; version: number } }): Promise<void> => {
    const proposal = await year.commands.proposeWindow(planner, {
      ...{ apps: [`app-${n}`], zone, own: 'UTC', answers, now: null, lengthMs: null, reason: null, leads: [] },
      channels: [{ id: ops, notices: 'full' }, ...(n % 7 === 0 ? [{ id: general, notices: 'short' as const }] : [])],
      ...{ startsBy: n % 4 === 0 ? 'asking' : 'itself', announceBefore: n % 3 === 0 ? null : [10 * MINUTE] },
      ...{ typed, changes: null, ...over },
    });
    if (proposal.is !== 'window-proposal') throw new Error(`${typed} in ${zone}: ${JSON.stringify(proposal)}`);
    const saved = await year.commands.schedule(planner, proposal.draft, 'UTC');
    if (saved.is === 'refused') throw new Error(`${saved.says}`);
    id.of = proposal.draft.id;
    if (over.changes === undefined) all.push({ id: id.of, until });
  };
  const toCome = async (): Promise<Occurrence | undefined> =>
    (await year.store.windows.occurrencesOf(id.of)).find(({ occurrence }) => occurrence.state === 'planned')
      ?.occurrence;
  return [
    { at, does: () => change1({}) },
    ...(n % 6 === 1
      ? [
          {
            at: at + 2 * DAY,
            does: async () => {
              const one = await toCome();
              if (one !== undefined) await year.commands.skip(starter, one.id, 'UTC');
            },
          },
        ]
      : []),
    ...(n % 9 === 2
      ? [
          {
            at: at + 26 * HOUR,
            does: async () => {
              const version = (await year.store.windows.load(id.of))?.version ?? 0;
              if ((await toCome()) !== undefined && typed.startsWith('every')) {
                await change1({ typed: typed.replace(/\d\d:\d\d/u, '04:05'), changes: { id: id.of, version } });
              }
            },
          },
        ]
      : []),
    { at: until, does: async () => void (await year.commands.cancelWindow(planner, id.of, 'UTC')) },
  ];
}

interface Heard {
  readonly occurrence: string;
  readonly key: string;
  readonly channel: string;
  readonly at: number;
  readonly text: string;
  readonly late: boolean;
}

function heard(year: Year): readonly Heard[] {
  return year.slack.messages.list({ ephemeral: false }).map((message: Message): Heard => {
    const { text, metadata, at, blocks } = current(message);
    const { run, key } = metadata?.event_payload ?? {};
    const late = JSON.stringify(blocks).includes(' late.');
    return { occurrence: String(run), key: String(key), channel: message.channel, at, text, late };
  });
}

/** When the text says that it begins. */
function told(text: string): number {
  return Number(/<!date\^(\d+)\^/u.exec(text)?.[1]) * 1_000;
}

function isAtItsLocalTime(
  { when, zone, changedAt, createdAt }: Window,
  { date, startAt, state }: Occurrence,
  came: { missing: number; twice: number },
): void {
  // What came before the window was edited, or not at all because of it, was as its rule was then.
  const before = startAt <= changedAt || state === 'cancelled' || state === 'skipped';
  if (when.is !== 'rule' || (changedAt > createdAt && before)) return;
  const { rule } = when;
  expect(names(rule, date)).toBe(true);
  const shown = shownAt(zone, date, rule.at);
  if (shown.length === 0) came.missing += 1;
  if (shown.length === 2) came.twice += 1;
  if (shown.length > 0) expect(startAt).toBe(shown[rule.twice === 'first' ? 0 : shown.length - 1]);
  else expect(rule.missing).not.toBe('skip');
}

/** Nobody is there for hours, on the day before clocks change somewhere: then most is to be told. */
function absences(): readonly (readonly [number, number])[] {
  const days = zones.flatMap((zone, n) => changesIn(zone, START + 9 * DAY, END - 20 * DAY)[n % 2]?.at ?? []);
  return days.map((at, n) => [at - 30 * HOUR + n * 40 * MINUTE, at - 29 * HOUR + n * 80 * MINUTE]);
}

const everything = [
  ...['asked', 'called-off', 'cancelled', 'ended', 'missed', 'moved', 'overrun', 'quiet', 'restored', 'restoring'],
  ...['skipped', 'started'],
];

describe.each([
  ['Postgres, two processes', postgres(), 200],
  ['PGlite, one process', pglite(), 16],
] as const)('a year, on %s', (_, databases, count) => {
  it.skipIf(databases.missing !== null)(
    'is told: each announcement once, and none at a wrong time',
    { timeout: 30 * MINUTE },
    async () => {
      const two = databases.name === 'Postgres';
      const url = two ? await emptyPostgres() : null;
      const open = async () => {
        const database = await openDatabase({ url, dataDir: '' });
        opened.push(database);
        return database;
      };
      await aYear(two ? [await open(), await open()] : [await databases.open()], START, count, async (year) => {
        const all: Planned[] = [];
        year.away.push(...absences());
        const lives = Array.from({ length: count }, (_, n) => lifeOf(year, n, all)).flat();
        await year.live(END, lives);

        const said = heard(year);
        expect(all).toHaveLength(count);
        expect(year.apps.off()).toEqual([]);
        expect(year.deaths).toBeGreaterThan(two ? 5 : 0);

        // Once each, whoever said it.
        const ids = said.map(({ occurrence, key, channel }) => `${channel} ${occurrence} ${key}`);
        expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
        const of = Map.groupBy(said, ({ occurrence }) => occurrence);
        const came = { missing: 0, twice: 0 };
        const happened = new Set<string>();
        for (const { id } of all) {
          const window = (await year.store.windows.load(id))?.window;
          if (window === undefined) throw new Error(`Expected window ${id}`);
          for (const { occurrence } of await year.store.windows.occurrencesOf(id)) {
            for (const { is } of occurrence.facts) happened.add(is);
            isAtItsLocalTime(window, occurrence, came);
            for (const { id: channel } of window.channels) {
              const its = (of.get(occurrence.id) ?? []).filter((one) => one.channel === channel);
              check(year, window, occurrence, its);
            }
          }
        }
        // All of it came: clocks that skipped a time and that showed one twice, and everything that can happen to a window.
        if (!two) return;
        expect([came.missing > 0, came.twice > 0, said.some(({ late }) => late)]).toEqual([true, true, true]);
        expect([...happened].sort()).toEqual(everything);
      });
    },
  );
});

function check(year: Year, window: Window, occurrence: Occurrence, its: readonly Heard[]): void {
  const { id, startAt, plannedAt, facts } = occurrence;
  const where = `${id} ${its.map(({ key }) => key).join(' ')}`;
  const keys = its.map(({ key }) => key);
  const knew = keys.includes('planned');
  // What happened is told, in order; that it was taken back only to who knew of it.
  const happened = facts.flatMap(({ is }, n) => (is === 'ended' ? [] : [`${is}-${n + 1}`]));
  const taken = /^(?:skipped|cancelled|moved)-/u;
  expect(
    keys.filter((key) => !/^(?:planned|before)/u.test(key)),
    where,
  ).toEqual(happened.filter((key) => knew || !taken.test(key)));
  for (const { key, at, text, late } of its) {
    const before = /^before-(\d+)-(\d+)$/u.exec(key);
    const due = before === null ? dueOf(occurrence, key) : Number(before[2]) - Number(before[1]);
    // At its time, or nobody was there, and it says that it is late.
    if (at - due > LATE)
      expect(
        year.away.some(([from, to]) => due >= from && due < to && at >= to),
        `${where} ${key} ${at - due}`,
      ).toBe(true);
    expect(late, `${where} ${key}`).toBe(at - due > LATE);
    if (before !== null) {
      expect(told(text)).toBe(Number(before[2]));
      expect(at).toBeLessThan(Number(before[2]));
    }
  }
  // Nobody was away, and nothing was taken back: then each of those before it was made.
  const ended = facts.find(({ is }) => is !== 'moved')?.at ?? Number.POSITIVE_INFINITY;
  const moved = facts.some(({ is }) => is === 'moved') || window.changedAt > plannedAt;
  const wasAway = year.away.some(([from, to]) => from < startAt && to > plannedAt);
  if (moved || wasAway || !knew) return;
  const due = window.announceBefore.filter((ms) => startAt - ms > plannedAt && startAt - ms < Math.min(ended, END));
  expect(
    keys.filter((key) => key.startsWith('before')),
    where,
  ).toEqual([...due].sort((a, b) => b - a).map((ms) => `before-${ms}-${startAt}`));
}

function dueOf({ plannedAt, facts }: Occurrence, key: string): number {
  return key === 'planned' ? plannedAt : (facts[Number(/-(\d+)$/u.exec(key)?.[1]) - 1]?.at ?? 0);
}
