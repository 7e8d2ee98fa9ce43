// Releases: a change of config vars, a deploy or a rollback makes one; it runs the release phase where the app has one,
// and restarts every dyno when it succeeded.

import { fitToFormation, restartFormation, runOneOff, stopDyno } from './dynos.ts';
import { type App, type Build, type Land, note, type PendingRelease, type ProcessType, type Release } from './state.ts';
import { tellRelease } from './telling.ts';

export type ConfigChange = Readonly<Record<string, string | null>>;

/** Sets values, and deletes those that are null. Returns the release that this made: none where nothing changes. */
export function changeConfig(land: Land, app: App, change: ConfigChange): Release | null {
  const set = Object.keys(change).filter((key) => change[key] !== null && app.configVars[key] !== change[key]);
  const removed = Object.keys(change).filter((key) => change[key] === null && app.configVars[key] !== undefined);
  if (set.length + removed.length === 0) return null;
  const next = { ...app.configVars };
  for (const key of removed) delete next[key];
  for (const key of set) next[key] = change[key] ?? '';
  app.configVars = next;
  const said = [
    ...(set.length > 0 ? [`Set ${set.join(', ')}`] : []),
    ...(removed.length > 0 ? [`Remove ${removed.join(', ')}`] : []),
  ];
  return addRelease(land, app, `${said.join(', ')} config vars`);
}

/** Goes back to the code and the values of an earlier release, as a new one. */
export function rollback(land: Land, app: App, to: Release): Release {
  app.configVars = { ...to.configVars };
  return addRelease(land, app, `Rollback to v${to.version}`, { slugId: to.slugId });
}

export interface Deploy {
  readonly commit?: string;
  /** All process types of the new code with their commands; left out, they stay as they are. */
  readonly processTypes?: Readonly<Record<string, string>>;
}

/** A build and, when it is done, its release. Types that the code has no more are stopped; new ones have no dyno yet. */
export function deploy(land: Land, app: App, { commit, processTypes }: Deploy = {}): Build {
  const now = land.timers.now();
  const build: Build = {
    id: land.newId(),
    status: 'pending',
    slugId: land.newId(),
    commit: commit ?? land.newId().replaceAll('-', '').slice(0, 8),
    releaseId: null,
    createdAt: now,
    updatedAt: now,
  };
  app.builds.push(build);
  const finish = () => {
    build.status = 'succeeded';
    build.updatedAt = land.timers.now();
    const phase = processTypes === undefined ? phaseOf(app) : (processTypes['release'] ?? null);
    const goLive = () => {
      if (processTypes !== undefined) replaceProcessTypes(land, app, processTypes);
    };
    build.releaseId = addRelease(land, app, `Deploy ${build.commit}`, { slugId: build.slugId, phase, goLive }).id;
  };
  if (app.times.buildMs <= 0) finish();
  else land.timers.after(app.times.buildMs, finish);
  return build;
}

function replaceProcessTypes(land: Land, app: App, processTypes: Readonly<Record<string, string>>): void {
  const now = land.timers.now();
  for (const gone of app.formation.filter(({ type }) => processTypes[type] === undefined)) {
    for (const dyno of app.dynos) if (dyno.type === gone.type && dyno.onExit === null) stopDyno(land, app, dyno);
  }
  app.formation = Object.entries(processTypes).map(([type, command]): ProcessType => {
    const known = app.formation.find((processType) => processType.type === type);
    if (known !== undefined) {
      known.command = command;
      return known;
    }
    const size = app.formation[0]?.size ?? 'Standard-1X';
    return { id: land.newId(), type, command, quantity: 0, size, crashes: false, createdAt: now, updatedAt: now };
  });
}

interface Made {
  readonly slugId?: string | null;
  readonly phase?: string | null;
  readonly goLive?: () => void;
}

function addRelease(land: Land, app: App, description: string, made: Made = {}): Release {
  const now = land.timers.now();
  const { slugId = app.slugId, phase = phaseOf(app), goLive = () => {} } = made;
  const release: Release = {
    id: land.newId(),
    version: (app.releases.at(-1)?.version ?? 0) + 1,
    status: 'pending',
    description,
    configVars: { ...app.configVars },
    slugId,
    createdAt: now,
    updatedAt: now,
  };
  app.releases.push(release);
  tellRelease(land, app, release);
  land.changed(app, { action: 'create', what: 'release', release });
  // Without code there is nothing to run a release phase with.
  app.pendingReleases.push({ release, phase: slugId === null ? null : phase, goLive });
  if (app.pendingReleases.length === 1) runPhase(land, app);
  return release;
}

function phaseOf(app: App): string | null {
  return app.formation.find(({ type }) => type === 'release')?.command ?? null;
}

/** Tries the first release that is pending. */
function runPhase(land: Land, app: App): void {
  const [pending] = app.pendingReleases;
  if (pending === undefined) return;
  if (pending.phase === null) {
    settle(land, app, pending, true);
    return;
  }
  let failed = false;
  runOneOff(land, app, {
    type: 'release',
    command: pending.phase,
    size: app.formation[0]?.size ?? 'Standard-1X',
    runMs: app.times.releasePhaseMs,
    release: pending.release,
    exits: () => {
      failed = takeFailure(app);
      return failed ? 1 : 0;
    },
    onExit: (completed) => settle(land, app, pending, completed && !failed),
  });
}

function takeFailure(app: App): boolean {
  if (app.releasePhaseFails === 'always') return true;
  if (app.releasePhaseFails === 0) return false;
  app.releasePhaseFails -= 1;
  return true;
}

function settle(land: Land, app: App, { release, goLive }: PendingRelease, succeeded: boolean): void {
  release.status = succeeded ? 'succeeded' : 'failed';
  release.updatedAt = land.timers.now();
  land.changed(app, { action: 'update', what: 'release', release });
  note(land, app, { what: 'release', version: release.version, status: release.status });
  app.pendingReleases.shift();
  if (succeeded) {
    app.slugId = release.slugId;
    goLive();
    restartFormation(land, app);
    for (const processType of app.formation) fitToFormation(land, app, processType);
  }
  runPhase(land, app);
}
