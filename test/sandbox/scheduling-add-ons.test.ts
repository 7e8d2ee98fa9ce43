import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { startAdvancedScheduler } from '../../src/sandbox/advanced-scheduler.ts';
import { startCronToGo } from '../../src/sandbox/cron-to-go.ts';
import { SandboxClock, startSandbox } from '../../src/sandbox/index.ts';

const START = Date.UTC(2026, 10, 21, 12, 34);
const MINUTE = 60_000;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function shop() {
  const clock = new SandboxClock({ manual: true, start: START });
  const sandbox = await startSandbox({ clock });
  open.push(sandbox);
  sandbox.world.addApp({ name: 'shop', times: { startMs: 0, stopMs: 0, scheduledRunMs: MINUTE } });
  const runs = () =>
    sandbox.world
      .app('shop')
      .dynos.filter(({ type }) => type === 'run')
      .map(({ command }) => command);
  return { clock, world: sandbox.world, runs };
}

async function ask(url: string, token: string, method = 'GET', body?: unknown) {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json: unknown = await response.json();
  return { status: response.status, json };
}

describe('the Cron To Go of the sandbox', () => {
  async function start() {
    const the = await shop();
    const server = await startCronToGo(the);
    onTestFinished(() => server.close());
    const variable = (name: string): string => the.world.app('shop').configVars[name] ?? '';
    const jobs = () => `${server.url}/organizations/${variable('CRONTOGO_ORGANIZATION_ID')}/jobs`;
    return { ...the, server, jobs, key: () => variable('CRONTOGO_API_KEY') };
  }
  const job = { id: '1', alias: 'nightly', command: 'rake x', schedule: '40 * * * *' };

  it('gives the app the add-on and its config vars, and lists its jobs to who has the key', async () => {
    const { world, server, jobs, key } = await start();
    server.addTo('shop', [job]);
    expect(world.addons.map(({ service, configVars }) => [service.name, configVars])).toEqual([
      ['crontogo', ['CRONTOGO_API_KEY', 'CRONTOGO_ORGANIZATION_ID']],
    ]);
    expect(await ask(jobs(), key())).toMatchObject({
      status: 200,
      json: [
        {
          Id: '1',
          Alias: 'nightly',
          State: 'enabled',
          ScheduleExpression: '40 * * * *',
          ScheduleType: 'cron',
          Timezone: 'UTC',
          Target: { Type: 'dyno', Command: 'rake x' },
        },
      ],
    });
    expect((await ask(jobs(), 'wrong')).status).toBe(401);
    expect((await ask(`${server.url}/organizations/other/jobs`, key())).status).toBe(403);
    expect((await ask(`${jobs()}/9/pause`, key(), 'PUT')).status).toBe(404);
  });

  it('starts a dyno at the time of a job, and none while it is paused', async () => {
    const { clock, runs, server, jobs, key } = await start();
    server.addTo('shop', [job]);
    clock.advance(6 * MINUTE);
    expect(runs()).toEqual(['rake x']);
    clock.advance(2 * MINUTE);
    expect(runs()).toEqual([]);
    expect(await ask(`${jobs()}/1/pause`, key(), 'PUT')).toMatchObject({ status: 200, json: { State: 'paused' } });
    clock.advance(58 * MINUTE);
    expect(runs()).toEqual([]);
    expect(await ask(`${jobs()}/1/resume`, key(), 'PUT')).toMatchObject({ status: 200, json: { State: 'enabled' } });
    clock.advance(60 * MINUTE);
    expect(runs()).toEqual(['rake x']);
  });

  it('meets faults, and is empty after a reset', async () => {
    const { server, jobs, key } = await start();
    server.addTo('shop', [job]);
    server.faults.add({ service: 'scheduler', path: '**/jobs', kind: 'status', status: 503 });
    expect((await ask(jobs(), key())).status).toBe(503);
    expect(server.requests.list().map(({ status, fault }) => [status, fault])).toEqual([[503, 'status']]);
    server.reset();
    expect((await ask(jobs(), key())).status).toBe(401);
  });
});

describe('the Advanced Scheduler of the sandbox', () => {
  async function start() {
    const the = await shop();
    const server = await startAdvancedScheduler(the);
    onTestFinished(() => server.close());
    const token = () => the.world.app('shop').configVars['ADVANCED_SCHEDULER_API_TOKEN'] ?? '';
    return { ...the, server, token, url: `${server.url}/triggers` };
  }
  const trigger = { uuid: '1', name: 'nightly', value: 'rake x', schedule: '40 * * * *' };

  it('lists triggers to who has the token, which may not be there', async () => {
    const { world, server, token, url } = await start();
    server.addTo('shop', [trigger], { token: false });
    expect(token()).toBe('');
    world.addApp({ name: 'other' });
    server.addTo('other', [trigger]);
    const other = world.app('other').configVars['ADVANCED_SCHEDULER_API_TOKEN'] ?? '';
    expect(await ask(url, other)).toMatchObject({
      status: 200,
      json: {
        triggers: [{ uuid: '1', value: 'rake x', frequencyType: 'recurring', timezone: 'UTC', state: 'active' }],
      },
    });
    expect((await ask(url, 'wrong')).status).toBe(401);
    expect((await ask(`${url}/9`, other)).status).toBe(404);
  });

  it('takes a whole trigger and no part of one', async () => {
    const { server, token, url } = await start();
    server.addTo('shop', [trigger]);
    const { timeout, ...fields } = server.trigger('shop', '1').fields;
    expect(await ask(`${url}/1`, token(), 'PUT', { ...fields, state: 'inactive' })).toMatchObject({
      status: 422,
      json: { message: 'Error during validation.' },
    });
    expect(server.trigger('shop', '1').fields.state).toBe('active');
    expect(await ask(`${url}/1`, token(), 'PUT', { ...fields, timeout, state: 'inactive' })).toMatchObject({
      status: 200,
      json: { trigger: { state: 'inactive' } },
    });
  });

  it('starts a dyno at the time of a trigger, and completes one that runs once', async () => {
    const { clock, runs, server, token, url } = await start();
    server.addTo('shop', [
      trigger,
      { ...trigger, uuid: '2', value: 'rake once', frequencyType: 'one-off', schedule: '2026-11-21 12:40:00' },
    ]);
    clock.advance(6 * MINUTE);
    expect(runs()).toEqual(['rake x', 'rake once']);
    expect(server.settings('shop').map(({ state }) => state)).toEqual(['active', 'completed']);
    const { fields } = server.trigger('shop', '2');
    expect((await ask(`${url}/2`, token(), 'PUT', { ...fields, state: 'active' })).status).toBe(422);
    server.change('shop', '1', { state: 'inactive' });
    clock.advance(24 * 60 * MINUTE);
    expect(runs()).toEqual([]);
  });
});
