// Four apps with work in progress, for the demo and for whoever wants to look around. Each has something that makes a
// maintenance hard.

import type { AppDescription } from './description.ts';

/** A shop as Rails people build them: busy, with a release phase, a clock process and three scheduled jobs. */
const shop: AppDescription = {
  name: 'shop',
  team: 'acme',
  formation: {
    web: { command: 'bundle exec puma -C config/puma.rb', quantity: 2 },
    worker: { command: 'bundle exec sidekiq -c 10 -q default -q orders', quantity: 4, size: 'standard-2x' },
    mailer: { command: 'bundle exec sidekiq -c 5 -q mailers', quantity: 1 },
    clock: { command: 'bundle exec clockwork config/clock.rb', quantity: 1 },
    release: { command: 'bundle exec rails db:migrate' },
  },
  config: {
    LANG: 'en_US.UTF-8',
    RACK_ENV: 'production',
    RAILS_ENV: 'production',
    RAILS_LOG_TO_STDOUT: 'enabled',
    SECRET_KEY_BASE: '3c1e9a7d5b0f4826',
    STRIPE_SECRET_KEY: 'not-a-real-key',
  },
  addons: [
    {
      service: 'heroku-postgresql',
      plan: 'standard-0',
      name: 'postgresql-angular-40213',
      as: 'DATABASE',
      cents: 5_000,
      config: { DATABASE_URL: 'postgres://shop:hidden@db.example.com:5432/shop' },
    },
    {
      service: 'heroku-redis',
      plan: 'premium-0',
      name: 'redis-cubed-51822',
      as: 'REDIS',
      cents: 1_500,
      config: { REDIS_URL: 'rediss://:hidden@redis.example.com:6379' },
    },
    { service: 'papertrail', plan: 'choklad', name: 'papertrail-round-77120' },
  ],
  jobs: [
    { id: '881234', command: 'bundle exec rake orders:sync', every: 10 },
    { id: '881235', command: 'bundle exec rake reports:hourly && echo "done"', every: 60, at: 30 },
    {
      id: '881236',
      command: "bundle exec rails runner 'Cart.sweep(days: 30)'",
      every: 1440,
      at: 180,
      size: 'standard-2x',
    },
  ],
  queue: {
    waiting: 60,
    // Most are quick; an export now and then takes its time, but ends within the 30 s that a stopped dyno has.
    jobMs: [2_000, 3_500, 1_200, 6_000, 2_500, 14_000],
    consumers: ['worker', 'mailer'],
    producers: [
      { type: 'web', perMinute: 45 },
      { type: 'clock', perMinute: 4 },
    ],
  },
  releases: 47,
};

/** Already in maintenance mode, with workers at 0 and the variable there as `false`: all of that has to stay so. */
const billing: AppDescription = {
  name: 'billing',
  team: 'acme',
  maintenance: true,
  formation: {
    web: { command: 'npm start', quantity: 1 },
    worker: { command: 'node worker.js', quantity: 0 },
  },
  config: { NODE_ENV: 'production', MAINTENANCE: 'false', INVOICE_PREFIX: 'AC' },
  addons: [
    {
      service: 'heroku-postgresql',
      plan: 'standard-2',
      name: 'postgresql-flat-88310',
      as: 'DATABASE',
      cents: 20_000,
      config: { DATABASE_URL: 'postgres://billing:hidden@db.example.com:5432/billing' },
    },
  ],
  releases: 19,
};

/** On Fir, where names of dynos tell nothing, with Celery's own clock and a Scheduler whose API does not let us in. */
const reports: AppDescription = {
  name: 'reports',
  generation: 'fir',
  space: 'acme-fir',
  team: 'acme',
  formation: {
    web: { command: 'gunicorn reports.wsgi', quantity: 2, size: 'dyno-1c-0.5gb' },
    beat: { command: 'celery -A reports beat', quantity: 1, size: 'dyno-1c-0.5gb' },
    worker: { command: 'celery -A reports worker -Q default', quantity: 2, size: 'dyno-2c-1gb' },
    renderer: { command: 'celery -A reports worker -Q render -c 1', quantity: 3, size: 'dyno-1c-4gb' },
  },
  config: { DJANGO_SETTINGS_MODULE: 'reports.settings.production', WEB_CONCURRENCY: '3', MAINTENANCE: '' },
  addons: [
    {
      service: 'heroku-postgresql',
      plan: 'private-0',
      name: 'postgresql-curved-15580',
      as: 'DATABASE',
      cents: 30_000,
      config: { DATABASE_URL: 'postgres://reports:hidden@db.example.com:5432/reports' },
    },
  ],
  jobs: [{ id: '902117', command: 'python manage.py send_weekly', every: 1440, at: 360 }],
  schedulerApi: 'refuses',
  queue: {
    waiting: 18,
    jobMs: [5_000, 9_000, 3_000],
    consumers: ['worker', 'renderer'],
    producers: [
      { type: 'web', perMinute: 20 },
      { type: 'beat', perMinute: 2 },
    ],
  },
  releases: 33,
};

/** Half way from Sidekiq to Solid Queue, and with more that starts work by itself than anybody remembers: see `furnish`. */
const studio: AppDescription = {
  name: 'studio',
  team: 'acme',
  formation: {
    web: { command: 'bundle exec puma -C config/puma.rb', quantity: 2, size: 'performance-m' },
    worker: { command: 'bundle exec sidekiq -q media', quantity: 2, size: 'standard-2x' },
    release: { command: 'bundle exec rails db:prepare' },
  },
  config: {
    RAILS_ENV: 'production',
    SIDEKIQ_CONCURRENCY: '5',
    SOLID_QUEUE_IN_PUMA: '1',
    JUDOSCALE_URL: 'https://adapter.judoscale.example.com/not-a-real-token',
  },
  addons: [
    {
      service: 'heroku-postgresql',
      plan: 'standard-0',
      name: 'postgresql-spherical-60417',
      as: 'DATABASE',
      cents: 5_000,
      config: { DATABASE_URL: 'postgres://studio:hidden@db.example.com:5432/studio' },
    },
    {
      service: 'heroku-redis',
      plan: 'premium-0',
      name: 'redis-polished-33941',
      as: 'REDIS',
      cents: 1_500,
      config: { REDIS_URL: 'rediss://:hidden@redis.example.com:6380' },
    },
  ],
  queue: {
    waiting: 12,
    jobMs: [8_000, 20_000],
    producers: [{ type: 'web', perMinute: 12 }],
  },
  releases: 61,
};

export const examples: readonly AppDescription[] = [shop, billing, reports, studio];
