// Many apps with one switch each, in memory: enough of a platform for runs to be begun, held and brought back in a moment.
import { z } from 'zod';
import type { Platform } from '../../../src/model/platform.ts';
import type { Concern } from '../../../src/model/preflight.ts';
import { held } from '../../../src/model/step.ts';

export interface ToyApps {
  readonly platform: Platform;
  /** Those that are not as they were. */
  off(): readonly string[];
}

const stands: Concern = { name: 'stands', is: 'refuse', says: 'it is being repaired', remedy: 'Wait.', except: null };

/** `app-0`, `app-1` and so on, by that name and by that id. */
export function toyApps(count: number): ToyApps {
  const on = new Map(Array.from({ length: count }, (_, n) => [`app-${n}`, true]));
  const look = async (app: string) => {
    const items = [{ key: 'switch', label: 'switch', value: on.get(app) ?? true }];
    return { is: 'seen' as const, items, warnings: [] };
  };
  const hold = held({
    ...{ kind: 'hold', name: 'switch', title: 'Switch', door: true },
    ...{ value: z.boolean(), memo: z.null() },
    look: ({ app }) => look(app.id),
    aim: (_cx, item, way) => (way === 'back' ? item.before : false),
    async write({ app }, changes) {
      for (const { value } of changes) on.set(app.id, value);
      return look(app.id);
    },
    settle: async () => ({ is: 'done' }),
    say: (_app, _item, value) => ({ will: `switch ${value}`, byHand: `switch ${value}` }),
    show: String,
  });
  return {
    off: () => [...on].filter(([, value]) => !value).map(([name]) => name),
    platform: {
      find: async (_calling, name) =>
        on.has(name) ? { is: 'found', app: { id: name, name } } : { is: 'none', nearest: [] },
      app: async (_calling, id) => ({ id, name: id }),
      exists: async () => true,
      activity: async () => ({ mark: null, list: [] }),
      quiet: [hold],
      back: [hold],
      // Of three in four a run ends before it has begun: the others are enough to hold and to bring back.
      preflight: async ({ app }) => (Number(app.id.slice(4)) % 4 === 1 ? [] : [stands]),
      inventory: async (_cx, _looks, window) => ({ window, entries: [], limits: null }),
      doctor: async () => [],
    },
  };
}
