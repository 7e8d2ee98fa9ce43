// What the tests of the store begin with: people, a run that has been asked for, and databases to put it in.
import { beforeEach } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import type { Person } from '../../src/model/person.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { Database } from '../../src/store/database.ts';
import { type NewRun, openStore, type Store } from '../../src/store/store.ts';
import type { TestDatabases } from '../helpers/database.ts';

export const ann: Person = { id: 'U1', name: 'Ann', via: 'slack' };
export const bob: Person = { id: 'U2', name: 'Bob', via: 'slack' };
export const noon = Date.UTC(2026, 0, 4, 12);

export function requested(id: string, over: Partial<NewRun> = {}): NewRun {
  return {
    id,
    app: { id: 'app-1', name: 'shop' },
    channel: 'C1',
    at: noon,
    requested: {
      is: 'requested',
      by: ann,
      because: 'new disks',
      endsAt: noon + 1_800_000,
      settings: defaultSettings,
      quiet: [{ name: 'workers', title: 'Workers', kind: 'hold', door: false }],
      back: [{ name: 'workers', title: 'Workers', kind: 'hold', door: false }],
      accepted: [],
    },
    ...over,
  };
}

export const extended: Event = { is: 'extended', by: ann, endsAt: noon + 3_600_000 };
export const drift: Event = {
  is: 'asked',
  question: 'drift-1',
  about: { is: 'drift', step: 'workers', key: 'worker', now: 3, shows: { before: '4', sent: '0', now: '3' } },
};
export const cancelled: Event = { is: 'ended', as: 'cancelled', why: 'nothing was sent' };

export interface Opened {
  database: Database;
  store: Store;
}

/** An empty database and a store over it before every test of the suite. */
export function freshStore(databases: TestDatabases): Opened {
  const opened: Partial<Opened> = {};
  beforeEach(async () => {
    opened.database = await databases.open();
    opened.store = openStore(opened.database);
  });
  return {
    get database() {
      return there(opened.database);
    },
    get store() {
      return there(opened.store);
    },
  };
}

export function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error(`Expected something, got ${value}`);
  return value;
}
