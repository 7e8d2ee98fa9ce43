// Queues that take a pause from outside: no worker takes a job from them any more, and what runs goes on to its end. Each queue
// is an item of its own, so that one that somebody had paused before stays paused.
import { z } from 'zod';
import { clause, Trouble } from '../errors.ts';
import type { SystemName } from '../model/queue-systems.ts';
import type { AppRef, Change, Cx, Hold, Look, Verdict } from '../model/step.ts';
import type { QueueOf, Queues } from './queues.ts';

/** Nothing in them can be paused from outside: they are not opened for it, so one that is down holds up no other. Why, as a clause. */
const NEVER: Partial<Record<SystemName, string>> = {
  celery: 'what its workers take is told to each of them, not to the Redis',
  'good-job':
    'it has pauses, but nothing tells whether the app heeds them; if it does, the settings can say so: "pauses": true',
  'delayed-job': 'it has no pause',
  que: 'it has no pause',
  'pg-boss': 'it has no pause from outside',
  'graphile-worker': 'it has no pause from outside',
};

/** Why a queue cannot be paused whatever is in it; null where that is seen in it, or where its processes are told instead. */
function never({ setting: { system, pauses } }: QueueOf): string | null {
  return pauses === true ? null : (NEVER[system] ?? null);
}

/** Whether the intake of a queue is held by this step. */
export function hasIntake(queue: QueueOf): boolean {
  return queue.system.over !== 'http' && queue.setting.system !== 'sidekiq' && never(queue) === null;
}

/** Words as one command that is safe to paste, whatever stands in them. */
export type ByHand = (...words: readonly string[]) => string;

/** The HTTP contract is held by a step of its own, before the door shuts. */
export function intake(queues: Queues, command: ByHand): Hold<boolean> {
  return pausing(queues, {
    name: 'intake',
    title: 'Intake of queues',
    takes: hasIntake,
    never,
    byHand: (app, { label }, paused) =>
      command('echo', `${paused ? 'pause' : 'resume'} ${label} of ${app.name}, with the app’s own tools`),
    unread: null,
  });
}

export interface Pausing {
  readonly name: string;
  readonly title: string;
  takes(queue: QueueOf): boolean;
  /** Of the others: why there is nothing to pause, which is said once, in the plan. */
  never?(queue: QueueOf): string | null;
  byHand(app: AppRef, item: { readonly key: string; readonly label: string }, paused: boolean): string;
  /** Whether it is known why it cannot be asked at the moment, and that it is as we left it; null where that cannot be. */
  readonly unread: ((cx: Cx) => Promise<boolean>) | null;
}

/** A value is whether it is paused. */
export function pausing(
  queues: Queues,
  { name, title, takes, never = () => null, byHand, unread }: Pausing,
): Hold<boolean> {
  const mine = (cx: Cx): readonly QueueOf[] => queues.of(cx).filter(takes);
  /** What this run has captured of a queue. One whose key goes on where this one's ends is another. */
  const knownOf = (cx: Cx, queue: QueueOf): readonly string[] => {
    const others = queues.of(cx).filter(({ key }) => key.startsWith(keyOf(queue, '')));
    const its = (cx.captured?.(name) ?? []).filter((item) => isOfQueue(queue, item));
    return its
      .filter((item) => !others.some((other) => isOfQueue(other, item)))
      .map((item) => item.slice(keyOf(queue, '').length));
  };
  const seen = async (cx: Cx): Promise<Paused> => {
    const all = await Promise.all(mine(cx).map((queue) => rows(queues, cx, queue, knownOf(cx, queue))));
    const without = queues.of(cx).flatMap((queue) => cannotBe(queue.title, never(queue)));
    return {
      is: 'seen',
      items: all.flatMap(({ items }) => items),
      warnings: [...without, ...all.flatMap(({ warnings }) => warnings)],
    };
  };
  return {
    kind: 'hold',
    name,
    title,
    door: false,
    value: z.boolean(),
    memo: z.null(),
    async look(cx): Promise<Look<boolean>> {
      try {
        return await seen(cx);
      } catch (error) {
        if (!(error instanceof Trouble) || error.wide) throw error;
        if (unread !== null && (await unread(cx))) return behindTheDoor(mine(cx), title);
        const why = `It cannot be seen whether they are paused, nor be changed: ${clause(error)}. ${error.remedy}`;
        return { is: 'unusable', exception: title, why };
      }
    },
    aim: (_cx, item, way) => (way === 'quiet' ? true : item.before),
    async write(cx, changes) {
      for (const queue of mine(cx)) await set(queues, cx, queue, knownOf(cx, queue), changes);
      return seen(cx);
    },
    // A pause is there as soon as it is written; that no worker holds a job any more is the drain's business.
    async settle(cx, way, items): Promise<Verdict<null>> {
      if (way === 'back') return { is: 'done' };
      const now = new Map((await seen(cx)).items.map(({ key, value }) => [key, value]));
      return items.some(({ key }) => now.get(key) === false) ? { is: 'again', memo: null } : { is: 'done' };
    },
    say: (app, item, value) => ({
      will: value ? 'paused: no worker takes a job from it' : 'resumed',
      byHand: byHand(app, item, value),
    }),
    show: (value) => (value ? 'paused' : 'taken from'),
  };
}

/** Nobody can reach it to change it either, so it is taken to be as it was told to be. */
function behindTheDoor(queues: readonly QueueOf[], title: string): Look<boolean> {
  const warning = `${title} cannot be asked behind the maintenance page: left as they are`;
  return {
    is: 'seen',
    items: queues.map((queue) => ({ key: keyOf(queue, APP), label: `${queue.title}: the app`, value: true })),
    warnings: [warning],
  };
}

/** What the contract calls the one thing that it pauses. */
const APP = 'app';

type Paused = Look<boolean> & { readonly is: 'seen' };

/** What cannot be paused is no item, unless it is paused already: then it is one that may have to be resumed. */
async function rows(
  queues: Queues,
  cx: Cx,
  queue: QueueOf,
  known: readonly string[],
): Promise<Pick<Paused, 'items' | 'warnings'>> {
  return queues.use(cx, queue, async ({ intake }) => {
    const found = ((await intake?.look(known)) ?? []).map((row) => ({ ...row, label: `${queue.title}: ${row.label}` }));
    const held = found.filter(({ cannot, paused }) => cannot === undefined || paused);
    return {
      items: held.map(({ key, label, paused }) => ({ key: keyOf(queue, key), label, value: paused })),
      warnings: found.flatMap(({ label, paused, cannot }) => (paused ? [] : cannotBe(label, cannot ?? null))),
    };
  });
}

function cannotBe(what: string, why: string | null): readonly string[] {
  return why === null ? [] : [`${what} cannot be paused: ${why}. Its workers take jobs until they are stopped`];
}

async function set(
  queues: Queues,
  cx: Cx,
  queue: QueueOf,
  known: readonly string[],
  changes: readonly Change<boolean>[],
): Promise<void> {
  if (!changes.some(({ key }) => key.startsWith(keyOf(queue, '')))) return;
  await queues.use(cx, queue, async ({ intake }) => {
    if (intake === null) return;
    const wanted = (await intake.look(known)).flatMap(({ key, paused }) => {
      const change = changes.find((one) => one.key === keyOf(queue, key));
      return change === undefined || change.value === paused ? [] : [{ key, paused: change.value }];
    });
    if (wanted.length === 0) return;
    cx.fence(FENCE);
    await intake.set(wanted);
  });
}

/** Longer than one write to a Redis or a Postgres takes before it is given up, milliseconds. */
const FENCE = 6_000;

/** Whether an item is of this queue. */
export function isOfQueue(queue: QueueOf, item: string): boolean {
  return item.startsWith(keyOf(queue, ''));
}

function keyOf(queue: QueueOf, key: string): string {
  return `${queue.key} ${key}`;
}
