// Processes that can be told to take nothing more, and cannot be told otherwise: Sidekiq's. What lets them work again is a restart
// of their dynos. So it is held by process type, and comes back after the workers: what was scaled to zero and up again is new.
import { z } from 'zod';
import { clause, Trouble } from '../errors.ts';
import type { Change, Cx, Hold, Item, Look, Seen, Verdict, Way } from '../model/step.ts';
import type { Processes } from '../queues/queue.ts';
import type { QueueOf, Queues } from './queues.ts';

/** `working`: at least one process of this type takes jobs. */
const Value = z.enum(['working', 'quiet']);
type Value = z.infer<typeof Value>;

export interface ProcessType {
  readonly type: string;
  readonly quantity: number;
  readonly command: string;
}

export interface Restarting {
  /** Those that may be restarted while the app is being quieted, and brought back. */
  types(cx: Cx): Promise<readonly ProcessType[]>;
  /** Restarts every dyno of a process type. Throws Trouble. */
  restart(cx: Cx, type: string): Promise<void>;
  /** The process type in a dyno's name. */
  typeOf(dyno: string): string;
  /** The command that restarts them by hand, safe to paste. */
  byHand(app: string, type: string): string;
}

/** Longer than a signal takes before it is given up, milliseconds. */
const FENCE = 6_000;
/** They are told at their next heartbeat, and one that has none for a minute is not counted any more. */
const LONGEST = 75_000;
/** A restarted dyno takes so long to be heard of. */
const RETURN = 3 * 60_000;
const TITLE = 'Sidekiq processes';

export function quieted(queues: Queues, platform: Restarting): Hold<Value> {
  const mine = (cx: Cx): readonly QueueOf[] => queues.of(cx).filter(({ setting }) => setting.system === 'sidekiq');
  const everything = async (cx: Cx): Promise<readonly Row[]> => {
    const all = mine(cx);
    if (all.length === 0) return [];
    const types = await platform.types(cx);
    const rows = await Promise.all(all.map((queue) => rowsOf(queues, platform, cx, queue, types, all.length === 1)));
    return rows.flat();
  };
  const seen = async (cx: Cx): Promise<Look<Value>> => lookOf(await everything(cx), cx.way ?? 'quiet');
  return {
    kind: 'hold',
    name: 'quieted',
    title: TITLE,
    door: false,
    value: Value,
    memo: z.null(),
    async look(cx): Promise<Look<Value>> {
      try {
        return await seen(cx);
      } catch (error) {
        if (!(error instanceof Trouble) || error.wide) throw error;
        const why = `They cannot be seen, nor be told to take nothing more: ${clause(error)}. ${error.remedy}`;
        return { is: 'unusable', exception: TITLE, why };
      }
    },
    aim: (_cx, item, way) => (way === 'quiet' ? 'quiet' : item.before),
    async write(cx, changes) {
      const quieting = changes.filter(({ value }) => value === 'quiet');
      for (const queue of mine(cx)) await signal(queues, platform, cx, queue, quieting);
      const restarting = changes.filter(({ value }) => value === 'working').map(({ key }) => typeIn(key));
      for (const type of new Set(restarting)) await platform.restart(cx, type);
      return seen(cx);
    },
    async settle(cx, way, items) {
      cx.reads.forget();
      return settled(cx, way, items, await everything(cx));
    },
    say: (app, item, value) => ({
      will: value === 'quiet' ? 'told to take no more jobs' : 'restarted, for that alone lets them work again',
      byHand: platform.byHand(app.name, typeIn(item.key)),
    }),
    show: (value) => value,
  };
}

/** What is known of one process type, or of a host that is none. */
interface Row {
  readonly key: string;
  readonly label: string;
  readonly processes: ProcessList;
  /** Null: no process type of this app that could be restarted. */
  readonly type: ProcessType | null;
}

type ProcessList = Awaited<ReturnType<Processes['list']>>;

/**
 * A type whose command says Sidekiq is known while it has no process, too: it is at zero, or has not been heard of yet since it
 * came back. Where two Redis are read nobody knows which of them it would be in.
 */
async function rowsOf(
  queues: Queues,
  platform: Restarting,
  cx: Cx,
  queue: QueueOf,
  types: readonly ProcessType[],
  alone: boolean,
): Promise<readonly Row[]> {
  const list = await queues.use(
    cx,
    queue,
    async ({ processes }): Promise<ProcessList> => (await processes?.list()) ?? [],
  );
  const running = list.map(({ host }) => platform.typeOf(host));
  const named = alone ? types.filter(({ command }) => /\bsidekiq/i.test(command)).map(({ type }) => type) : [];
  return [...new Set([...named, ...running])].toSorted().map((type) => ({
    key: keyOf(queue, type),
    label: `${queue.title}: ${type}`,
    processes: list.filter(({ host }) => platform.typeOf(host) === type),
    type: types.find((one) => one.type === type) ?? null,
  }));
}

function lookOf(rows: readonly Row[], way: Way): Look<Value> {
  const items = rows.flatMap((row): Seen<Value>[] =>
    row.type === null ? [] : [{ key: row.key, label: row.label, value: stateOf(row, row.type, way) }],
  );
  const warnings = rows
    .filter(({ type }) => type === null)
    .map(({ label }) => `${label} takes jobs as well, and is no worker of this app: maint does not tell it to stop`);
  return { is: 'seen', items, warnings };
}

/**
 * What runs and has not been heard of yet works: none is quiet unless it was told to. On the way back one dyno that is quiet has to
 * be restarted, whatever the others do; what a process has left that died there is heard of for a minute, beside its successor.
 */
function stateOf({ processes }: Row, { quantity }: ProcessType, way: Way): Value {
  if (processes.length === 0) return quantity > 0 ? 'working' : 'quiet';
  const dynos = [...Map.groupBy(processes, ({ host }) => host).values()].map((of) => of.every(({ quiet }) => quiet));
  return (way === 'back' ? dynos.includes(true) : !dynos.includes(false)) ? 'quiet' : 'working';
}

function settled(cx: Cx, way: Way, items: readonly Item<Value>[], rows: readonly Row[]): Verdict<null> {
  const late = items.flatMap((item) => {
    const row = rows.find(({ key }) => key === item.key);
    if (row === undefined || row.type === null) return [];
    const { type } = row;
    if (way === 'quiet') return row.processes.some(({ quiet }) => !quiet) ? [{ label: row.label, type }] : [];
    return stateOf(row, type, way) === item.before ? [] : [{ label: row.label, type }];
  });
  if (late.length === 0) return { is: 'done' };
  const none = way === 'back' ? late.find(({ type }) => type.quantity === 0) : undefined;
  if (none !== undefined) return { is: 'failed', why: `${none.label} has no dyno that could be restarted` };
  const names = late.map(({ label }) => label).join(', ');
  const why = way === 'quiet' ? `${names}: told to stop taking jobs` : `${names}: restarted, not heard of yet`;
  const waited = cx.now - cx.since;
  if (waited >= (way === 'quiet' ? LONGEST : RETURN)) {
    return { is: 'failed', why: `${why}, for ${Math.round(waited / 1_000)} s` };
  }
  return { is: 'waiting', why, look: 2_000, memo: null };
}

async function signal(
  queues: Queues,
  platform: Restarting,
  cx: Cx,
  queue: QueueOf,
  changes: readonly Change<Value>[],
): Promise<void> {
  if (changes.length === 0) return;
  await queues.use(cx, queue, async ({ processes }) => {
    const list = (await processes?.list()) ?? [];
    const ids = list
      .filter(({ host, quiet }) => !quiet && changes.some(({ key }) => key === keyOf(queue, platform.typeOf(host))))
      .map(({ id }) => id);
    if (ids.length === 0) return;
    cx.fence(FENCE);
    await processes?.quiet(ids);
  });
}

function keyOf(queue: QueueOf, type: string): string {
  return `${queue.key} ${type}`;
}

/** The queue's part may have spaces in it; a process type has none: letters, digits, dashes and underscores. */
function typeIn(key: string): string {
  return key.slice(key.lastIndexOf(' ') + 1);
}
