// The world as JSON that a person or a test reads over HTTP: what somebody set, what runs, and what the queue did.

import { runningJobs } from './queue.ts';
import type { App } from './state.ts';
import type { World } from './world.ts';

export function pictureOf(world: World) {
  return {
    apps: world.apps.map((app) => pictureOfApp(world, app)),
    rateLimit: { remaining: world.bucket.remaining, size: world.bucket.size, perMinute: world.bucket.perMinute },
  };
}

export function pictureOfApp(world: World, app: App) {
  const { id, name, generation, queue } = app;
  return {
    id,
    name,
    generation,
    ...world.settings(id),
    schedulerApi: app.schedulerApi,
    dynos: app.dynos.map((dyno) => ({
      name: dyno.name,
      type: dyno.type,
      state: dyno.state,
      command: dyno.command,
      release: dyno.release?.version ?? null,
      stopping: dyno.stopping,
      working: dyno.work !== null,
    })),
    releases: app.releases.slice(-10).map(({ version, status, description }) => ({ version, status, description })),
    queue:
      queue === null
        ? null
        : {
            waiting: queue.waiting.length,
            running: runningJobs(app),
            added: queue.added,
            done: queue.done,
            killed: queue.killed,
          },
    deliveries: app.deliveries.slice(-50),
    events: app.events.slice(-200),
  };
}
