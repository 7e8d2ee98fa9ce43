// The inventory of apps of the sandbox: what is told of everything that can still write, and what is not told of it.
import { describe, expect, it } from 'vitest';
import { herokuInventory } from '../../../src/heroku/inventory/index.ts';
import type { Entry, Inventory } from '../../../src/model/inventory.ts';
import type { Settings } from '../../../src/model/settings.ts';
import type { AppDescription } from '../../../src/sandbox/index.ts';
import { START, shop } from '../../helpers/engine.ts';
import { holdsOf, type Stage, stages } from '../steps/stage.ts';

const stageFor = stages();
const HOUR = 3_600_000;

async function inventory(
  over: Partial<AppDescription>,
  settings: Partial<Settings> = {},
  prepare: (stage: Stage) => void = () => {},
): Promise<Inventory> {
  const stage = await stageFor(shop(over), settings);
  prepare(stage);
  stage.sandbox.requests.clear();
  const cx = stage.cx();
  const looks = Promise.all(holdsOf(stage.steps.quiet).map(async (hold) => [hold.name, await hold.look(cx)] as const));
  // However long the log takes here.
  const sources = { heroku: stage.heroku, scheduler: stage.scheduler, addOns: null, queues: null, patience: 60_000 };
  const found = await herokuInventory(
    sources,
    cx,
    looks.then((all) => new Map(all)),
    { from: cx.now, to: cx.now + HOUR },
  );
  const asked = stage.sandbox.requests.list();
  expect(asked.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/log-sessions'))).toEqual([]);
  return found;
}

async function entries(...args: Parameters<typeof inventory>): Promise<Map<string, Entry>> {
  return new Map((await inventory(...args)).entries.map((entry) => [entry.name, entry]));
}

describe('process types', () => {
  it('are told with their dynos and their roles, and with what becomes of them', async () => {
    const found = await entries({
      formation: { web: {}, clock: {}, worker: { quantity: 3 }, mailer: { quantity: 0 } },
    });
    expect(found.get('worker')).toMatchObject({
      kind: 'process type',
      role: 'worker',
      quantity: 3,
      up: 3,
      does: 'held',
      says: 'worker, 3 dynos: stopped, and waited for',
      item: { step: 'workers', key: 'worker' },
    });
    expect(found.get('clock')).toMatchObject({ role: 'clock', does: 'held', item: { step: 'clocks', key: 'clock' } });
    expect(found.get('mailer')).toMatchObject({ quantity: 0, does: 'held', says: 'worker, no dynos: it stays so' });
    expect(found.get('web')).toMatchObject({ role: 'web', does: 'not held', concern: 'web' });
  });

  it('have clocks that the settings name, and a web that is held where it is scaled down too', async () => {
    const found = await entries({ formation: { web: {}, tick: {} } }, { clocks: ['tick'], web: 'zero' });
    expect(found.get('tick')).toMatchObject({ role: 'clock' });
    expect(found.get('web')).toMatchObject({ does: 'held', item: { step: 'web', key: 'web' } });
  });

  it('say how many dynos are up where that is not all', async () => {
    const found = await entries({}, {}, ({ world }) => world.crash('shop', 'worker.2'));
    expect(found.get('worker')?.says).toContain('1 of 2 dynos up');
  });

  it('show the command of the release phase, and when it runs', async () => {
    const formation = { web: {}, release: { command: 'rake db:migrate' } };
    const release = (await entries({ formation })).get('release');
    expect(release).toMatchObject({ does: 'not held', concern: 'variable', kind: 'release phase' });
    expect(release?.says).toMatch(/^rake db:migrate: it runs when MAINTENANCE is set, and again when it is put back/);
    expect((await entries({ formation }, { variable: 'off' })).get('release')).toMatchObject({ does: 'watched' });
  });
});

describe('jobs of the Heroku Scheduler', () => {
  const jobs: AppDescription['jobs'] = [
    { id: '1', command: 'rake sync TOKEN=s3cret', every: 10 },
    { id: '2', command: 'rake reports', every: 60, at: 30 },
    { id: '3', command: 'rake nightly', every: 1440, at: 180 },
  ];

  it('are told with their command, redacted, their next run, and whether it falls into the window', async () => {
    const found = await inventory({ jobs });
    expect(JSON.stringify(found)).not.toContain('s3cret');
    const told = found.entries.filter((entry) => entry.kind === 'scheduled job');
    expect(told.map(({ name, says, falls, does }) => [name, says, falls, does])).toEqual([
      ['job 1 (every 10 minutes)', 'rake …, next 12:40 UTC, in the window', true, 'held'],
      ['job 2 (hourly at :30)', 'rake …, next 13:30 UTC, in the window', true, 'held'],
      ['job 3 (daily at 03:00 UTC)', 'rake …, next 2026-11-22 03:00 UTC, after the window', false, 'held'],
    ]);
    expect(told[0]).toMatchObject({ next: START + 6 * 60_000, item: { step: 'scheduler', key: '1' } });
  });

  it('that cannot be read are said to go on, once for all of them', async () => {
    const found = await inventory({ jobs, schedulerApi: 'refuses' });
    expect(found.entries.filter(({ kind }) => kind === 'scheduled job')).toEqual([]);
    expect(found.entries.filter(({ kind }) => kind === 'scheduler')).toMatchObject([
      { name: 'Heroku Scheduler', does: 'not held', concern: 'scheduler', remedy: expect.stringContaining('by hand') },
    ]);
  });

  it('that run at this moment are waited for, or not where the Scheduler cannot be held', async () => {
    const running = { jobs: [{ id: '7', command: 'rake x s3cret', every: 60, at: 35 }] } as const;
    const tick = ({ clock }: Stage) => clock.advance(65_000);
    const of = async (schedulerApi: 'works' | 'refuses') => {
      const found = await inventory({ jobs: [...running.jobs], schedulerApi }, {}, tick);
      expect(JSON.stringify(found)).not.toContain('s3cret');
      return found.entries.filter(({ name }) => name.startsWith('scheduler.'));
    };
    expect(await of('works')).toMatchObject([
      { does: 'held', says: expect.stringMatching(/rake ….*it is waited for$/) },
    ]);
    expect(await of('refuses')).toMatchObject([{ does: 'not held', remedy: expect.stringContaining('ps:stop') }]);
  });
});

describe('one-off dynos', () => {
  it('are told with their command, redacted, since when, and by whom, and are asked about', async () => {
    const found = await inventory(
      {},
      {},
      ({ world }) => void world.runOneOff('shop', 'rails console s3cret', 9 * HOUR),
    );
    const told = found.entries.filter((entry) => entry.kind === 'one-off');
    expect(told).toMatchObject([{ does: 'yours?', since: START, by: 'ada@example.com' }]);
    expect(told[0]?.says).toBe('rails …, since 12:34 UTC, by ada@example.com');
    expect(told[0]?.remedy).toMatch(/^Part of the work\? Accept it\. .*heroku ps:stop run\.\d+ --app shop$/);
    expect(JSON.stringify(found)).not.toContain('s3cret');
  });

  it('are by somebody who is not known where the log cannot be read, or does not go back so far', async () => {
    const by = async (prepare: (stage: Stage) => void) => {
      const found = await inventory({}, {}, (stage) => {
        stage.world.runOneOff('shop', 'rails console', 9 * HOUR);
        prepare(stage);
      });
      return found.entries.flatMap((entry) => (entry.kind === 'one-off' ? [entry.by, entry.says] : []));
    };
    const unknown = [null, 'rails …, since 12:34 UTC, by whom is not known'];
    expect(await by(({ world }) => world.logs.forget(world.app('shop')))).toEqual(unknown);
    expect(
      await by(({ world }) => {
        world.logs.refuse = 'streams';
      }),
    ).toEqual(unknown);
    expect(
      await by(
        ({ sandbox }) =>
          void sandbox.faults.add({
            service: 'heroku',
            path: '^/apps/[^/]+/log-sessions$',
            kind: 'status',
            status: 403,
          }),
      ),
    ).toEqual(unknown);
  });

  it('are by nobody certain where two people started some at the same moment', async () => {
    const found = await inventory({}, {}, ({ world }) => {
      world.runOneOff('shop', 'rails console', 9 * HOUR);
      const { by, text } = { by: 'grace@example.com', text: 'Starting process with command `rails console`' };
      world.logs.write(world.app('shop'), 'app', 'api', `${text} by user ${by}`);
    });
    expect(found.entries.filter((entry) => entry.kind === 'one-off')).toMatchObject([{ by: null }]);
  });

  it('are told apart by when they were started, where one person after another typed the same', async () => {
    const found = await inventory({}, {}, ({ world, clock }) => {
      const earlier = 'Starting process with command `rails console` by user grace@example.com';
      world.logs.write(world.app('shop'), 'app', 'api', earlier);
      clock.advance(60_000);
      world.runOneOff('shop', 'rails console', 9 * HOUR);
    });
    expect(found.entries.filter((entry) => entry.kind === 'one-off')).toMatchObject([{ by: 'ada@example.com' }]);
  });

  it('of Fir apps have no history to be looked up in, and nobody waits for one', async () => {
    const found = await inventory({ generation: 'fir' }, {}, ({ world }) => {
      world.runOneOff('shop', 'rails console', 9 * HOUR);
    });
    expect(found.entries.filter((entry) => entry.kind === 'one-off')).toMatchObject([{ by: null }]);
  });
});

describe('what cannot be paused', () => {
  it('is named, with what a person should do, and with the concern that asks about it', async () => {
    const found = await inventory({
      config: { JUDOSCALE_URL: 'https://s3cret.example.com' },
      addons: [{ service: 'temporize' }],
    });
    expect(found.entries.filter(({ concern }) => concern === 'judoscale')).toMatchObject([
      { kind: 'autoscaler', name: 'Judoscale', does: 'not held', remedy: expect.stringContaining('by hand') },
    ]);
    expect(found.entries.filter(({ concern }) => concern === 'temporize')).toMatchObject([{ kind: 'scheduler' }]);
    expect(JSON.stringify(found)).not.toContain('s3cret');
  });
});

describe('web that works in the background', () => {
  const signs = async (over: Partial<AppDescription>, settings: Partial<Settings> = {}) =>
    (await inventory(over, settings)).entries.flatMap((one) =>
      one.kind === 'background' ? [[one.name, one.does]] : [],
    );

  it('is told from the switches that Solid Queue and GoodJob read', async () => {
    expect(await signs({ config: { SOLID_QUEUE_IN_PUMA: 'false' } })).toEqual([['SOLID_QUEUE_IN_PUMA', 'not held']]);
    expect(await signs({ config: { GOOD_JOB_EXECUTION_MODE: 'async_server', GOOD_JOB_ENABLE_CRON: '1' } })).toEqual([
      ['GOOD_JOB_EXECUTION_MODE', 'not held'],
      ['GOOD_JOB_ENABLE_CRON', 'not held'],
    ]);
    for (const mode of ['external', 'inline']) {
      expect(await signs({ config: { GOOD_JOB_EXECUTION_MODE: mode, GOOD_JOB_ENABLE_CRON: '1' } })).toEqual([]);
    }
  });

  it.each([
    ['bundle exec sidekiq & bundle exec puma', 1],
    ['foreman start -f Procfile.web', 1],
    ['npm run migrate && npm start', 0],
    ['node web.js 2>&1', 0],
    ['node web.js &> /dev/stdout', 0],
    ['bundle exec puma -C config/puma.rb', 0],
  ])('is told from its command: %s', async (command, count) => {
    expect(await signs({ formation: { web: { command } } })).toHaveLength(count);
  });

  it('is held where web is scaled down too, or its queue is paused, and is no matter where there is no web', async () => {
    const config = { SOLID_QUEUE_IN_PUMA: '1' };
    const queues: Settings['queues'] = [{ system: 'solid-queue', at: 'DATABASE_URL' }];
    expect(await signs({ config }, { web: 'zero' })).toEqual([['SOLID_QUEUE_IN_PUMA', 'held']]);
    expect(await signs({ config }, { queues })).toEqual([['SOLID_QUEUE_IN_PUMA', 'held']]);
    expect(await signs({ config, formation: { web: { quantity: 0 } } })).toEqual([]);
    const goodJob: Settings['queues'] = [{ system: 'good-job', at: 'DATABASE_URL' }];
    expect(await signs({ config: { GOOD_JOB_EXECUTION_MODE: 'async' } }, { queues: goodJob })).toEqual([
      ['GOOD_JOB_EXECUTION_MODE', 'watched'],
    ]);
    const heeded = goodJob.map((queue) => ({ ...queue, pauses: true }));
    expect(await signs({ config: { GOOD_JOB_EXECUTION_MODE: 'async' } }, { queues: heeded })).toEqual([
      ['GOOD_JOB_EXECUTION_MODE', 'held'],
    ]);
  });

  it('tells no value of a config var that is no switch', async () => {
    const config = { SOLID_QUEUE_IN_PUMA: 's3cret', GOOD_JOB_EXECUTION_MODE: 's3cret' };
    expect(JSON.stringify(await inventory({ config }))).not.toContain('s3cret');
  });
});

describe('a Postgres or Redis', () => {
  const postgres = { service: 'heroku-postgresql', name: 'pg-1', as: 'DATABASE', config: { DATABASE_URL: 'x' } };
  const redis = { service: 'heroku-redis', name: 'redis-1', as: 'REDIS', config: { REDIS_URL: 'x' } };
  const stores = ({ entries }: Inventory) => entries.filter(({ kind }) => kind === 'shared store');

  it('that other apps have too is told with their names, and one that nobody else has is not', async () => {
    const found = await inventory({ addons: [postgres, redis] }, {}, ({ world }) => {
      for (const name of ['reports', 'admin']) world.addApp({ name, addons: [{ ...postgres, as: 'SHOP' }] });
    });
    expect(stores(found)).toMatchObject([
      { name: 'Postgres pg-1', does: 'not held', says: expect.stringMatching(/^admin, reports have it too/) },
    ]);
  });

  it('that belongs to another app is told with its owner', async () => {
    const found = await inventory({}, {}, ({ world }) => {
      world.addApp({ name: 'owner', addons: [redis] });
      world.attach('shop', redis);
    });
    expect(stores(found)).toMatchObject([{ name: 'Redis redis-1', says: expect.stringMatching(/^owner has it too/) }]);
  });

  it('that could not be looked up is not taken for nobody else’s', async () => {
    const found = await inventory({ addons: [postgres] }, {}, ({ sandbox }) => {
      sandbox.faults.add({
        service: 'heroku',
        path: '^/addons/[^/]+/addon-attachments$',
        kind: 'status',
        status: 403,
        times: 'always',
      });
    });
    expect(stores(found)).toMatchObject([
      { does: 'not held', says: expect.stringMatching(/^whether other apps have it too was not looked up/) },
    ]);
  });

  it('that is no add-on may be anybody’s', async () => {
    const config = { DATABASE_URL: 'postgres://u:s3cret@db.example.com/x', REDIS_URL: 'redis://x' };
    const found = await inventory({ config, addons: [redis] });
    expect(stores(found)).toMatchObject([{ name: 'DATABASE_URL', does: 'not held' }]);
    expect(JSON.stringify(found)).not.toContain('s3cret');
  });

  it('costs a call each, three at most, and the others are said not to have been looked up', async () => {
    const more = ['pg-2', 'pg-3', 'pg-4'].map((name) => ({
      ...postgres,
      name,
      as: name.toUpperCase().replace('-', ''),
    }));
    const found = await inventory({ addons: [redis, postgres, ...more] });
    expect(stores(found).map(({ name }) => name)).toEqual(['Postgres pg-4', 'Redis redis-1']);
  });
});

describe('queues', () => {
  it('that the app seems to have are named with how maint can be let in, and no second time for web', async () => {
    const config = { SIDEKIQ_CONCURRENCY: '5', SOLID_QUEUE_IN_PUMA: '1', REDIS_URL: 'redis://:s3cret@x' };
    const found = await inventory({ config });
    expect(found.entries.filter(({ kind }) => kind === 'queue')).toMatchObject([
      {
        name: 'Sidekiq',
        system: 'sidekiq',
        jobs: null,
        does: 'not held',
        remedy: expect.stringContaining('REDIS_URL'),
      },
    ]);
    expect(JSON.stringify(found)).not.toContain('s3cret');
    expect(found.limits).toBeNull();
  });

  it('may be in a Redis that nothing else tells of', async () => {
    const found = await inventory({ config: { REDIS_URL: 'redis://x' } });
    expect(found.entries.filter(({ kind }) => kind === 'queue')).toMatchObject([
      { name: 'REDIS_URL', does: 'not held' },
    ]);
    expect((await inventory({})).entries.filter(({ kind }) => kind === 'queue')).toEqual([]);
  });
});

it('senders lose their calls, or all come back at the end', async () => {
  const senders = [
    { name: 'Stripe', retries: true },
    { name: 'Acme ERP', retries: false },
  ];
  const found = await entries({}, { senders });
  expect(found.get('Stripe')).toMatchObject({ does: 'held', says: expect.stringContaining('all of them at the end') });
  expect(found.get('Acme ERP')).toMatchObject({ does: 'not held', says: expect.stringContaining('they are lost') });
});
