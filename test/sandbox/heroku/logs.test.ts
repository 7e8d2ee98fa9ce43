import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createHeroku } from '../../../src/heroku/api/client.ts';
import type { LogEnd, LogFilter } from '../../../src/heroku/api/log-sessions.ts';
import { newsOf, parseLogLine } from '../../../src/heroku/log-lines.ts';
import { stopDyno } from '../../../src/sandbox/heroku/dynos.ts';
import { World } from '../../../src/sandbox/heroku/world.ts';
import { SandboxClock, startSandbox } from '../../../src/sandbox/index.ts';
import { aCall } from '../../heroku/api/call.ts';
import { ask } from './asking.ts';

const START = Date.UTC(2026, 0, 5, 12, 0, 5);
const SECOND = 1_000;
const MINUTE = 60_000;

let clock: SandboxClock;
let world: World;

beforeEach(() => {
  clock = new SandboxClock({ manual: true, start: START });
  world = new World(clock);
});

/** Without their times. */
const lines = (app = 'shop') =>
  world.logs.linesOf(world.app(app)).map(({ says }) => says.slice('2026-01-05T12:00:05.000000+00:00 '.length));

describe('the log', () => {
  test('of an app that is only there has nothing to say', () => {
    world.addApp({ name: 'shop', formation: { web: {}, worker: { quantity: 2 } } });
    expect(lines()).toEqual([]);
  });

  test('tells of a one-off from the call to its end, with the values that its command is given', () => {
    world.addApp({ name: 'shop', formation: {}, config: { TOKEN: 's3cret' } });
    world.script('shop', { command: 'rake x[$TOKEN]', output: ['one', 'two'], status: 3, ms: 3 * SECOND });
    const { name } = world.runOneOff('shop', 'rake x[$TOKEN]');
    clock.advance(5 * SECOND);
    expect(world.app('shop').dynos).toHaveLength(1);
    clock.advance(1 * SECOND);
    expect(lines()).toEqual([
      'app[api]: Starting process with command `rake x[$TOKEN]` by user ada@example.com',
      `heroku[${name}]: Starting process with command \`rake x[s3cret]\``,
      `heroku[${name}]: State changed from starting to up`,
      `app[${name}]: one`,
      `app[${name}]: two`,
      `heroku[${name}]: Process exited with status 3`,
      `heroku[${name}]: State changed from up to complete`,
    ]);
    expect(world.app('shop').dynos).toEqual([]);
    const times = world.logs.linesOf(world.app('shop')).map(({ says }) => says.slice(11, 26));
    expect(times).toEqual([
      '12:00:05.000000',
      '12:00:05.000001',
      '12:00:08.000000',
      '12:00:09.000000',
      '12:00:10.000000',
      '12:00:11.000000',
      '12:00:11.000001',
    ]);
  });

  test.each([
    { command: 'false', ms: 0, exits: 1 },
    { command: 'exit 7', ms: 0, exits: 7 },
    { command: 'sleep 5', ms: 5_000, exits: 0 },
    { command: 'bundle exec rails db:migrate', ms: 4_000, exits: 0 },
    { command: ': # nothing', ms: 0, exits: 0 },
    { command: 'rake unknown', ms: 60_000, exits: 0 },
  ])('of $command: exit status $exits after $ms ms', ({ command, ms, exits }) => {
    world.addApp({ name: 'shop', formation: {}, times: { startMs: 0 } });
    const { name } = world.runOneOff('shop', command);
    clock.advance(Math.max(0, ms - 1));
    if (ms > 0) expect(lines().join()).not.toContain('Process exited');
    clock.advance(1);
    expect(lines()).toContain(`heroku[${name}]: Process exited with status ${exits}`);
  });

  test('of a scheduled job names the Scheduler, and of a release phase that fails its status', () => {
    world.addApp({
      name: 'shop',
      formation: { web: {}, release: { command: 'rake db:migrate' } },
      jobs: [{ command: 'rake x', every: 10 }],
      releasePhaseFails: 1,
    });
    world.setConfig('shop', { A: '1' });
    clock.advance(12 * SECOND);
    expect(lines().slice(0, 2)).toEqual([
      'app[api]: Release v13 created by user ada@example.com',
      'app[api]: Set A config vars by user ada@example.com',
    ]);
    expect(lines().at(-2)).toMatch(/^heroku\[release\.\d+\]: Process exited with status 1$/);
    expect(lines().at(-1)).toMatch(/^heroku\[release\.\d+\]: State changed from up to complete$/);
    expect(world.app('shop').releases.at(-1)?.status).toBe('failed');
    clock.advance(10 * MINUTE);
    expect(lines()).toContain('app[api]: Starting process with command `rake x` by user scheduler@addons.heroku.com');
  });

  test('tells of scaling, a restart, a crash and a kill', () => {
    world.addApp({
      name: 'shop',
      formation: { worker: { quantity: 2 } },
      queue: { waiting: 1, jobMs: [10 * MINUTE] },
    });
    world.scale('shop', 'worker', 1);
    clock.advance(1 * SECOND);
    expect(lines()).toEqual([
      'app[api]: Scaled to worker@1:Standard-1X by user ada@example.com',
      'heroku[worker.2]: State changed from up to down',
      'heroku[worker.2]: Stopping all processes with SIGTERM',
      'heroku[worker.2]: Process exited with status 143',
    ]);

    world.logs.forget(world.app('shop'));
    world.setConfig('shop', { A: '1' });
    clock.advance(30 * SECOND);
    expect(lines().slice(2)).toEqual([
      'heroku[worker.1]: State changed from up to starting',
      'heroku[worker.1]: Stopping all processes with SIGTERM',
      'heroku[worker.1]: Starting process with command `bin/worker`',
      'heroku[worker.1]: State changed from starting to up',
      'heroku[worker.1]: Error R12 (Exit timeout) -> At least one process failed to exit within 30 seconds of SIGTERM',
      'heroku[worker.1]: Stopping remaining processes with SIGKILL',
      'heroku[worker.1]: Process exited with status 137',
    ]);

    world.logs.forget(world.app('shop'));
    world.crash('shop', 'worker.1');
    clock.advance(10 * MINUTE + 3 * SECOND);
    expect(lines()).toEqual([
      'heroku[worker.1]: Process exited with status 1',
      'heroku[worker.1]: State changed from up to crashed',
      'heroku[worker.1]: State changed from crashed to starting',
      'heroku[worker.1]: Starting process with command `bin/worker`',
      'heroku[worker.1]: State changed from starting to up',
    ]);
  });

  test('of a one-off that is stopped ends with 143', () => {
    world.addApp({ name: 'shop', formation: {} });
    const { name } = world.runOneOff('shop', 'sleep 100');
    clock.advance(4 * SECOND);
    for (const dyno of world.app('shop').dynos) stopDyno(world, world.app('shop'), dyno);
    clock.advance(2 * MINUTE);
    expect(lines().slice(3)).toEqual([
      `heroku[${name}]: Stopping all processes with SIGTERM`,
      `heroku[${name}]: Process exited with status 143`,
      `heroku[${name}]: State changed from up to complete`,
    ]);
  });

  test('keeps the last 1,500 lines of each app', () => {
    const app = world.addApp({ name: 'shop' });
    world.addApp({ name: 'other' });
    world.logs.write(world.app('other'), 'app', 'web.1', 'kept');
    for (let n = 1; n <= 1_600; n += 1) world.logs.write(app, 'app', 'web.1', String(n));
    expect(lines()).toHaveLength(1_500);
    expect([lines()[0], lines().at(-1)]).toEqual(['app[web.1]: 101', 'app[web.1]: 1600']);
    expect(lines('other')).toEqual(['app[web.1]: kept']);
  });

  test('is late where it is told to be, and still has the time at which things happened', () => {
    const app = world.addApp({ name: 'shop' });
    world.logs.delayMs = 5 * SECOND;
    world.logs.write(app, 'app', 'web.1', 'late\nlines');
    clock.advance(4_999);
    expect(lines()).toEqual([]);
    clock.advance(1);
    expect(lines()).toEqual(['app[web.1]: late', 'app[web.1]: lines']);
    expect(world.logs.linesOf(app)[0]?.says).toMatch(/^2026-01-05T12:00:05\.000\d{3}\+00:00 /);
  });

  test('may tell of an end while the dyno is still listed', () => {
    world.addApp({ name: 'shop', formation: {}, times: { lingerMs: 2 * SECOND } });
    world.runOneOff('shop', 'false');
    clock.advance(3 * SECOND);
    expect(lines().at(-1)).toMatch(/State changed from up to complete$/);
    clock.advance(1_999);
    expect(world.dynoCounts('shop')).toEqual({ run: 1 });
    clock.advance(1);
    expect(world.dynoCounts('shop')).toEqual({});
    expect(lines()).toHaveLength(5);
  });
});

describe('a log session', () => {
  async function started() {
    const sandbox = await startSandbox({ clock });
    onTestFinished(() => sandbox.close());
    const heroku = createHeroku({ apiUrl: sandbox.heroku.url, token: sandbox.heroku.token, pauses: [] });
    onTestFinished(() => heroku.close());
    world = sandbox.world;
    const app = world.addApp({ name: 'shop', formation: { web: {} } });

    const open = (filter: LogFilter) => heroku.logSessions.create(aCall(), app.id, filter);
    function read(url: string) {
      const heard: string[] = [];
      const { promise: ended, resolve: onEnd } = Promise.withResolvers<LogEnd>();
      const { promise: opened, resolve: onOpen } = Promise.withResolvers<void>();
      const stop = new AbortController();
      heroku.logSessions.connect(url, { signal: stop.signal, onOpen, onEnd, onLine: (line) => heard.push(line) });
      onTestFinished(() => stop.abort());
      const texts = () => heard.map((line) => parseLogLine(line).text);
      return { heard, texts, ended, opened, stop };
    }
    const say = (text: string, dyno = 'web.1', source: 'app' | 'heroku' = 'app') =>
      world.logs.write(app, source, dyno, text);
    return { sandbox, app, open, read, say };
  }

  test('gives the lines so far and ends, or goes on with each as it comes', async () => {
    const { open, read, say } = await started();
    for (let n = 1; n <= 200; n += 1) say(`${n}`);
    const past = read(await open({ tail: false }));
    expect(await past.ended).toEqual({ why: 'closed' });
    expect(past.texts()).toEqual(Array.from({ length: 100 }, (_, i) => `${i + 101}`));

    const tail = read(await open({ tail: true, lines: 1 }));
    await tail.opened;
    say('now');
    await expect.poll(tail.texts, { interval: 5 }).toEqual(['200', 'now']);
    tail.stop.abort();
    expect(await tail.ended).toEqual({ why: 'aborted' });
    await expect.poll(() => world.logs.streams, { interval: 5 }).toBe(0);
  });

  test('is open although there is nothing to read yet', async () => {
    const { open, read } = await started();
    const { opened, heard } = read(await open({ tail: true, lines: 0 }));
    await opened;
    expect(heard).toEqual([]);
  });

  test('has only what was asked for: a dyno, a process type, a source', async () => {
    const { open, read, say } = await started();
    say('a', 'run.1');
    say('b', 'run.12');
    say('c', 'run.1', 'heroku');
    say('d', 'runner.1');
    const texts = async (filter: Omit<LogFilter, 'tail'>) => {
      const reading = read(await open({ tail: false, ...filter }));
      await reading.ended;
      return reading.texts();
    };
    expect(await texts({ dynoName: 'run.1' })).toEqual(['a', 'c']);
    expect(await texts({ dynoName: 'run' })).toEqual(['a', 'b', 'c']);
    expect(await texts({ source: 'heroku' })).toEqual(['c']);
    expect(await texts({ dynoName: 'run.1', source: 'app', lines: 5 })).toEqual(['a']);
    expect(await texts({ lines: 2 })).toEqual(['c', 'd']);
  });

  test('tells a whole one-off, as maint reads it', async () => {
    const { sandbox, open, read } = await started();
    const run = { command: 'rails db:migrate', attach: false, size: 'standard-2x', type: 'run', time_to_live: 600 };
    const tail = read(await open({ tail: true, lines: 0 }));
    await tail.opened;
    const { status, body } = await ask(sandbox, 'POST /apps/shop/dynos', { body: run });
    expect(status).toBe(201);
    expect(body).toMatchObject({ type: 'run', command: 'rails db:migrate', size: 'Standard-2X', attach_url: null });
    const dyno = expect.stringMatching(/^run\.\d+$/);
    clock.advance(10 * SECOND);
    await expect.poll(() => tail.heard.length, { interval: 5 }).toBe(9);
    expect(tail.heard.map((line) => newsOf(parseLogLine(line))).filter((news) => news !== null)).toEqual([
      { is: 'created', command: 'rails db:migrate', by: 'ada@example.com', scheduler: false },
      { is: 'starting', dyno, command: 'rails db:migrate' },
      { is: 'up', dyno },
      { is: 'exited', dyno, status: 0 },
      { is: 'ended', dyno, state: 'complete' },
    ]);
    expect((await ask(sandbox, 'GET /apps/shop/dynos')).body).toMatchObject([{ name: 'web.1' }]);
  });

  test('ends a one-off at its time to live', async () => {
    const { sandbox, open, read } = await started();
    await ask(sandbox, 'POST /apps/shop/dynos', { body: { command: 'sleep 100', time_to_live: 10 } });
    clock.advance(14 * SECOND);
    const past = read(await open({ tail: false }));
    await past.ended;
    expect(past.texts().slice(-3)).toEqual([
      'Stopping all processes with SIGTERM',
      'Process exited with status 143',
      'State changed from up to complete',
    ]);
    expect(world.dynoCounts('shop')).toEqual({ web: 1 });
  });

  test('waits five minutes for its reader, and a stream lasts an hour', async () => {
    const { open, read } = await started();
    const [soon, late] = [await open({ tail: true }), await open({ tail: true })];
    clock.advance(5 * MINUTE);
    const reading = read(soon);
    await reading.opened;
    clock.advance(1);
    expect(await read(late).ended).toMatchObject({ why: 'error', status: 404 });
    clock.advance(60 * MINUTE - 2);
    expect(world.logs.streams).toBe(1);
    clock.advance(1);
    expect(await reading.ended).toEqual({ why: 'closed' });
  });

  test('can be refused, and streams can be cut off, by whoever controls the sandbox', async () => {
    const { sandbox, open, read } = await started();
    const control = (body: object) => ask(sandbox, 'POST /sandbox/logs', { body });
    const url = await open({ tail: true });
    const [one, two] = [read(url), read(url)];
    await Promise.all([one.opened, two.opened]);
    expect((await control({ streams: 'cut' })).body).toEqual({ refuse: 'nothing', delayMs: 0, streams: 0 });
    expect(await one.ended).toMatchObject({ why: 'error', status: null });
    expect(await two.ended).toMatchObject({ why: 'error', status: null });

    const three = read(url);
    await three.opened;
    await control({ streams: 'end', delayMs: 2_000 });
    expect(await three.ended).toEqual({ why: 'closed' });
    expect(world.logs.delayMs).toBe(2_000);

    await control({ refuse: 'streams' });
    expect(await read(await open({ tail: true })).ended).toMatchObject({ why: 'error', status: 404 });
    await control({ refuse: 'sessions' });
    await expect(open({ tail: true })).rejects.toThrow('503');
    expect((await control({ refuse: 'never' })).status).toBe(422);
    await ask(sandbox, 'POST /sandbox/reset');
    expect((await ask(sandbox, 'GET /sandbox/logs')).body).toEqual({ refuse: 'nothing', delayMs: 0, streams: 0 });
  });

  test('needs a token to be made and none to be read, and its id is in no request log', async () => {
    const { sandbox, open } = await started();
    const refused = await ask(sandbox, 'POST /apps/shop/log-sessions', { body: { tail: false }, token: 'wrong' });
    expect(refused.status).toBe(401);
    const url = await open({ tail: false });
    const { pathname } = new URL(url);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${url}x`)).status).toBe(200);
    expect((await fetch(url.replace(pathname, '/logplex/sessions/other'))).status).toBe(404);
    const read = sandbox.requests.list({ path: '/logplex' });
    expect(read.map(({ path, status }) => ({ path, status }))).toEqual([
      { path: '/logplex/sessions', status: 200 },
      { path: '/logplex/sessions', status: 200 },
      { path: '/logplex/sessions', status: 404 },
    ]);
    expect(JSON.stringify(sandbox.requests.list())).not.toContain(pathname.split('/').at(-1));
  });

  test('meets faults like any other request', async () => {
    const { sandbox, open, read, say } = await started();
    say('x');
    const url = await open({ tail: true });
    const path = '/logplex/sessions';
    sandbox.faults.add({ service: 'heroku', path, kind: 'status', status: 500 });
    expect(await read(url).ended).toMatchObject({ why: 'error', status: 500 });
    sandbox.faults.add({ service: 'heroku', path, kind: 'cut-body' });
    expect(await read(url).ended).toMatchObject({ why: 'error', status: null });
    sandbox.faults.add({ service: 'heroku', path, kind: 'reset-after' });
    expect(await read(url).ended).toMatchObject({ why: 'error', status: null });
    sandbox.faults.add({ service: 'heroku', path, kind: 'hang-after' });
    const hanging = read(url);
    await expect.poll(() => sandbox.faults.list().at(-1)?.seen, { interval: 5 }).toBe(1);
    hanging.stop.abort();
    expect(await hanging.ended).toEqual({ why: 'aborted' });
    await expect.poll(() => world.logs.streams, { interval: 5 }).toBe(0);
    const fine = read(url);
    await fine.opened;
    await expect.poll(fine.texts, { interval: 5 }).toEqual(['x']);
  });

  test('of a Fir app has no history, and always goes on', async () => {
    const { sandbox, read } = await started();
    const app = world.addApp({ name: 'fir', generation: 'fir', formation: {} });
    world.logs.write(app, 'app', 'web-1234abcde-123ab', 'before');
    const { body } = await ask(sandbox, 'POST /apps/fir/log-sessions', { body: { tail: false, type: 'web' } });
    if (typeof body !== 'object' || body === null || !('logplex_url' in body)) throw new Error('Expected a session');
    const tail = read(String(body.logplex_url));
    await tail.opened;
    world.logs.write(app, 'app', 'web-1234abcde-123ab', 'after');
    await expect.poll(tail.texts, { interval: 5 }).toEqual(['after']);
  });
});
