// The app of every cell: small, with everything in it that maint holds still, and in a state that a careless restore would
// get wrong.
import type { Json } from '../../src/model/json.ts';
import type { AppDescription, World } from '../../src/sandbox/index.ts';

export const APP = 'shop';

/** A Saturday, 12:34:00 UTC: not within two minutes of a tick of the ten-minute job. */
export const START = Date.UTC(2026, 10, 21, 12, 34);

export const description: AppDescription = {
  name: APP,
  formation: {
    web: { quantity: 2, size: 'standard-2x' },
    worker: { quantity: 3, size: 'performance-m' },
    urgent: { quantity: 1 },
    // Stood at zero before, and has to stay there.
    spare: { quantity: 0 },
    clock: { quantity: 1 },
    release: { command: 'bin/migrate' },
  },
  // Present and false: to delete it, or to leave it true, are two ways to be wrong.
  config: { LANG: 'C', MAINTENANCE: 'false' },
  jobs: [
    { id: 'often', command: 'bin/often --all', every: 10 },
    { id: 'hourly', command: 'bin/hourly "with quotes"', every: 60, at: 20 },
    { id: 'nightly', command: 'bin/nightly', every: 1440, at: 180 },
  ],
  times: { startMs: 1_000, stopMs: 500, releasePhaseMs: 1_500, scheduledRunMs: 5_000, buildMs: 1_000 },
};

/** What people have set, as the sandbox shows it. */
export type Standing = ReturnType<World['settings']> & {
  /** Of its add-ons and queues, by their names; none where the cell has none. */
  readonly others: Readonly<Record<string, unknown>>;
};

/** Where the app is not as it was: "formation.worker.quantity: 3 -> 0". */
export function differences(before: Standing, after: Standing): readonly string[] {
  return compare(flat(before), flat(after));
}

function compare(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key}: ${before.get(key) ?? 'absent'} -> ${after.get(key) ?? 'absent'}`);
}

function flat(settings: Standing): ReadonlyMap<string, string> {
  const lines = new Map<string, string>([['maintenance', String(settings.maintenance)]]);
  for (const [type, { quantity, size }] of Object.entries(settings.formation)) {
    lines.set(`formation.${type}`, `${quantity} ${size}`);
  }
  for (const [name, value] of Object.entries(settings.configVars)) lines.set(`config.${name}`, JSON.stringify(value));
  for (const [name, set] of Object.entries(settings.others)) lines.set(`other.${name}`, JSON.stringify(set));
  for (const { id, command, every, at, size } of settings.jobs) {
    lines.set(`job.${id}`, `${JSON.stringify(command)} every ${every} at ${at} on ${size}`);
  }
  return lines;
}

/** What one item of a run stands at; undefined where it is not there, or is nothing that the app's settings show. */
export function standing(settings: Standing, step: string, key: string): Json | undefined {
  switch (step) {
    case 'maintenance':
      return settings.maintenance;
    case 'scheduler':
      return settings.jobs.find(({ id }) => id === key)?.command;
    case 'clocks':
    case 'web':
    case 'workers':
      return settings.formation[key]?.quantity;
    case 'variable':
      return settings.configVars[key] ?? null;
    default:
      return undefined;
  }
}
