// Makes an app out of its description, with the past that it must have had.

import type { AppDescription, Attached, JobDescription, ScriptDescription } from './description.ts';
import type { Script } from './scripts.ts';
import { knownSize } from './sizes.ts';
import type { App, Attachment, Land, ProcessType, Release, ScheduledJob, Times } from './state.ts';

const DAY = 86_400_000;

const ORDINARY: Times = {
  startMs: 3_000,
  stopMs: 1_000,
  graceMs: 30_000,
  releasePhaseMs: 8_000,
  buildMs: 20_000,
  scheduledRunMs: 20_000,
  schedulerLagMs: 0,
  oneOffMs: 60_000,
  lingerMs: 0,
  crashRestartMs: 600_000,
};

export function buildApp(land: Land, description: AppDescription): App {
  const now = land.timers.now();
  const generation = description.generation ?? 'cedar';
  const app: App = {
    id: description.id ?? land.newId(),
    name: description.name,
    generation,
    region: { id: land.newId(), name: description.region ?? 'eu' },
    stack: { id: land.newId(), name: description.stack ?? (generation === 'fir' ? 'cnb' : 'heroku-24') },
    space: description.space ? { id: land.newId(), name: description.space } : null,
    team: description.team ? { id: land.newId(), name: description.team } : null,
    maintenance: description.maintenance ?? false,
    formation: Object.entries(description.formation ?? { web: {} }).map(
      ([type, { command, quantity, size, crashes }]): ProcessType => ({
        id: land.newId(),
        type,
        command: command ?? `bin/${type}`,
        quantity: type === 'release' ? 0 : (quantity ?? 1),
        size: knownSize(size ?? (generation === 'fir' ? 'dyno-1c-0.5gb' : 'standard-1x')),
        crashes: crashes ?? false,
        createdAt: now - 30 * DAY,
        updatedAt: now - 7 * DAY,
      }),
    ),
    dynos: [],
    releases: [],
    builds: [],
    configVars: { ...description.config },
    slugId: description.releases === 0 ? null : land.newId(),
    releasePhaseFails: description.releasePhaseFails ?? 0,
    jobs: (description.jobs ?? []).map((job) => newJob(land, job)),
    schedulerApi: description.schedulerApi ?? 'works',
    scripts: (description.scripts ?? []).map(newScript),
    queue: null,
    webhooks: [],
    deliveries: [],
    times: { ...ORDINARY },
    events: [],
    createdAt: now - 300 * DAY,
    updatedAt: now - DAY,
    pendingReleases: [],
  };
  for (const key of keysOf(app.times)) app.times[key] = description.times?.[key] ?? app.times[key];
  if (description.queue !== undefined) {
    const { waiting = 0, jobMs = [4_000], consumers = ['worker'], producers = [] } = description.queue;
    const jobs = Array.from({ length: waiting }, (_, i) => ({
      id: i + 1,
      addedAt: now - (waiting - i) * 1_000,
      startedAt: null,
    }));
    app.queue = { waiting: jobs, jobMs, consumers, producers, added: waiting, done: 0, killed: 0 };
  }
  return withPast(land, app, description);
}

/** Those that are described, and the one that scheduled jobs belong to. */
export function addonsOf({ addons = [], jobs }: AppDescription): Attached[] {
  const described = addons.some(({ service }) => service === 'scheduler');
  return jobs === undefined || described ? addons : [...addons, { service: 'scheduler', plan: 'standard' }];
}

/** Releases until yesterday. */
function withPast(land: Land, app: App, description: AppDescription): App {
  const now = land.timers.now();
  for (const { config } of addonsOf(description)) Object.assign(app.configVars, config);
  const count = description.releases ?? 12;
  app.releases = Array.from({ length: count }, (_, i): Release => {
    const at = now - DAY - (count - 1 - i) * DAY;
    const commit = land.newId().slice(0, 8);
    return {
      id: land.newId(),
      version: i + 1,
      status: 'succeeded',
      description: i === 0 ? 'Initial release' : `Deploy ${commit}`,
      configVars: { ...app.configVars },
      slugId: app.slugId,
      createdAt: at,
      updatedAt: at,
    };
  });
  return app;
}

function keysOf(times: Times): (keyof Times)[] {
  return Object.keys(times).filter((key): key is keyof Times => key in ORDINARY);
}

export function newJob(land: Land, { id, command, every, at = 0, size = 'standard-1x' }: JobDescription): ScheduledJob {
  return {
    id: id ?? String(land.random(100_000, 999_999)),
    command,
    size: knownSize(size),
    every,
    at,
    ranAt: null,
    createdAt: land.timers.now() - 90 * DAY,
    cancel: () => {},
  };
}

export function newScript({ command, output = [], status = 0, ms = null }: ScriptDescription): Script {
  return { command, output, status, ms };
}

/** Makes the add-on where there is none of its name, and attaches it to the app. */
export function attach(land: Land, app: App, attached: Attached): Attachment {
  const createdAt = land.timers.now() - 200 * DAY;
  const { service, config = {} } = attached;
  const name = attached.name ?? `${service.replace(/^heroku-/, '')}-${land.random(10_000, 99_999)}`;
  let addon = land.addons.find((candidate) => candidate.name === name);
  if (addon === undefined) {
    addon = {
      id: land.newId(),
      name,
      service: { id: land.newId(), name: service },
      plan: { id: land.newId(), name: `${service}:${attached.plan ?? 'standard-0'}` },
      cents: attached.cents ?? 0,
      appId: app.id,
      configVars: Object.keys(config),
      config: Object.entries(config).map(([key, value]) => ({ name: key, value })),
      state: 'provisioned',
      createdAt,
    };
    land.addons.push(addon);
  }
  Object.assign(app.configVars, config);
  const attachment: Attachment = {
    id: land.newId(),
    name:
      attached.as ??
      service
        .replace(/^heroku-/, '')
        .replaceAll('-', '_')
        .toUpperCase(),
    addonId: addon.id,
    appId: app.id,
    createdAt,
  };
  land.attachments.push(attachment);
  return attachment;
}
