// What maint has to do besides: windows to come, and runs that are under way. Both are put into its database before it is measured:
// the windows as its store writes them, the runs as a terminal begins them.

import { systemClock } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import { silentLog } from '../src/log.ts';
import type { Person } from '../src/model/person.ts';
import { type Window, weekdays } from '../src/model/window.ts';
import type { Sandbox } from '../src/sandbox/index.ts';
import type { Store } from '../src/store/store.ts';
import { following } from '../src/windows/following.ts';
import { type Maint, startMaint } from '../src/wire.ts';
import { atOnce } from './rig.ts';

export interface Load {
  /** To come; none is due for a day. */
  readonly windows: number;
  /** Begun, and under way as soon as somebody drives them. */
  readonly runs: number;
}

const by: Person = { id: 'bench', name: 'bench', via: 'terminal' };

const HOUR = 3_600_000;
const zones = [
  'Europe/Berlin',
  'Europe/London',
  'Europe/Helsinki',
  'America/New_York',
  'America/Chicago',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'Asia/Tokyo',
  'Asia/Kolkata',
  'Australia/Sydney',
  'Pacific/Auckland',
  'UTC',
];

/** Into the database of a maint that is not there yet. */
export async function loaded(config: Config, sandbox: Sandbox, load: Load): Promise<void> {
  const maint = await startMaint({ config, clock: systemClock, log: silentLog, withSlack: false, drives: false });
  await plan(maint.store, load.windows);
  await begin(maint, sandbox, load.runs);
  await maint.stop();
}

/** Of as many apps, each once a week. They announce nothing. */
export async function plan(store: Store, windows: number): Promise<void> {
  const now = Date.now();
  for (let i = 0; i < windows; i += 1) await save(store, windowOf(i, now), now);
}

/** Of apps that are made for it. */
export async function begin({ commands }: Maint, sandbox: Sandbox, runs: number): Promise<void> {
  const channel = sandbox.slack.workspace.channel('ops').id;
  for (let i = 0; i < runs; i += 1) {
    const { name } = sandbox.world.addApp(atOnce(`busy-${i}`, null));
    const reply = await commands.start(by, { app: name, length: null, because: null, channel, accepted: [] });
    if (reply.is === 'refused') throw new Error(reply.says);
  }
}

async function save(store: Store, window: Window, now: number): Promise<void> {
  const changed = await store.windows.change(window.id, { expected: 0, at: now }, () => ({
    is: 'change',
    window,
    cancelledAt: null,
    facts: [],
    plan: (occurrences) => following(window, occurrences, now),
  }));
  if (changed.is !== 'changed') throw new Error(`Expected a window to be saved, got ${changed.is}`);
}

function windowOf(i: number, now: number): Window {
  // From two to five days away.
  const first = new Date(now + 48 * HOUR + (i % 72) * HOUR);
  const from = new Date(now).toISOString().slice(0, 10);
  return {
    id: `bench-${i}`,
    apps: [{ id: `bench-app-${i}`, name: `bench-${i}` }],
    when: {
      is: 'rule',
      rule: {
        days: { every: 'week', n: 1, on: [weekdays[(first.getUTCDay() + 6) % 7] ?? 'monday'] },
        at: `${String(first.getUTCHours()).padStart(2, '0')}:00`,
        from,
        until: null,
        missing: 'later',
        twice: 'first',
      },
    },
    zone: zones[i % zones.length] ?? 'UTC',
    lengthMs: HOUR,
    reason: 'a figure for the bench',
    channels: [],
    leads: [],
    startsBy: 'asking',
    announceBefore: [24 * HOUR, HOUR, HOUR / 6],
    exceptions: [],
    createdBy: by,
    createdAt: now,
    changedAt: now,
  };
}
