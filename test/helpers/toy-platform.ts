// A platform that lives in memory: a door, two intakes, jobs, workers and a variable, each awkward in its own way. A test
// watches every call, fails it, and changes the world behind maint's back; the platform itself decides nothing.
import { z } from 'zod';
import { Trouble } from '../../src/errors.ts';
import type { Activity } from '../../src/model/event.ts';
import { type Json, same } from '../../src/model/json.ts';
import type { Platform, PlatformWork } from '../../src/model/platform.ts';
import type { Concern } from '../../src/model/preflight.ts';
import {
  type AnyStep,
  type Ask,
  type Change,
  type Cx,
  type Hold,
  held,
  type Item,
  type Look,
  type StepName,
  type Verdict,
  type Wait,
  type Way,
  waited,
} from '../../src/model/step.ts';

/** `unclear-…`: no clear answer came; the effect was there, or not. `wide`: nothing at all can be done. */
export type Fault = 'retryable' | 'fatal' | 'needs-human' | 'wide' | 'unclear-done' | 'unclear-not-done';

export interface Call {
  readonly step: StepName;
  readonly does: 'app' | 'exists' | 'activity' | 'preflight' | 'look' | 'write' | 'settle' | 'stop' | 'dynos' | 'start';
  readonly changes: readonly Change<Json>[];
}

export class ToyWorld {
  readonly values = new Map<StepName, Map<string, Json>>();
  readonly writes: { readonly step: StepName; readonly key: string; readonly value: Json }[] = [];
  name = 'shop';
  concerns: readonly Concern[] = [];
  /** What people did, for the list while it is held. */
  readonly activity: Activity[] = [];
  /** What was started and nobody asked for, by its id, and when. */
  readonly strays = new Map<string, number>();
  /** One-off dynos that there are, and the commands of all that ever were. */
  dynos: { readonly id: string; readonly command: string }[] = [];
  readonly ran: string[] = [];
  /** False: the app was deleted. */
  there = true;
  /** The intake cannot be held still. */
  unusable = false;
  /** What the proof cannot decide by itself. */
  ask: Ask | null = null;
  /** How long workers take to start and to stop, domain time. */
  slowness = 5_000;
  /** When the workers were last written. */
  movedAt = 0;
  /** Before a call takes effect. May throw, and may say how the call fails. */
  onCall: (call: Call) => Fault | null = () => null;
  /** Before a write takes effect, only if it will. May throw. */
  onWrite: (call: Call) => void = () => {};
  /** After a call took effect and before anybody hears of it. May throw. */
  onAnswer: (call: Call) => void = () => {};

  constructor(values: Readonly<Record<StepName, Readonly<Record<string, Json>>>>) {
    for (const [step, of] of Object.entries(values)) this.values.set(step, new Map(Object.entries(of)));
  }

  of(step: StepName): Map<string, Json> {
    const known = this.values.get(step) ?? new Map<string, Json>();
    this.values.set(step, known);
    return known;
  }

  get(step: StepName, key: string): Json | undefined {
    return this.values.get(step)?.get(key);
  }

  async call<T>(step: StepName, does: Call['does'], changes: readonly Change<Json>[], effect: () => T): Promise<T> {
    const call: Call = { step, does, changes };
    const fault = this.onCall(call);
    if (fault !== null && fault !== 'unclear-done') throw trouble(fault, call);
    if (does === 'write') this.onWrite(call);
    const answer = effect();
    if (fault !== null) throw trouble(fault, call);
    this.onAnswer(call);
    return answer;
  }
}

function trouble(fault: Fault, { step, does }: Call): Trouble {
  const unclear = fault.startsWith('unclear');
  const kind = fault === 'wide' ? 'needs-human' : fault === 'fatal' || fault === 'needs-human' ? fault : 'retryable';
  return new Trouble(kind, `${step} ${does}: ${fault}`, { remedy: 'wait', unclear, wide: fault === 'wide' });
}

/** A value for people. A job's command is redacted: it may carry a secret. */
export function shown(step: StepName, value: Json): string {
  if (step !== 'jobs' || typeof value !== 'string') return JSON.stringify(value);
  return `${value.startsWith('# ') ? 'paused' : 'a command'} of ${value.length} characters`;
}

/** What all toys have in common: they look at the world's values and set them. */
function toy<V extends Json, M extends Json>(
  world: ToyWorld,
  own: Pick<Hold<V, M>, 'name' | 'value' | 'memo' | 'aim' | 'settle'> & Partial<Hold<V, M>>,
): Hold<V, M> {
  const seen = (): Look<V> => ({
    is: 'seen',
    items: [...world.of(own.name)].map(([key, value]) => ({ key, label: key, value: own.value.parse(value) })),
    warnings: [],
  });
  return {
    kind: 'hold',
    title: own.name,
    door: false,
    look: () => world.call(own.name, 'look', [], seen),
    write: (_cx, changes) =>
      world.call(own.name, 'write', changes, () => {
        for (const { key, value } of changes) set(world, own.name, key, value);
        return seen();
      }),
    say: (_app, item, value) => ({
      will: `${item.key} to ${JSON.stringify(value)}`,
      byHand: `set ${own.name} ${item.key} ${JSON.stringify(value)}`,
    }),
    show: (value) => shown(own.name, value),
    ...own,
  };
}

/** A write to a thing that is gone changes nothing, and is written down all the same. */
function set(world: ToyWorld, step: StepName, key: string, value: Json): void {
  world.writes.push({ step, key, value });
  if (world.of(step).has(key)) world.of(step).set(key, value);
}

/** Opens last; true is shut. */
export function toyDoor(world: ToyWorld): Hold<boolean> {
  return toy<boolean, null>(world, {
    name: 'door',
    door: true,
    value: z.boolean(),
    memo: z.null(),
    aim: (_cx, item, way) => (way === 'quiet' ? true : item.before),
    settle: (_cx, _way, _items) => world.call('door', 'settle', [], () => ({ is: 'done' })),
  });
}

/** Numbers that move slowly; on the way back one first, then as many as there were. */
export function toyWorkers(world: ToyWorld): Hold<number, string> {
  const wanted = (item: Item<number>, way: Way, memo: string | null): number => {
    if (way === 'quiet') return 0;
    return memo === null ? Math.min(1, item.before) : item.before;
  };
  return toy<number, string>(world, {
    name: 'workers',
    value: z.number(),
    memo: z.string(),
    aim: (_cx, item, way, memo) => wanted(item, way, memo),
    write: (cx, changes) =>
      world.call('workers', 'write', changes, () => {
        for (const { key, value } of changes) set(world, 'workers', key, value);
        world.movedAt = cx.now;
        return {
          is: 'seen',
          items: changes.map((change) => ({ ...change, label: change.key })),
          warnings: [],
        };
      }),
    settle: (cx, way, items, memo) =>
      world.call('workers', 'settle', [], (): Verdict<string> => {
        const left = world.movedAt + world.slowness - cx.now;
        if (left > 0) return { is: 'waiting', why: 'dynos are still moving', look: Math.min(left, 2_000), memo };
        const first = way === 'back' && memo === null && items.some((item) => item.before > 1);
        return first ? { is: 'again', memo: 'all' } : { is: 'done' };
      }),
  });
}

/** Texts, of which one write sets only the first: the rest is left out and asked for again. */
export function toyJobs(world: ToyWorld): Hold<string> {
  return toy<string, null>(world, {
    name: 'jobs',
    value: z.string(),
    memo: z.null(),
    aim: (_cx, item, way) => (way === 'quiet' ? `# ${item.before}` : item.before),
    write: (_cx, changes) =>
      world.call('jobs', 'write', changes.slice(0, 1), () => {
        for (const { key, value } of changes.slice(0, 1)) set(world, 'jobs', key, value);
        const items = changes.slice(0, 1).map((change) => ({ ...change, label: change.key }));
        return { is: 'seen', items, warnings: [] };
      }),
    settle: (_cx, way, items) =>
      world.call('jobs', 'settle', [], (): Verdict<null> => {
        const off = items.some((item) => {
          const now = world.get('jobs', item.key);
          const want = way === 'quiet' ? `# ${item.before}` : item.before;
          return now !== undefined && now !== want;
        });
        return off ? { is: 'again', memo: null } : { is: 'done' };
      }),
  });
}

/** A text or nothing at all: absent, empty and "false" are three things. */
export function toyVariable(world: ToyWorld): Hold<string | null> {
  return toy<string | null, null>(world, {
    name: 'variable',
    value: z.string().nullable(),
    memo: z.null(),
    aim: (_cx, item, way) => (way === 'quiet' ? 'true' : item.before),
    settle: () => world.call('variable', 'settle', [], () => ({ is: 'done' })),
  });
}

/** Can be beyond reach: then the app is quiet only except for it. */
export function toyIntake(world: ToyWorld): Hold<string> {
  const base = toy<string, null>(world, {
    name: 'intake',
    value: z.string(),
    memo: z.null(),
    aim: (_cx, item, way) => (way === 'quiet' ? 'paused' : item.before),
    settle: () => world.call('intake', 'settle', [], () => ({ is: 'done' })),
  });
  const beyondReach: Look<string> = { is: 'unusable', exception: 'Intake', why: 'the intake cannot be read' };
  return {
    ...base,
    look: (cx) => (world.unusable ? world.call('intake', 'look', [], () => beyondReach) : base.look(cx)),
  };
}

/** Quiet is what every hold wanted. */
function toyProof(world: ToyWorld, holds: readonly AnyStep[]): Wait {
  return {
    kind: 'wait',
    name: 'proof',
    title: 'Proof',
    memo: z.null(),
    settle: (cx) =>
      world.call('proof', 'settle', [], (): Verdict<null> => {
        const loud = holds.filter((hold) => !quiet(world, hold.name)).map((hold) => hold.name);
        const says = loud.length === 0 ? 'all is quiet' : `not quiet: ${loud.join(', ')}`;
        const { ask } = world;
        const decided = cx.answered?.some(({ key, answer }) => key === ask?.key && answer === 'accept') ?? false;
        if (ask !== null && !decided) return { is: 'ask', ask, look: 60_000, memo: null };
        if (loud.length === 0) return { is: 'done', findings: [{ subject: 'Toys', is: 'proved', says, at: cx.now }] };
        if (cx.now - cx.since < 60_000) return { is: 'waiting', why: says, look: 1_000, memo: null };
        return { is: 'failed', why: says };
      }),
  };
}

function quiet(world: ToyWorld, step: StepName): boolean {
  return [...world.of(step).values()].every((value) => {
    switch (step) {
      case 'workers':
        return same(value, 0);
      case 'jobs':
        return typeof value === 'string' && value.startsWith('# ');
      case 'door':
        return same(value, true);
      case 'variable':
        return same(value, 'true');
      default:
        return world.unusable || same(value, 'paused');
    }
  });
}

/** A one-off dyno runs until a test takes it out of the list. */
export function toyWork(world: ToyWorld): PlatformWork {
  const stop = (app: string, name: string) => `stop ${name} of ${app}`;
  const told = (id: string, at: number) => ({ id, name: `run.${id}`, at, stop: stop(world.name, `run.${id}`) });
  return {
    stop: (app, { name }) => stop(app.name, name),
    show: (command) => `${command.split(' ')[0]} …`,
    there: (cx) =>
      world.call('work', 'dynos', [], () => world.dynos.map(({ id, command }) => ({ ...told(id, cx.now), command }))),
    start: (cx, { command }) =>
      world.call('work', 'start', [], () => {
        world.ran.push(command);
        const id = `${world.ran.length}`;
        world.dynos.push({ id, command });
        return told(id, cx.now);
      }),
    follow: async () => {},
  };
}

export function toyPlatform(world: ToyWorld): Platform {
  const door = held(toyDoor(world));
  const intake = held(toyIntake(world));
  const jobs = held(toyJobs(world));
  const workers = held(toyWorkers(world));
  const variable = held(toyVariable(world));
  const app = (id: string) => ({ id, name: world.name });
  return {
    find: async (_calling, name) =>
      name === world.name ? { is: 'found', app: app('app-1') } : { is: 'none', nearest: [world.name] },
    app: (_calling, id) => world.call('platform', 'app', [], () => app(id)),
    exists: (_calling, _id) => world.call('platform', 'exists', [], () => world.there),
    activity: (_cx, mark) =>
      world.call('platform', 'activity', [], () => ({
        mark: world.activity.length,
        list: mark === null ? [] : world.activity.slice(z.number().parse(mark)),
      })),
    strays: {
      find: async (cx, since) =>
        [...world.strays]
          .filter(([, from]) => from > since)
          .map(([id]) => ({ id, activity: { key: id, says: `being stopped: ${id}`, at: cx.now, stopped: 'toys' } })),
      stop: (_cx, { id }) => world.call('platform', 'stop', [], () => void world.strays.delete(id)),
    },
    quiet: [door, intake, jobs, workers, variable, waited(toyProof(world, [door, intake, jobs, workers, variable]))],
    back: [variable, workers, jobs, intake, door],
    preflight: (_cx: Cx) => world.call('platform', 'preflight', [], () => world.concerns),
    inventory: async (_cx, _looks, window) => ({ window, entries: [], limits: null }),
    doctor: async () => [],
    work: toyWork(world),
  };
}
