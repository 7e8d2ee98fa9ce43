// Something happens to the app itself while it is maintained: it is renamed or deleted, its release fails or never ends, its
// dynos do not stop or crash. Where a person can mend that, the trouble says how.
import { restartDyno, stopDyno } from '../../../src/sandbox/heroku/dynos.ts';
import type { App } from '../../../src/sandbox/index.ts';
import { description } from '../app.ts';
import { named, type Playable, placeOf, type RowOfCells } from '../cells.ts';
import { type Crossing, type Phase, pass } from '../crossing.ts';
import { Aim, type Scene, type Trouble } from '../trouble.ts';

const MINUTE = 60_000;
const HOURS = 60 * MINUTE;

export const appRows: readonly RowOfCells[] = [
  row('app-deleted', everywhere, (aim) => ({
    trouble: at(aim, (scene) => scene.world.removeApp(appOf(scene).id)),
    habits: { stuck: 'give-up' },
  })),
  row('app-renamed', everywhere, (aim) => ({
    trouble: at(aim, (scene) => scene.world.rename(appOf(scene).id, 'boutique')),
  })),
  row(
    'release-fails',
    (all) => upTo(all, ['quieting', 'back'], 'config-vars', ['once', 'always']),
    (aim, more) => ({
      trouble: at(
        aim,
        (scene) => {
          appOf(scene).releasePhaseFails = more === 'always' ? 'always' : 1;
        },
        (scene) => {
          appOf(scene).releasePhaseFails = 0;
          scene.world.deploy(appOf(scene).id);
        },
      ),
    }),
  ),
  row(
    'release-phase-hangs',
    (all) => upTo(all, ['quieting', 'back'], 'config-vars'),
    (aim) => ({
      trouble: at(
        aim,
        (scene) => {
          appOf(scene).times.releasePhaseMs = 12 * HOURS;
        },
        (scene) => {
          const app = appOf(scene);
          app.times.releasePhaseMs = description.times?.releasePhaseMs ?? 0;
          for (const dyno of app.dynos.filter(({ type }) => type === 'release')) stopDyno(scene.world, app, dyno);
          scene.world.deploy(appOf(scene).id);
        },
      ),
      // An hour of looking every five seconds would tell nothing more.
      settings: { releaseCap: 6 * MINUTE },
    }),
  ),
  row(
    'dynos-stay',
    (all) => upTo(all, ['quieting'], 'formation'),
    (aim) => ({
      trouble: at(aim, (scene) => {
        const { times } = appOf(scene);
        times.stopMs = 3 * HOURS;
        times.graceMs = 3 * HOURS;
      }),
    }),
  ),
  row(
    'dynos-crash',
    (all) => upTo(all, ['back'], 'formation'),
    (aim) => ({
      trouble: at(
        aim,
        (scene) => setCrashes(scene, true),
        (scene) => {
          setCrashes(scene, false);
          const app = appOf(scene);
          for (const dyno of app.dynos.filter(({ state }) => state === 'crashed')) restartDyno(scene.world, app, dyno);
        },
      ),
    }),
  ),
];

function row(
  name: string,
  cells: (crossings: readonly Crossing[]) => readonly string[],
  play: (aim: Aim, more: string) => Playable,
): RowOfCells {
  return {
    name,
    cells,
    play(cell) {
      const { phase, n, more } = placeOf(cell);
      return play(new Aim('heroku', phase, n), more);
    },
  };
}

/** Does something to the app right before the call at the aim is carried out. */
export function at(aim: Aim, does: (scene: Scene) => void, mend?: (scene: Scene) => void): Trouble {
  return {
    meet(crossing, scene) {
      if (aim.hit(crossing)) does(scene);
      return pass;
    },
    // A person mends what has happened, and not what has not.
    mend: (scene) => {
      if (aim.met !== null) mend?.(scene);
    },
    began: () => aim.met?.phase ?? null,
  };
}

function everywhere(crossings: readonly Crossing[]): readonly string[] {
  return crossings.filter(({ via }) => via === 'heroku').map((crossing) => named(crossing));
}

/** In these phases as long as it can still make a difference: up to the last write to that resource. */
function upTo(
  crossings: readonly Crossing[],
  within: readonly Phase[],
  resource: string,
  more: readonly string[] = [''],
): readonly string[] {
  return within.flatMap((phase) => {
    const calls = crossings.filter((c) => c.via === 'heroku' && c.phase === phase);
    const last = calls.findLastIndex((c) => c.writes && c.path.endsWith(`/${resource}`));
    return calls.slice(0, last + 1).flatMap((c) => more.map((one) => named(c, one)));
  });
}

/** However it is called by now. */
export function appOf({ world }: Scene): App {
  const [app] = world.apps;
  if (app === undefined) throw new Error('Expected the app of the cell to be there, got none');
  return app;
}

function setCrashes(scene: Scene, crashes: boolean): void {
  for (const processType of appOf(scene).formation.filter(({ type }) => type !== 'web')) processType.crashes = crashes;
}
