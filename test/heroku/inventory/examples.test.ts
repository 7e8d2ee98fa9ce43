// The plan of the sandbox's example app that has most of what can write, its add-ons included, and what it costs.
import { describe, expect, it, onTestFinished } from 'vitest';
import { herokuPlatform } from '../../../src/heroku/platform.ts';
import { createServices } from '../../../src/heroku/services.ts';
import type { Entry } from '../../../src/model/inventory.ts';
import { defaultSettings, type Settings } from '../../../src/model/settings.ts';
import type { Cx } from '../../../src/model/step.ts';
import { sharedReads } from '../../../src/run/reads.ts';
import { takeInventory, takeStock } from '../../../src/run/stock.ts';
import { SandboxClock, startSandbox } from '../../../src/sandbox/index.ts';
import { START } from '../../helpers/engine.ts';

async function stage(settings: Partial<Settings> = {}) {
  const clock = new SandboxClock({ manual: true, start: START });
  const sandbox = await startSandbox({ clock, examples: true });
  const { env } = sandbox;
  const services = createServices({
    apiKey: env.HEROKU_API_KEY,
    apiUrl: env.HEROKU_API_URL,
    schedulerUrl: env.HEROKU_SCHEDULER_URL,
    cronToGoUrl: env.CRONTOGO_HOST,
    advancedSchedulerUrl: env.ADVANCED_SCHEDULER_URL,
    autoscalingUrl: env.HEROKU_METRICS_URL,
    hireFireUrl: env.HIREFIRE_URL,
  });
  onTestFinished(async () => {
    services.close();
    await sandbox.close();
    clock.close();
  });
  const itself = { app: null, databaseUrl: null };
  const platform = herokuPlatform(services.heroku, services.scheduler, itself, null, services.addOns);
  const { id, name } = sandbox.world.app('studio');
  const cx = (): Cx => ({
    app: { id, name },
    run: 'plan',
    settings: { ...defaultSettings, ...settings },
    now: clock.now(),
    since: clock.now(),
    priority: 'person',
    asking: 'a test',
    signal: new AbortController().signal,
    fence() {
      throw new Error('Expected a plan to change nothing');
    },
    reads: sharedReads(),
  });
  return { sandbox, platform, cx };
}

const told = (entries: readonly Entry[], kind: Entry['kind']) =>
  entries.flatMap((one) => (one.kind === kind ? [[one.name, one.says, one.does]] : []));

describe('the inventory of studio', () => {
  it('has the jobs of Cron To Go with their next run, by their own time zone', async () => {
    const { platform, cx } = await stage();
    const { entries } = (await takeInventory(platform, cx())).inventory;
    expect(told(entries, 'scheduled job')).toEqual([
      ['Thumbnails (*/20 * * * * UTC)', 'bundle …, next 12:40 UTC, in the window', 'held'],
      ['Royalties (0 3 * * * Europe/Berlin)', 'bundle …, next 2026-11-22 02:00 UTC, after the window', 'held'],
      ['Old import (0 * * * * UTC)', 'bundle …, paused already', 'held'],
    ]);
  });

  it('has a window as long as the settings say', async () => {
    const { platform, cx } = await stage({ length: 15 * 3_600_000 });
    const { inventory } = await takeInventory(platform, cx());
    expect(inventory.window).toEqual({ from: START, to: START + 15 * 3_600_000 });
    const falls = inventory.entries.flatMap((one) => (one.kind === 'scheduled job' ? [one.falls] : []));
    expect(falls).toEqual([true, true, false]);
  });

  it('says of a job of Cron To Go that is due at a rate that its next run is not known', async () => {
    const { sandbox, platform, cx } = await stage();
    sandbox.addOns.cronToGo.addTo('shop', [{ alias: 'Ping', command: 'rake ping', schedule: '30 minutes' }]);
    const { id, name } = sandbox.world.app('shop');
    const { entries } = (await takeInventory(platform, { ...cx(), app: { id, name } })).inventory;
    const ping = entries.find((one) => one.kind === 'scheduled job' && one.scheduler === 'Cron To Go');
    expect(ping).toMatchObject({ next: null, falls: null, says: 'rake …, when it runs next is not known' });
  });

  it('says once that the jobs of Cron To Go cannot be read', async () => {
    const { sandbox, platform, cx } = await stage();
    sandbox.addOns.cronToGo.faults.add({
      service: 'scheduler',
      path: '**',
      kind: 'status',
      status: 403,
      times: 'always',
    });
    const { entries } = (await takeInventory(platform, cx())).inventory;
    expect(told(entries, 'scheduled job')).toEqual([]);
    expect(entries.filter(({ concern }) => concern === 'cron-to-go')).toMatchObject([
      { kind: 'scheduler', name: 'Cron To Go', does: 'not held' },
    ]);
  });

  it('has what is switched off and what cannot be, the one-off, and the app that has its Postgres too', async () => {
    const { platform, cx } = await stage();
    const { entries } = (await takeInventory(platform, cx())).inventory;
    expect(told(entries, 'autoscaler').map(([name, , does]) => [name, does])).toEqual([
      ['autoscaling of web', 'held'],
      ['Judoscale', 'not held'],
    ]);
    expect(told(entries, 'background').map(([name, , does]) => [name, does])).toEqual([
      ['SOLID_QUEUE_IN_PUMA', 'not held'],
    ]);
    expect(told(entries, 'shared store')).toMatchObject([
      ['Postgres postgresql-spherical-60417', expect.stringMatching(/^reports has it too/), 'not held'],
    ]);
    expect(told(entries, 'queue').map(([name, , does]) => [name, does])).toEqual([['Sidekiq', 'not held']]);
    expect(told(entries, 'one-off')).toHaveLength(1);
    expect(JSON.stringify(entries)).not.toMatch(/hidden|not-a-real-token|Catalog/);
  });

  it('says of a one-off that it has the command of a job of Cron To Go', async () => {
    const { sandbox, platform, cx } = await stage();
    const { name } = sandbox.world.runOneOff('studio', 'bundle exec rake media:thumbnails', 3_600_000);
    const { entries } = (await takeInventory(platform, cx())).inventory;
    const says = entries.find((one) => one.name === name)?.says;
    expect(says).toMatch(/, the command of Thumbnails \(\*\/20 \* \* \* \* UTC\)$/);
  });

  it('says that autoscaling is off already where it is', async () => {
    const { sandbox, platform, cx } = await stage();
    const { autoscaling } = sandbox.addOns;
    autoscaling.reset();
    autoscaling.add('studio', { is_active: false });
    const { entries } = (await takeInventory(platform, cx())).inventory;
    expect(told(entries, 'autoscaler')).toContainEqual(['autoscaling of web', 'off already: it stays so', 'held']);
  });

  it('costs three calls more than the plan does without it, and asks each add-on once', async () => {
    const { sandbox, platform, cx } = await stage();
    const { cronToGo, autoscaling } = sandbox.addOns;
    // How often each is asked is a matter of time, where the machine is slow: what is shared is kept for a moment only.
    const asked = () => new Set(sandbox.requests.list().map(({ method, path }) => `${method} ${path}`));
    await takeStock(platform, cx());
    const without = asked();
    sandbox.requests.clear();
    await takeInventory(platform, cx());
    const more = [...asked()].filter((one) => !without.has(one) && !one.includes('/logplex/'));
    expect(more.map((one) => one.replace(/[0-9a-f-]{36}/, 'ID')).toSorted()).toEqual([
      'GET /addons/ID/addon-attachments',
      'GET /addons/ID/addon-attachments',
      'POST /apps/ID/log-sessions',
    ]);
    expect(cronToGo.requests.list()).toHaveLength(2);
    expect(autoscaling.requests.list()).toHaveLength(2);
  });
});
