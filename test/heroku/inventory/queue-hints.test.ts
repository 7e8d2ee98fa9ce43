// Which queues an app seems to have, from names alone.
import { describe, expect, it } from 'vitest';
import { addressOf, optIn, queueHints, redisOf, type Signs } from '../../../src/heroku/inventory/queue-hints.ts';
import { defaultSettings } from '../../../src/model/settings.ts';

const hints = (over: Partial<Signs>) =>
  queueHints({ services: [], variables: [], commands: [], ...over }).map(({ title, seen }) => `${title}: ${seen}`);

describe('a queue system is told', () => {
  it.each([
    ['bundle exec sidekiq -c 10', 'Sidekiq'],
    ['QUEUE=* bundle exec rake resque:work', 'Resque'],
    ['celery -A app worker -Q default', 'Celery'],
    ['rq worker high low', 'RQ'],
    ['bin/jobs start', 'Solid Queue'],
    ['bundle exec good_job start', 'GoodJob'],
    ['bundle exec rake jobs:work', 'Delayed Job'],
    ['bundle exec que ./config/environment.rb', 'Que'],
    ['graphile-worker -c "$DATABASE_URL"', 'Graphile Worker'],
  ])('by what a process type starts: %s', (command, title) => {
    expect(
      hints({
        commands: [
          { type: 'web', command: 'node web.js' },
          { type: 'jobs', command },
        ],
      }),
    ).toEqual([`${title}: the command of jobs`]);
  });

  it.each([
    ['SIDEKIQ_CONCURRENCY', 'Sidekiq'],
    ['RESQUE_REDIS_URL', 'Resque'],
    ['BULLMQ_PREFIX', 'BullMQ'],
    ['BULL_REDIS_DB', 'Bull'],
    ['RQ_REDIS_URL', 'RQ'],
    ['CELERY_BROKER_URL', 'Celery'],
    ['SOLID_QUEUE_POLLING_INTERVAL', 'Solid Queue'],
    ['GOOD_JOB_MAX_THREADS', 'GoodJob'],
    ['DELAYED_JOB_PRIORITY', 'Delayed Job'],
    ['QUE_SCHEMA', 'Que'],
    ['PGBOSS_SCHEMA', 'pg-boss'],
    ['GRAPHILE_WORKER_SCHEMA', 'Graphile Worker'],
    ['CLOUDAMQP_URL', 'RabbitMQ'],
  ])('by the name of a config var: %s', (variable, title) => {
    expect(hints({ variables: ['LANG', variable] })).toEqual([`${title}: ${variable}`]);
  });

  it('by an add-on, and once however often it is seen', () => {
    expect(hints({ services: ['cloudamqp', 'heroku-postgresql'] })).toEqual(['RabbitMQ: the add-on cloudamqp']);
    expect(hints({ services: ['cloudamqp'], variables: ['CLOUDAMQP_URL'] })).toHaveLength(1);
  });

  it('by nothing else: neither by a word within a word nor by what most apps have', () => {
    const commands = [
      'node queue.js',
      'bin/requeue',
      'bin/jobs-report',
      'python bulletin.py',
      'bundle exec puma -C config/puma.rb',
    ];
    expect(hints({ commands: commands.map((command) => ({ type: 'web', command })) })).toEqual([]);
    expect(hints({ variables: ['DATABASE_URL', 'REDIS_URL', 'QUEUE_DEPTH', 'QUEUES', 'MARQ_X'] })).toEqual([]);
  });
});

describe('the address of a queue', () => {
  it('is looked for where the system keeps it, and then where most apps do', () => {
    expect(addressOf('sidekiq', ['HEROKU_REDIS_COBALT_URL', 'REDIS_URL'])).toBe('REDIS_URL');
    expect(addressOf('sidekiq', ['HEROKU_REDIS_COBALT_URL'])).toBe('HEROKU_REDIS_COBALT_URL');
    expect(addressOf('celery', ['REDIS_URL', 'CELERY_BROKER_URL'])).toBe('CELERY_BROKER_URL');
    expect(addressOf('good-job', ['DATABASE_URL', 'REDIS_URL'])).toBe('DATABASE_URL');
    expect(addressOf('rq', ['DATABASE_URL'])).toBeNull();
    expect(redisOf(['DATABASE_URL', 'REDISCLOUD_URL'])).toBe('REDISCLOUD_URL');
  });

  it('is named with a command, which would not take away what is named already', () => {
    const app = { id: 'a', name: 'shop' };
    expect(optIn({ app, settings: defaultSettings }, 'rq', 'REDIS_URL')).toContain(
      `echo '{"queues":[{"system":"rq","at":"REDIS_URL"}]}' | npm run maint -- settings shop --from - --yes`,
    );
    const settings = { ...defaultSettings, queues: [{ system: 'celery' as const, at: 'BROKER_URL' }] };
    expect(optIn({ app, settings }, 'rq', 'REDIS_URL')).toContain('add {"system":"rq","at":"REDIS_URL"} to "queues"');
    expect(optIn({ app, settings: defaultSettings }, 'rq', null)).not.toContain('echo');
  });
});
