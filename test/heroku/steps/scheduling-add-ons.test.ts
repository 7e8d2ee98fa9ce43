// One contract over both holds, then what only one of them has. The waits are the same code, so they are tested once.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAdvancedScheduler } from '../../../src/heroku/schedulers/advanced-scheduler.ts';
import { createCronToGo } from '../../../src/heroku/schedulers/cron-to-go.ts';
import { advancedSchedulerTriggers } from '../../../src/heroku/steps/advanced-scheduler.ts';
import { cronToGoJobs } from '../../../src/heroku/steps/cron-to-go.ts';
import { shown } from '../../../src/heroku/steps/scheduling-add-on.ts';
import type { Json } from '../../../src/model/json.ts';
import { judge } from '../../../src/model/judge.ts';
import type { Settings } from '../../../src/model/settings.ts';
import { type AnyHold, held, type Item, type Seen, type Verdict } from '../../../src/model/step.ts';
import { startAdvancedScheduler } from '../../../src/sandbox/advanced-scheduler.ts';
import { startCronToGo } from '../../../src/sandbox/cron-to-go.ts';
import type { AppDescription, Fault } from '../../../src/sandbox/index.ts';
import { shop } from '../../helpers/engine.ts';
import { capture, changes, look, type Stage, stages } from './stage.ts';

const stageFor = stages();
const NIGHTLY = '0 3 * * *';

interface Job {
  readonly id: string;
  readonly command: string;
  readonly schedule?: string;
  readonly resting?: boolean;
}

interface Bed {
  readonly stage: Stage;
  readonly hold: AnyHold;
  add(jobs: readonly Job[]): void;
  settings(): unknown;
  remove(id: string): void;
  resume(id: string): void;
  fault(fault: Omit<Fault, 'service'>): void;
  /** Method and path of each request to the add-on. */
  asked(): readonly string[];
  /** The config vars that it needs. */
  readonly variables: readonly string[];
}

async function cronToGo(
  app: AppDescription,
  settings: Partial<Settings> = {},
): Promise<Bed & { server: Awaited<ReturnType<typeof startCronToGo>> }> {
  const stage = await stageFor(app, settings);
  const server = await startCronToGo(stage);
  onTestFinished(() => server.close());
  const client = createCronToGo({ url: server.url, pauses: [1, 1] });
  return {
    stage,
    server,
    hold: held(cronToGoJobs(stage.heroku, client)),
    add: (jobs) =>
      server.addTo(
        'shop',
        jobs.map(({ id, command, schedule = NIGHTLY, resting }) => ({
          id,
          alias: `job ${id}`,
          command,
          schedule,
          state: resting === true ? 'paused' : 'enabled',
        })),
      ),
    settings: () => server.settings('shop'),
    remove: (id) => server.remove('shop', id),
    resume: (id) => server.setState('shop', id, 'enabled'),
    fault: (fault) => void server.faults.add({ ...fault, service: 'scheduler' }),
    asked: () => server.requests.list().map(({ method, path }) => `${method} ${path}`),
    variables: ['CRONTOGO_API_KEY', 'CRONTOGO_ORGANIZATION_ID'],
  };
}

async function advanced(
  app: AppDescription,
): Promise<Bed & { server: Awaited<ReturnType<typeof startAdvancedScheduler>> }> {
  const stage = await stageFor(app);
  const server = await startAdvancedScheduler(stage);
  onTestFinished(() => server.close());
  const client = createAdvancedScheduler({ url: server.url, pauses: [1, 1] });
  return {
    stage,
    server,
    hold: held(advancedSchedulerTriggers(stage.heroku, client)),
    add: (jobs) =>
      server.addTo(
        'shop',
        jobs.map(({ id, command, schedule = NIGHTLY, resting }) => ({
          uuid: id,
          name: `job ${id}`,
          value: command,
          schedule,
          state: resting === true ? 'inactive' : 'active',
        })),
      ),
    settings: () => server.settings('shop'),
    remove: (id) => server.remove('shop', id),
    resume: (id) => server.change('shop', id, { state: 'active' }),
    fault: (fault) => void server.faults.add({ ...fault, service: 'scheduler' }),
    asked: () => server.requests.list().map(({ method, path }) => `${method} ${path}`),
    variables: ['ADVANCED_SCHEDULER_API_TOKEN'],
  };
}

const three = ['1', '2', '3'].map((id) => ({ id, command: `rake job:${id} KEY=s3cret` }));
const resting = { id: '4', command: 'rake job:4', resting: true };

async function settled(stage: Stage, hold: AnyHold, items: readonly Item<Json>[]) {
  const since = stage.clock.now();
  const whys: string[] = [];
  let memo: Json = null;
  for (let looks = 0; looks < 1_000; looks += 1) {
    const verdict: Verdict<Json> = await hold.settle(stage.cx(since), 'quiet', items, memo);
    if (verdict.is !== 'waiting') return { verdict, whys, after: stage.clock.now() - since };
    whys.push(verdict.why);
    memo = hold.memo.parse(JSON.parse(JSON.stringify(verdict.memo)));
    stage.clock.advance(verdict.look);
  }
  throw new Error(`Expected ${hold.name} to settle, it waits: ${whys.at(-1)}`);
}

/** Captured, and written on the way to quiet, in one turn as the engine does it. */
async function quieted({ stage, hold }: Bed): Promise<readonly Item<Json>[]> {
  const items = (await capture(stage, hold)).map((item) => {
    const aim = hold.aim(stage.cx(), item, 'quiet', null);
    return { ...item, sent: aim === item.before ? [] : [aim] };
  });
  const wanted = changes(stage, hold, items, 'quiet').filter((_, i) => items[i]?.sent.length === 1);
  await hold.write(stage.cx(), wanted);
  return items;
}

const ours = (items: readonly Item<Json>[]) => items.filter(({ sent }) => sent.length > 0);
const judged = (items: readonly Item<Json>[], now: readonly Seen<Json>[]): string[] =>
  items.map((item) => judge(item, now.find(({ key }) => key === item.key)?.value));

const cases = [
  { name: 'Cron To Go', step: 'cron-to-go', bed: cronToGo, runs: 'enabled', rests: 'paused' },
  { name: 'Advanced Scheduler', step: 'advanced-scheduler', bed: advanced, runs: 'active', rests: 'inactive' },
] as const;

describe.each(cases)('the hold of $name', ({ name, step, bed, runs, rests }) => {
  it('is called so, and sees nothing and asks nobody where the app has no such add-on', async () => {
    const { stage, hold, asked } = await bed(shop());
    expect([hold.name, hold.title]).toEqual([step, name]);
    expect(await hold.look(stage.cx())).toEqual({ is: 'seen', items: [], warnings: [] });
    expect(asked()).toEqual([]);
  });

  it('sees each job, by its name and its time', async () => {
    const { stage, hold, add } = await bed(shop());
    add([...three, resting]);
    expect(await look(stage, hold)).toEqual(
      ['1', '2', '3', '4'].map((id) => ({
        key: id,
        label: `job ${id} (0 3 * * * UTC)`,
        value: id === '4' ? rests : runs,
      })),
    );
  });

  it('pauses what runs, puts back exactly what was there, and leaves what was paused before', async () => {
    const the = await bed(shop());
    the.add([...three, resting]);
    const before = the.settings();
    const items = await quieted(the);
    expect((await look(the.stage, the.hold)).map(({ value }) => value)).toEqual([rests, rests, rests, rests]);
    expect((await settled(the.stage, the.hold, ours(items))).verdict).toEqual({ is: 'done' });
    const back = changes(the.stage, the.hold, ours(items), 'back');
    expect(back).toEqual(['1', '2', '3'].map((key) => ({ key, value: runs })));
    const answer = await the.hold.write(the.stage.cx(), back);
    expect(answer).toMatchObject({
      is: 'seen',
      items: expect.arrayContaining(back.map((change) => expect.objectContaining(change))),
    });
    expect(await the.hold.settle(the.stage.cx(), 'back', ours(items), null)).toEqual({ is: 'done' });
    expect(the.settings()).toEqual(before);
  });

  it('may be written twice, on both ways', async () => {
    const the = await bed(shop());
    the.add(three);
    const before = the.settings();
    const items = await quieted(the);
    const once = the.settings();
    await the.hold.write(the.stage.cx(), changes(the.stage, the.hold, items, 'quiet'));
    expect(the.settings()).toEqual(once);
    for (const _ of [1, 2]) await the.hold.write(the.stage.cx(), changes(the.stage, the.hold, items, 'back'));
    expect(the.settings()).toEqual(before);
  });

  it.each(['status', 'reset-after', 'cut-body'] as const)('may be written half (%s), and can go on', async (kind) => {
    const the = await bed(shop());
    the.add(three);
    const before = the.settings();
    const items = (await capture(the.stage, the.hold)).map((item) => ({ ...item, sent: [rests] }));
    for (const way of ['quiet', 'back'] as const) {
      the.fault({ path: '**/2*', method: 'PUT', times: 3, kind });
      the.fault({ path: '**/2/*', method: 'PUT', times: 3, kind });
      await expect(the.hold.write(the.stage.cx(), changes(the.stage, the.hold, items, way))).rejects.toThrow();
      expect(judged(items, await look(the.stage, the.hold))).toEqual(expect.not.arrayContaining(['drift', 'gone']));
      await the.hold.write(the.stage.cx(), changes(the.stage, the.hold, items, way));
    }
    expect(the.settings()).toEqual(before);
  });

  it('sees what somebody resumes or deletes, and writes around what is gone', async () => {
    const the = await bed(shop());
    the.add(three);
    const items = await quieted(the);
    the.resume('1');
    the.remove('2');
    const now = await look(the.stage, the.hold);
    expect(judged(items, now)).toEqual(['before', 'gone', 'ours']);
    await the.hold.write(the.stage.cx(), changes(the.stage, the.hold, items, 'back'));
    expect((await look(the.stage, the.hold)).map(({ value }) => value)).toEqual([runs, runs]);
  });

  it.each([
    { kind: 'status', status: 401, why: /401/ },
    { kind: 'status', status: 500, why: /500/ },
    { kind: 'wrong-shape', status: 200, why: /another shape/ },
    { kind: 'reset-before', status: 0, why: /connection/ },
  ] as const)('is unusable where its jobs cannot be read ($kind $status)', async ({ kind, status, why }) => {
    const { stage, hold, add, fault } = await bed(shop());
    add(three);
    fault({ path: '**', kind, status, times: 'always' });
    const seen = await hold.look(stage.cx());
    expect(seen).toMatchObject({ is: 'unusable', exception: name, why: expect.stringMatching(why) });
  });

  it('is unusable where a config var is missing, says which and what to do, and never what is in another', async () => {
    const { stage, hold, add, variables, asked } = await bed(shop());
    add(three);
    const vars = stage.world.app('shop').configVars;
    const last = variables.at(-1) ?? '';
    const others = variables.slice(0, -1).map((variable) => vars[variable] ?? '');
    delete vars[last];
    const seen = await hold.look(stage.cx());
    expect(seen).toMatchObject({ is: 'unusable', exception: name, why: expect.stringContaining(last) });
    expect(seen.is === 'unusable' && seen.why).toContain('heroku addons:open');
    for (const value of others) expect(JSON.stringify(seen)).not.toContain(value);
    await expect(hold.write(stage.cx(), [{ key: '1', value: rests }])).rejects.toMatchObject({ kind: 'needs-human' });
    expect(asked()).toEqual([]);
  });

  it('leaves the jobs of an add-on that another app owns', async () => {
    const { stage, hold, add, asked } = await bed(shop());
    add(three);
    stage.world.addApp({ name: 'lender' });
    const addon = stage.world.addons.at(-1);
    const lender = stage.world.app('lender').id;
    stage.world.addons = stage.world.addons.map((one) => (one === addon ? { ...one, appId: lender } : one));
    expect(await hold.look(stage.cx())).toMatchObject({
      is: 'seen',
      items: [],
      warnings: [expect.stringMatching(/borrowed from another app/)],
    });
    expect(asked()).toEqual([]);
  });

  it('leaves them where Heroku lists only what the app owns, too', async () => {
    const { stage, hold, add, asked } = await bed(shop());
    add(three);
    stage.sandbox.faults.add({ service: 'heroku', path: '/apps/*/addons', kind: 'wrong-shape', body: [] });
    expect(await hold.look(stage.cx())).toMatchObject({ items: [], warnings: [expect.stringMatching(/borrowed/)] });
    expect(asked()).toEqual([]);
  });

  it('is found by its config vars alone', async () => {
    const { stage, hold, add } = await bed(shop());
    add(three);
    stage.world.addons = [];
    stage.world.attachments = [];
    expect(await look(stage, hold)).toHaveLength(3);
  });

  it('reads the add-ons and the config vars, and asks Heroku nothing else', async () => {
    const { stage, hold, add } = await bed(shop());
    add(three);
    await hold.look(stage.cx());
    expect(stage.sandbox.requests.list().map(({ path }) => path.split('/').at(-1))).toEqual(['addons', 'config-vars']);
  });

  it.each([1, 2, 5])('asks the add-on at most three times, and three times a job of %i, on each way', async (n) => {
    const the = await bed(shop());
    the.add(Array.from({ length: n }, (_, i) => ({ id: `${i}`, command: `rake ${i}` })));
    // A run of a job that has to be waited for.
    the.stage.world.runOneOff('shop', 'rake 0', 90_000);
    await the.hold.look(the.stage.cx());
    const items = await quieted(the);
    expect((await settled(the.stage, the.hold, items)).whys.length).toBeGreaterThan(5);
    const quiet = the.asked().length;
    expect(quiet).toBeLessThanOrEqual(3 + 3 * n);
    // The question and its answer, the way back, and the last look.
    for (const _ of ['show', 'confirm']) await the.hold.look(the.stage.cx());
    const cx = the.stage.cx();
    await the.hold.look(cx);
    await the.hold.write(cx, changes(the.stage, the.hold, items, 'back'));
    await the.hold.settle(cx, 'back', items, null);
    await the.hold.look(the.stage.cx());
    expect(the.asked().length - quiet).toBeLessThanOrEqual(3 + 3 * n);
  });

  it('understands its own values and memos when the store gives them back', async () => {
    const { hold } = await bed(shop());
    for (const value of [runs, rests]) expect(hold.value.parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
    expect(hold.memo.parse(null)).toBeNull();
    for (const nonsense of [{ a: 1 }, ['x'], 1.5, 'gone']) expect(hold.value.safeParse(nonsense).success).toBe(false);
  });

  it('says what it will do, shows no command, and gives a line to paste that opens the dashboard', async () => {
    const { stage, hold, add } = await bed(shop());
    add([{ id: '1', command: 'rake s3cret' }]);
    const [item] = await capture(stage, hold);
    if (item === undefined) throw new Error('Expected a job');
    const app = { id: 'x', name: "shop'; touch pwned; '" };
    const back = hold.say(app, item, runs);
    expect(back.will).toBe(`${runs} again`);
    expect(back.byHand).toMatch(
      /^heroku addons:open (crontogo|advanced-scheduler) --app 'shop'\\''; touch pwned; '\\''' && echo /,
    );
    expect(back.byHand).toContain('(1)');
    expect(hold.say(app, item, rests).will).toBe('paused');
    expect(JSON.stringify([item, back])).not.toContain('s3cret');
  });
});

describe('the wait after the pause', () => {
  it('is for each dyno that runs the command of a job, whatever its type, and for no other', async () => {
    const the = await cronToGo(shop({ formation: { web: {}, worker: { command: 'rake job:2 KEY=s3cret' } } }));
    the.add(three);
    const { name } = the.stage.world.runOneOff('shop', 'rake job:1 KEY=s3cret', 20_000);
    the.stage.world.runOneOff('shop', 'rails console', 600_000);
    const items = await quieted(the);
    const { verdict, whys, after } = await settled(the.stage, the.hold, items);
    expect(verdict).toEqual({ is: 'done' });
    expect(new Set(whys)).toEqual(
      new Set([`${name} still runs the command of a job of Cron To Go; 15 min left of the drain`]),
    );
    expect(after).toBeGreaterThanOrEqual(20_000);
    expect(after).toBeLessThan(30_000);
  });

  it('knows the launcher before a command, and a command that is the name of a process type', async () => {
    const the = await cronToGo(shop({ formation: { web: {}, report: { command: 'rake report', quantity: 0 } } }));
    the.add([
      { id: '1', command: 'rake a' },
      { id: '2', command: 'report' },
    ]);
    const items = await quieted(the);
    for (const command of ['launcher rake a', 'rake report']) {
      the.stage.world.runOneOff('shop', command, 10_000);
      expect((await settled(the.stage, the.hold, items)).whys[0]).toMatch(/still runs/);
    }
  });

  it('ends at the cap, and says what runs', async () => {
    const the = await cronToGo(shop(), { drainCap: 60_000 });
    the.add(three);
    the.stage.world.runOneOff('shop', 'rake job:1 KEY=s3cret', 10 * 3_600_000);
    const { verdict, after } = await settled(the.stage, the.hold, await quieted(the));
    expect(verdict).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(/^run\.\d+ \(rake …, for 60 s\) still runs the command of a job of Cron To Go$/),
    });
    expect(after).toBe(60_000);
  });

  it('ends where one is older than any job should be', async () => {
    const the = await cronToGo(shop(), { abortIfOlderThan: 60_000 });
    the.add(three);
    the.stage.world.runOneOff('shop', 'rake job:1 KEY=s3cret', 10 * 3_600_000);
    const { verdict, after } = await settled(the.stage, the.hold, await quieted(the));
    expect(verdict).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(/^run\.\d+ \(rake …, for 60 s\) still runs, and no job should for more than 60 s$/),
    });
    expect(after).toBe(60_000);
  });

  it('is for a dyno that starts after the pause, for the time of its job was just before', async () => {
    const the = await cronToGo(shop({ times: { schedulerLagMs: 40_000, scheduledRunMs: 30_000, startMs: 1_000 } }));
    // 12:34:00 now, due at 12:35.
    the.add([{ id: '1', command: 'rake a', schedule: '35 * * * *' }]);
    the.stage.clock.advance(61_000);
    const items = await quieted(the);
    const { verdict, whys, after } = await settled(the.stage, the.hold, items);
    expect(verdict).toEqual({ is: 'done' });
    expect(whys[0]).toMatch(/due a moment ago/);
    expect(whys.at(-1)).toMatch(/run\.\d+ still runs|due a moment ago/);
    expect(whys.some((why) => why.includes('still runs'))).toBe(true);
    expect(after).toBeGreaterThanOrEqual(70_000);
    expect(the.stage.world.dynoCounts('shop')['run'] ?? 0).toBe(0);
    the.stage.clock.advance(4 * 3_600_000);
    const ups = the.stage.world
      .app('shop')
      .events.filter((event) => event.what === 'dyno-up' && event.dyno.startsWith('run.'));
    expect(ups).toHaveLength(1);
  });

  it('is a minute where it is not known when a job ran last, and none where it was long ago', async () => {
    const the = await cronToGo(shop());
    the.add([{ id: '1', command: 'rake a', schedule: '30 minutes' }]);
    expect((await settled(the.stage, the.hold, await quieted(the))).after).toBe(60_000);
    const other = await cronToGo(shop());
    other.add(three);
    expect((await settled(other.stage, other.hold, await quieted(other))).after).toBe(0);
  });

  it('begins anew when the step does, and looks again where a job is not paused', async () => {
    const the = await cronToGo(shop());
    the.add(three);
    const items = await quieted(the);
    the.resume('2');
    expect(await the.hold.settle(the.stage.cx(), 'quiet', items, null)).toEqual({ is: 'again', memo: null });
    const old = { since: 1, until: 1, commands: [] };
    expect(await the.hold.settle(the.stage.cx(), 'quiet', items, old)).toEqual({ is: 'again', memo: null });
  });

  it('keeps no command', async () => {
    const the = await cronToGo(shop());
    the.add(three);
    the.stage.world.runOneOff('shop', 'rake job:1 KEY=s3cret', 20_000);
    const verdict = await the.hold.settle(the.stage.cx(), 'quiet', await quieted(the), null);
    expect(verdict.is).toBe('waiting');
    expect(JSON.stringify(verdict)).not.toMatch(/s3cret|rake/);
  });
});

describe('triggers of Advanced Scheduler', () => {
  const trigger = (uuid: string) => ({ uuid, name: `job ${uuid}`, value: `rake ${uuid}`, schedule: NIGHTLY });

  it('are sent whole, with fields nobody told us of, and changed in nothing but their state', async () => {
    const the = await advanced(shop());
    the.server.addTo('shop', [trigger('1')]);
    const { uuid, fields, executions } = the.server.trigger('shop', '1');
    await quieted(the);
    const [put] = the.server.requests.list({ method: 'PUT' });
    expect(put?.body).toEqual({
      uuid,
      ...fields,
      state: 'inactive',
      executions,
      updatedAt: expect.any(String),
      tags: ['a', { b: null }],
    });
  });

  it('are written one first, read back, and then each is read right before', async () => {
    const the = await advanced(shop());
    the.server.addTo('shop', ['1', '2', '3'].map(trigger));
    const wanted = changes(the.stage, the.hold, await capture(the.stage, the.hold), 'quiet');
    const before = the.asked().length;
    await the.hold.write(the.stage.cx(), wanted);
    const verbs = the.asked().slice(before);
    expect(verbs.slice(0, 3).map((verb) => verb.split(' ')[0])).toEqual(['GET', 'PUT', 'GET']);
    for (const id of ['2', '3']) {
      const [get, put] = ['GET', 'PUT'].map((verb) => verbs.indexOf(`${verb} /advanced-scheduler/triggers/${id}`));
      expect([get !== -1, put !== undefined && get !== undefined && put > get]).toEqual([true, true]);
    }
    expect(verbs.at(-1)).toBe('GET /advanced-scheduler/triggers');
  });

  it('keep what somebody else changed in them meanwhile', async () => {
    const the = await advanced(shop());
    the.server.addTo('shop', ['1', '2'].map(trigger));
    const items = await quieted(the);
    for (const id of ['1', '2']) the.server.change('shop', id, { value: 'rake something:else' });
    await the.hold.write(the.stage.cx(), changes(the.stage, the.hold, items, 'back'));
    for (const id of ['1', '2'])
      expect(the.server.trigger('shop', id).fields).toMatchObject({ state: 'active', value: 'rake something:else' });
  });

  it('that have run their only time are left alone, when they did so meanwhile too', async () => {
    const the = await advanced(shop());
    the.server.addTo('shop', [{ ...trigger('1'), state: 'completed' }, trigger('2')]);
    const items = await quieted(the);
    expect(items.map(({ before, sent }) => [before, sent])).toEqual([
      ['completed', []],
      ['active', ['inactive']],
    ]);
    the.server.change('shop', '2', { state: 'completed' });
    expect(judged(items, await look(the.stage, the.hold))).toEqual(['before', 'drift']);
    const before = the.server.requests.list({ method: 'PUT' }).length;
    await the.hold.write(the.stage.cx(), changes(the.stage, the.hold, items, 'back'));
    expect(the.server.requests.list({ method: 'PUT' })).toHaveLength(before);
    expect((await settled(the.stage, the.hold, items)).verdict).toEqual({ is: 'done' });
  });

  it('are put back as they were, and nothing more is written, where the API does not keep what it is sent', async () => {
    const the = await advanced(shop());
    the.server.addTo('shop', ['1', '2'].map(trigger));
    the.server.loses.field = 'timezone';
    const wanted = changes(the.stage, the.hold, await capture(the.stage, the.hold), 'quiet');
    await expect(the.hold.write(the.stage.cx(), wanted)).rejects.toMatchObject({
      kind: 'needs-human',
      message: expect.stringContaining('timezone'),
    });
    const puts = the.server.requests.list({ method: 'PUT' });
    expect(puts.map(({ path }) => path.split('/').at(-1))).toEqual(['1', '1']);
    expect(puts[1]?.body).toMatchObject({ state: 'active', timezone: 'UTC' });
  });

  it('that run once are warned of where that is still to come, and refused by hand where it is past', async () => {
    const the = await advanced(shop());
    const once = { ...trigger('1'), frequencyType: 'one-off', schedule: '2026-11-21 13:00:00' } as const;
    the.server.addTo('shop', [once, { ...once, uuid: '2', schedule: '2026-11-20 13:00:00', state: 'inactive' }]);
    const seen = await the.hold.look(the.stage.cx());
    expect(seen).toMatchObject({ warnings: [expect.stringMatching(/^job 1 .* runs once, at 2026-11-21 13:00 UTC/)] });
    const items = await quieted(the);
    the.stage.clock.advance(3_600_000);
    await expect(
      the.hold.write(the.stage.cx(), changes(the.stage, the.hold, ours(items), 'back')),
    ).rejects.toMatchObject({ kind: 'fatal', remedy: expect.stringContaining('by hand') });
  });
});

describe('what a job is called', () => {
  it.each([
    ['nightly report', 'rake report KEY=s3cret', 'nightly report'],
    ['', 'rake report KEY=s3cret', 'rake …'],
    ['rake report KEY=s3cret', 'rake report KEY=s3cret', 'rake …'],
    ['rake report KEY...', 'rake report KEY=s3cret', 'rake …'],
    ['runs rake x', 'rake x', 'rake …'],
    ['two\nlines', 'rake x', 'two lines'],
    ['', '', 'key'],
    ['', null, 'key'],
    ['x'.repeat(100), 'rake x', `${'x'.repeat(59)}…`],
  ])('%j with the command %j is %j', (name, command, expected) => {
    expect(shown({ key: 'key', name, command })).toBe(expected);
  });
});
