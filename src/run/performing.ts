// What performing an action needs and gives back, and the small words that every part of it uses.
import type { Event } from '../model/event.ts';
import type { Json } from '../model/json.ts';
import type { Person } from '../model/person.ts';
import type { Platform } from '../model/platform.ts';
import { type ItemState, itemsOf, type Run, touched, type Work } from '../model/run.ts';
import type { AppRef, Cx, Look, StepName, Way } from '../model/step.ts';
import { holds } from './stock.ts';

export interface Performed {
  readonly events: readonly Event[];
  /** Something was sent, so this has happened whatever else came meanwhile. If not, it holds only for the run as loaded. */
  readonly wrote: boolean;
  /** Milliseconds of domain time until it makes sense to go on; null: at once. */
  readonly pause: number | null;
}

/** `exit`: null where its end has not been heard. `cut`: lines that were not kept. */
export interface Listened {
  readonly exit: number | null;
  readonly lines: number;
  readonly cut: number;
}

export interface Performing {
  readonly platform: Platform;
  /** `asking`: what the calls are for. `priority` is the run's own where it is not said. */
  cx(run: Run, asking: string, since: number | null, priority?: Cx['priority']): Cx;
  /** How many apps are held at this moment: all patrols together leave most calls to others. */
  held(): Promise<number>;
  /**
   * Has what a work prints listened to, as often as one likes; what has been heard of its end so far. `last`: its dyno is gone,
   * so what is still to come is waited for. Absent where nobody can listen.
   */
  readonly listen?: (run: Run, work: Work, last: boolean) => Promise<Listened>;
  /** Commits events before a write, only if the run is still as it was loaded. False: it moved, so decide again. */
  commit(run: Run, events: readonly Event[]): Promise<boolean>;
}

export function at(events: readonly Event[]): Performed {
  return { events, wrote: false, pause: null };
}

export function failed(way: Way, step: StepName, why: string, remedy: string): Event & { is: 'failed' } {
  return { is: 'failed', way, step, why, remedy, kind: 'fatal', notBefore: 0 };
}

export function settledAs(item: ItemState, as: 'before' | 'gone' | 'kept', now: Json, by: Person | null = null): Event {
  return { is: 'settled', step: item.step, key: item.key, as, now, by };
}

/** With the sentences said anew: a command that names the app by its old name could reach another one. */
export function renamedTo(run: Run, app: AppRef, platform: Platform): Event[] {
  if (run.app.name === app.name) return [];
  const items = holds(platform).flatMap((hold) =>
    itemsOf(run, hold.name).map((item) => ({
      step: item.step,
      key: item.key,
      quiet: hold.say(app, item, item.aim),
      back: hold.say(app, item, item.before),
    })),
  );
  const stops = run.works.flatMap(({ id, dyno }) =>
    dyno === null || platform.work === undefined ? [] : [{ id, stop: platform.work.stop(app, dyno) }],
  );
  return [{ is: 'renamed', name: app.name, items, stops }];
}

export function values(look: Look<Json>): ReadonlyMap<string, Json> {
  return new Map(look.is === 'seen' ? look.items.map((seen) => [seen.key, seen.value]) : []);
}

/** The holds in the order of the way back, with what we touched of each, or others while it was held, and what it is now. */
export async function lookAt(run: Run, on: Performing, cx: Cx) {
  const watched = (name: StepName) =>
    itemsOf(run, name).filter((item) => (touched(item) || item.loud) && item.settled?.as !== 'left');
  const wanted = holds(on.platform).filter((hold) => watched(hold.name).length > 0);
  const order = run.steps.back.map((s) => s.name);
  const sorted = wanted.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return Promise.all(
    sorted.map(async (hold) => ({
      hold,
      items: watched(hold.name),
      look: await hold.look(cx),
    })),
  );
}
