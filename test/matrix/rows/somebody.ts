// Somebody else changes an item, deletes it, or wakes up what was quiet, in the middle of a maintenance. What was changed
// before maint had touched it belongs to the app as it was; what came after is asked about.

import type { Run } from '../../../src/model/run.ts';
import { touched } from '../../../src/model/run.ts';
import { fitToFormation } from '../../../src/sandbox/heroku/dynos.ts';
import { named, type Playable, placeOf, type RowOfCells } from '../cells.ts';
import { type Crossing, type Phase, pass } from '../crossing.ts';
import { THINK } from '../people.ts';
import { Aim, type Scene, type Trouble } from '../trouble.ts';
import { appOf, at } from './app.ts';

interface Change {
  readonly step: string;
  readonly key: string;
  /** How a difference in it begins. */
  readonly shows: string;
  readonly does: (scene: Scene) => void;
}

const scaled = (type: string, quantity: number, step = 'workers'): Change => ({
  step,
  key: type,
  shows: `formation.${type}:`,
  does: (scene) => scene.world.scale(appOf(scene).id, type, quantity),
});
const job = (id: string, command: string): Change => ({
  step: 'scheduler',
  key: id,
  shows: `job.${id}:`,
  does: (scene) => {
    scene.world.job(appOf(scene).id, id).command = command;
  },
});
const variable = (value: string | null): Change => ({
  step: 'variable',
  key: 'MAINTENANCE',
  shows: 'config.MAINTENANCE:',
  does: (scene) => {
    scene.world.setConfig(appOf(scene).id, { MAINTENANCE: value });
  },
});
const doorOpened: Change = {
  step: 'maintenance',
  key: 'maintenance',
  shows: 'maintenance:',
  does: (scene) => scene.world.setMaintenance(appOf(scene).id, false),
};

/** One more patrol than usual. */
const LONGER = 150_000;

/** To values that were neither there before nor set by maint. */
const changes: Readonly<Record<string, Change>> = {
  worker: scaled('worker', 7),
  urgent: scaled('urgent', 2),
  clock: scaled('clock', 3, 'clocks'),
  job: job('hourly', 'bin/another'),
  'first-job': job('often', 'bin/another --often'),
  variable: variable('maybe'),
};

const removals: Readonly<Record<string, Change>> = {
  worker: { ...scaled('worker', 0), does: (scene) => removeType(scene, 'worker') },
  clock: { ...scaled('clock', 0, 'clocks'), does: (scene) => removeType(scene, 'clock') },
  job: { ...job('hourly', ''), does: (scene) => scene.world.removeJob(appOf(scene).id, 'hourly') },
  'first-job': { ...job('often', ''), does: (scene) => scene.world.removeJob(appOf(scene).id, 'often') },
};

/** What was quiet is not any more. */
const violations: Readonly<Record<string, Change>> = {
  door: doorOpened,
  workers: scaled('worker', 3),
  'one-worker': scaled('worker', 1),
  'spare-type': scaled('spare', 1),
  clock: scaled('clock', 1, 'clocks'),
  'job-restored': job('hourly', 'bin/hourly "with quotes"'),
  'job-changed': job('nightly', 'bin/another --nightly'),
  'variable-removed': variable(null),
  'variable-restored': variable('false'),
};

export const somebodyRows: readonly RowOfCells[] = [
  somebody('drift-restore', changes, anywhere, { drift: 'restore' }),
  somebody('drift-keep', changes, anywhere, { drift: 'keep', violation: 'accept' }),
  somebody('item-gone', removals, anywhere, {}),
  somebody('violation', violations, whileHeld, { workFor: LONGER }),
  mended(),
];

function somebody(
  name: string,
  list: Readonly<Record<string, Change>>,
  places: (crossings: readonly Crossing[], changes: readonly string[]) => readonly string[],
  habits: NonNullable<Playable['habits']>,
): RowOfCells {
  return {
    name,
    cells: (crossings) => places(crossings, Object.keys(list)),
    example: (phase, n, random) => example(list, phase, n, random),
    play(cell) {
      const { phase, n, more } = placeOf(cell);
      const change = changeNamed(list, more);
      const aim = new Aim('heroku', phase, n);
      let looked = false;
      const after = (run: Run): boolean => aim.met !== null && !looked && run.way === 'back';
      const { meet, ...trouble } = at(aim, change.does);
      return {
        trouble: {
          ...trouble,
          meet(crossing, scene) {
            const fate = meet(crossing, scene);
            if (aim.met !== null && crossing.what === reads[change.step]) looked = true;
            return fate;
          },
        },
        habits,
        allows: (run, difference) => difference.startsWith(change.shows) && (after(run) || itsOwn(run, change)),
        unseen: (run, step, key) => step === change.step && key === change.key && after(run),
      };
    },
  };
}

/** The call by which maint would see a change; one that comes after the last of them is of the time after the run. */
const reads: Readonly<Record<string, string>> = {
  maintenance: 'GET /apps/*',
  scheduler: 'GET /scheduler/apps/*/jobs',
  clocks: 'GET /apps/*/formation',
  workers: 'GET /apps/*/formation',
  variable: 'GET /apps/*/config-vars',
};

/** Seen by a patrol and told, and then mended by hand before anybody has pressed anything. */
function mended(): RowOfCells {
  return {
    name: 'violation-mended',
    cells: (crossings) => whileHeld(crossings, Object.keys(violations)),
    example: (phase, n, random) => example(violations, phase, n, random),
    play(cell) {
      const { phase, n, more } = placeOf(cell);
      const change = changeNamed(violations, more);
      const aim = new Aim('heroku', phase, n);
      return { trouble: mendedByHand(aim, change), habits: { workFor: LONGER, violationAfter: 10 * THINK } };
    },
  };
}

function mendedByHand(aim: Aim, change: Change): Trouble {
  let undo: ((scene: Scene) => void) | null = null;
  return {
    meet(crossing, scene) {
      if (aim.hit(crossing)) {
        undo = asItIs(scene, change);
        change.does(scene);
      }
      const told = scene.run()?.questions.some((q) => q.about.is === 'violation') ?? false;
      if (told) {
        undo?.(scene);
        undo = null;
      }
      return pass;
    },
    began: () => aim.met?.phase ?? null,
  };
}

/** Puts it back as it is at this moment. */
function asItIs(scene: Scene, { step, key }: Change): (scene: Scene) => void {
  const settings = scene.world.settings(appOf(scene).id);
  switch (step) {
    case 'maintenance':
      return (later) => later.world.setMaintenance(appOf(later).id, settings.maintenance);
    case 'variable':
      return variable(settings.configVars[key] ?? null).does;
    case 'scheduler':
      return job(key, settings.jobs.find(({ id }) => id === key)?.command ?? '').does;
    default:
      return scaled(key, settings.formation[key]?.quantity ?? 0, step).does;
  }
}

/** A few items at every call, each of them in turn. */
function anywhere(crossings: readonly Crossing[], names: readonly string[]): readonly string[] {
  return crossings.filter(({ via }) => via === 'heroku').map((c, i) => named(c, names[i % names.length] ?? ''));
}

/** Early enough that a patrol finds it before anybody asks for the approval. */
function whileHeld(crossings: readonly Crossing[], names: readonly string[]): readonly string[] {
  return crossings
    .filter(({ via, quietFor }) => via === 'heroku' && quietFor !== null && quietFor < 70_000)
    .flatMap((c) => names.map((name) => named(c, name)));
}

/**
 * A change that stands in the end is right where it was there before maint touched the item, where maint never touched it,
 * where a named person has kept it, or where the item is gone.
 */
function itsOwn(run: Run, { step, key }: Change): boolean {
  const item = run.items.find((one) => one.step === step && one.key === key);
  if (item === undefined || !touched(item)) return true;
  const { settled } = item;
  // That the value is the one captured then, or the one kept, is looked at for every touched item anyway.
  return settled?.as === 'gone' || (settled?.as === 'kept' && settled.by !== null) || settled?.as === 'before';
}

function example(list: Readonly<Record<string, Change>>, phase: Phase, n: number, random: () => number): string {
  const names = Object.keys(list);
  return named({ phase, n }, names[Math.floor(random() * names.length)]);
}

function changeNamed(list: Readonly<Record<string, Change>>, name: string): Change {
  const change = list[name];
  if (change === undefined) throw new Error(`Expected one of ${Object.keys(list).join(', ')}, got ${name}`);
  return change;
}

function removeType(scene: Scene, type: string): void {
  const app = appOf(scene);
  const processType = app.formation.find((one) => one.type === type);
  if (processType === undefined) return;
  processType.quantity = 0;
  fitToFormation(scene.world, app, processType);
  app.formation = app.formation.filter((one) => one !== processType);
}
