// What the example apps have beside what a description says: jobs of Cron To Go, autoscaling, a one-off that somebody has left
// running, a Redis with the jobs of its Sidekiq, and a Postgres that a second app has too.
import type { SandboxAutoscaling } from './autoscaling.ts';
import type { SandboxCronToGo } from './cron-to-go.ts';
import type { World } from './heroku/world.ts';
import type { SandboxSidekiq } from './sidekiq.ts';

const HOURS = 3_600_000;

export interface Furniture {
  readonly cronToGo: SandboxCronToGo;
  readonly autoscaling: SandboxAutoscaling;
  readonly sidekiq: SandboxSidekiq;
}

/** The app whose jobs are in a Redis that can be looked into. */
export const WITH_SIDEKIQ = 'studio';

export function furnish(world: World, { cronToGo, autoscaling, sidekiq }: Furniture): void {
  world.app(WITH_SIDEKIQ).configVars['REDIS_URL'] = sidekiq.url;
  cronToGo.addTo('studio', [
    { alias: 'Thumbnails', command: 'bundle exec rake media:thumbnails', schedule: '*/20 * * * *' },
    { alias: 'Royalties', command: 'bundle exec rake royalties:pay', schedule: '0 3 * * *', timezone: 'Europe/Berlin' },
    { alias: 'Old import', command: 'bundle exec rake import:old', schedule: '0 * * * *', state: 'paused' },
  ]);
  autoscaling.add('studio', { min_quantity: 2, max_quantity: 5 });
  world.runOneOff('studio', "bundle exec rails runner 'Catalog.reindex!'", 6 * HOURS);
  world.attach('reports', {
    service: 'heroku-postgresql',
    name: 'postgresql-spherical-60417',
    as: 'STUDIO_DATABASE',
    config: { STUDIO_DATABASE_URL: 'postgres://studio:hidden@db.example.com:5432/studio' },
  });
}
