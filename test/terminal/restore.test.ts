// `restore` at the terminal, whatever there is to bring an app back from.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pausedCommand } from '../../src/heroku/schedulers/marker.ts';
import { silentLog } from '../../src/log.ts';
import { type Question, touched } from '../../src/model/run.ts';
import { startRescue } from '../../src/rescue/index.ts';
import { readExport } from '../../src/run/commands/export-file.ts';
import { exportRun } from '../../src/terminal/export.ts';
import { type Restoring, restore, restoreFrom } from '../../src/terminal/restore.ts';
import { ada, type Engine, engines, grace, shop } from '../helpers/engine.ts';
import { pglite } from '../helpers/pglite.ts';
import { configFor, restoring, terminal } from './at-terminal.ts';

const engineFor = engines();
const opened: Restoring[] = [];
afterEach(() => {
  for (const { rescue } of opened.splice(0)) rescue.close();
});

const jobs = [
  { command: 'rake nightly TOKEN=hush', every: 1440, at: 120 },
  { command: 'rake hourly', every: 60, at: 5 },
] as const;
const busy = () => shop({ jobs: jobs.map((job) => ({ ...job })) });
const plain = { approve: null, yes: false };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'maint-restore-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function at(engine: Engine, database: 'there' | 'lost', json = false, types: readonly string[] | null = null) {
  const on = restoring(engine, database);
  opened.push(on);
  const screen = terminal(engine, json, types);
  return {
    text: screen.text,
    printed: screen.printed,
    json: () => JSON.parse(screen.text('out')),
    restore: (options = {}) => restore(on, screen.screen, 'shop', { ...plain, ...options }),
    from: (path: string, options = {}, app: string | null = 'shop') =>
      restoreFrom(on, screen.screen, path, app, { ...plain, ...options }),
  };
}

type Terminal = ReturnType<typeof at>;

/** What a person does: looks at the list, then says it again with its hash. */
async function approving(
  engine: Engine,
  database: 'there' | 'lost',
  say: (on: Terminal, options?: object) => Promise<number>,
): Promise<Terminal & { code: number }> {
  const first = at(engine, database, true);
  const writes = engine.writes().length;
  expect(await say(first), first.text()).toBe(3);
  expect(engine.writes().length).toBe(writes);
  const second = at(engine, database, true);
  const code = await say(second, { approve: first.json().waiting[0].approve });
  return { ...second, code };
}

async function held(engine: Engine): Promise<string> {
  const { id } = await engine.start('shop');
  const run = await engine.holding(id);
  expect(run.quietAt, run.ended?.why).not.toBeNull();
  return id;
}

async function exported(engine: Engine): Promise<string> {
  const path = join(directory, 'shop.json');
  const { reached, screen, text } = terminal(engine);
  expect(await exportRun(reached, screen, 'shop', path), text()).toBe(0);
  return path;
}

/** Rests in the middle of quieting: a job is about to start, and is let start first. */
const midway = () => shop({ jobs: [{ command: 'rake often', every: 60, at: 35 }] });

describe('restore, of a run that the database knows', () => {
  test('shows what it would put back, does it when exactly that is approved, and says what it changed', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const before = engine.world.settings('shop');
    await held(engine);
    const done = await approving(engine, 'there', (on, options) => on.restore(options));
    expect(done.code).toBe(0);
    expect(engine.world.settings('shop')).toEqual(before);
    const [{ changed, already, other }] = done.json().restored;
    expect(changed).toContainEqual({ step: 'workers', key: 'worker', label: 'worker', from: '0', to: '2' });
    expect(changed).toHaveLength(5);
    expect([already, other]).toEqual([[], []]);
    expect(done.text()).not.toContain('hush');
  });

  test('the second time says that nothing had to be changed, and changes nothing', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const id = await held(engine);
    await approving(engine, 'there', (on, options) => on.restore(options));
    const writes = engine.writes().length;
    const again = at(engine, 'there');
    expect(await again.restore()).toBe(0);
    expect(again.text('out')).toContain('is watching');
    expect(again.text('out')).toContain('Nothing had to be changed');
    await engine.ended(id);
    const later = at(engine, 'there');
    expect(await later.restore()).toBe(0);
    expect(later.text('out')).toContain('The last maintenance of shop has ended: restored');
    expect(later.text('out')).toContain('Nothing was changed');
    expect(engine.writes().length).toBe(writes);
  });

  test('turns a run that is not quiet yet only after asking', async () => {
    const engine = await engineFor({ apps: [midway()] });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    expect((await engine.run(id, (r) => r.items.some(touched))).quietAt).toBeNull();
    const asked = at(engine, 'there');
    expect(await asked.restore()).toBe(3);
    expect(asked.text()).toContain('which is not quiet yet');
    const done = at(engine, 'there');
    expect(await done.restore({ yes: true }), done.text()).toBe(0);
    expect(done.text('out')).toContain('maintenance mode: on -> off');
    expect(engine.world.settings('shop')).toEqual(before);
  });

  test('--yes approves nothing', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const id = await held(engine);
    expect(await at(engine, 'there').restore({ yes: true })).toBe(3);
    expect((await engine.the(id)).way).toBe('quiet');
  });

  test('tries what is stuck once more', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const before = engine.world.settings('shop');
    const id = await held(engine);
    const refusal = {
      service: 'heroku',
      method: 'PATCH',
      path: '/apps/*/formation',
      kind: 'status',
      status: 422,
    } as const;
    engine.sandbox.faults.add({ ...refusal, times: 'always' });
    await engine.approve(id);
    await engine.asked(id, 'stuck');
    engine.sandbox.faults.clear();
    const done = at(engine, 'there');
    expect(await done.restore()).toBe(0);
    expect(done.text('out')).toContain('worker: 0 -> 2');
    expect(engine.world.settings('shop')).toEqual(before);
  });
});

describe('restore, where the app is not known to be back', () => {
  test('does not say that it is where no maintenance is known, and asks whether this is the database of the bot', async () => {
    const engine = await engineFor({ apps: [busy(), { ...shop(), name: 'other' }] });
    const nothing = at(engine, 'there');
    expect(await nothing.restore()).toBe(3);
    expect(nothing.text('err')).toContain('This database has no maintenance in it at all: is MAINT_DATA_DIR');
    await engine.start('other');
    const another = at(engine, 'there');
    expect(await another.restore()).toBe(3);
    expect(another.text('err')).not.toContain('This database has no maintenance');
  });

  test('prints the commands for what was left as it is', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const id = await held(engine);
    const path = await exported(engine);
    const formation = { service: 'heroku', method: 'PATCH', path: '/apps/*/formation' } as const;
    engine.sandbox.faults.add({ ...formation, kind: 'status', status: 422, times: 'always' });
    await engine.approve(id);
    await engine.answer(id, await engine.asked(id, 'stuck'), 'give-up');
    expect((await engine.ended(id)).items.some(({ settled }) => settled?.as === 'left')).toBe(true);
    const command = '  heroku ps:scale worker=2 --app shop';
    const left = at(engine, 'there');
    expect(await left.restore()).toBe(3);
    expect(left.text('out').split('\n')).toContain(command);
    const json = at(engine, 'there', true);
    expect(await json.restore()).toBe(3);
    expect(json.json().byHand).toEqual([command.trim()]);
    const file = at(engine, 'there');
    expect(await file.from(path)).toBe(3);
    expect(file.text('out').split('\n')).toContain(command);
  });
});

describe('restore with the database lost', () => {
  test('puts paused jobs back from their markers, and says what it cannot know', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const before = engine.world.settings('shop');
    await held(engine);
    const done = await approving(engine, 'lost', (on, options) => on.restore(options));
    expect(done.code).toBe(3);
    expect(engine.world.settings('shop')).toEqual({
      ...before,
      maintenance: true,
      configVars: { ...before.configVars, MAINTENANCE: 'true' },
      formation: { ...before.formation, worker: expect.objectContaining({ quantity: 0 }) },
    });
    const { restored, now } = done.json();
    expect(restored[0].changed).toHaveLength(2);
    expect(now).toContainEqual(expect.objectContaining({ step: 'maintenance', now: 'on' }));
    expect(done.text()).not.toContain('hush');

    const again = at(engine, 'lost');
    const writes = engine.writes().length;
    expect(await again.restore()).toBe(3);
    expect(again.text('out')).toContain('No job of the Scheduler carries a marker of maint. Nothing was changed.');
    expect(again.text('out')).toContain('cannot be known from here');
    expect(again.text('out')).toMatch(/^ {2}Workers, worker: 0$/m);
    expect(engine.writes().length).toBe(writes);
  });

  test('puts the jobs of several maintenances back, one maintenance after another', async () => {
    const engine = await engineFor({
      apps: [
        shop({
          jobs: [
            { command: pausedCommand('mfirst', 'rake one'), every: 60, at: 5 },
            { command: pausedCommand('mfirst', 'rake two'), every: 60, at: 6 },
            { command: pausedCommand('msecond', 'rake three'), every: 60, at: 7 },
          ],
        }),
      ],
    });
    const say = (on: Terminal, options?: object) => on.restore(options);
    const first = await approving(engine, 'lost', say);
    expect(first.json().restored[0].run.id).toBe('mfirst');
    await approving(engine, 'lost', say);
    expect(engine.world.settings('shop').jobs.map(({ command }) => command)).toEqual([
      'rake one',
      'rake two',
      'rake three',
    ]);
  });

  test('names the job whose marker was cut off, and puts the others back', async () => {
    const cut = pausedCommand('mfirst', 'rake two').slice(0, -3);
    const engine = await engineFor({
      apps: [
        shop({
          jobs: [
            { command: pausedCommand('mfirst', 'rake one'), every: 60, at: 5 },
            { command: cut, every: 60, at: 6 },
          ],
        }),
      ],
    });
    const done = await approving(engine, 'lost', (on, options) => on.restore(options));
    expect(done.code).toBe(3);
    expect(done.json().damagedJobs).toHaveLength(1);
    expect(engine.world.settings('shop').jobs.map(({ command }) => command)).toEqual(['rake one', cut]);
  });

  test('a job that somebody has given another command since is left alone', async () => {
    const engine = await engineFor({ apps: [busy()] });
    await held(engine);
    const job = engine.world.app('shop').jobs[0];
    if (job === undefined) throw new Error('Expected a job');
    job.command = 'rake mine';
    await approving(engine, 'lost', (on, options) => on.restore(options));
    expect(engine.world.settings('shop').jobs.map(({ command }) => command)).toEqual(['rake mine', 'rake hourly']);
  });
});

describe('restore --from an export', () => {
  const from = (path: string) => (on: Terminal, options?: object) => on.from(path, options);

  test('puts everything back with the database lost; the second time nothing had to be changed', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const before = engine.world.settings('shop');
    await held(engine);
    const path = await exported(engine);
    const done = await approving(engine, 'lost', from(path));
    expect(done.code, done.text()).toBe(0);
    expect(done.json().restored[0].changed).toHaveLength(5);
    expect(engine.world.settings('shop')).toEqual(before);

    const writes = engine.writes().length;
    const again = await approving(engine, 'lost', from(path));
    expect(again.code).toBe(0);
    expect(again.json().restored[0]).toMatchObject({ changed: [], other: [] });
    expect(again.json().restored[0].already).toHaveLength(5);
    expect(engine.writes().length).toBe(writes);
  });

  test('one that was made in the middle of quieting puts back what was changed after it, too', async () => {
    const engine = await engineFor({ apps: [midway()] });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    expect((await engine.run(id, (r) => r.items.some(touched))).quietAt).toBeNull();
    const path = await exported(engine);
    await engine.holding(id);
    const done = await approving(engine, 'lost', from(path));
    expect(done.code, done.text()).toBe(0);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  test('cut off after every single change and begun again, it ends the same', async () => {
    const engine = await engineFor({ apps: [busy()], settings: { canary: 0, watchAfter: 0 } });
    const before = engine.world.settings('shop');
    await held(engine);
    const { file } = readExport(await readFile(await exported(engine), 'utf8'));
    const { rescue } = opened[opened.push(restoring(engine, 'lost')) - 1] ?? restoring(engine, 'lost');
    let cuts = 0;
    for (let over = false; !over; cuts += 1) {
      const memory = await rescue.open(null);
      const shown = await memory.commands.preview(ada, file);
      if (shown.is !== 'preview') throw new Error(shown.says);
      const writes = engine.writes().length;
      await memory.commands.adopt(ada, file, shown.hash);
      const written = async (): Promise<boolean> => {
        over = (await memory.store.load(file.run.id))?.ended != null;
        engine.clock.advance(1_000);
        return over || engine.writes().length > writes;
      };
      await expect.poll(written, { interval: 5 }).toBe(true);
      await memory.close();
    }
    expect(cuts).toBeGreaterThan(3);
    expect(engine.world.settings('shop')).toEqual(before);
  });

  test('made before a first worker came back, it cannot know whose that is, and asks', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const before = engine.world.settings('shop');
    const id = await held(engine);
    const { file } = readExport(await readFile(await exported(engine), 'utf8'));
    await engine.approve(id);
    await engine.run(id, ({ items }) => items.some(({ sent }) => sent.includes(1)));
    expect(engine.world.settings('shop')).toMatchObject({ formation: { worker: { quantity: 1 } } });
    const { rescue } = opened[opened.push(restoring(engine, 'lost')) - 1] ?? restoring(engine, 'lost');
    const memory = await rescue.open(null);
    const shown = await memory.commands.preview(ada, file);
    if (shown.is !== 'preview') throw new Error(shown.says);
    await memory.commands.adopt(ada, file, shown.hash);
    const asked = async (): Promise<Question | undefined> => {
      engine.clock.advance(1_000);
      return (await memory.store.load(id))?.questions.find(({ about }) => about.is === 'drift');
    };
    await expect.poll(asked, { interval: 5 }).toMatchObject({ about: { key: 'worker', now: 1 } });
    await memory.commands.answer(ada, { run: id, question: (await asked())?.id ?? '', answer: 'restore', hash: null });
    const ended = async (): Promise<string | undefined> => {
      engine.clock.advance(5_000);
      return (await memory.store.load(id))?.ended?.as;
    };
    await expect.poll(ended, { interval: 5 }).toBe('restored');
    await memory.close();
    expect(engine.world.settings('shop')).toEqual(before);
  });

  test('goes on in a database in memory of its own', async () => {
    const engine = await engineFor({ apps: [shop()] });
    const before = engine.world.settings('shop');
    await held(engine);
    const { file } = readExport(await readFile(await exported(engine), 'utf8'));
    const rescue = startRescue({ config: configFor(engine), clock: engine.clock, log: silentLog });
    const memory = await rescue.open(null);
    const shown = await memory.commands.preview(ada, file);
    if (shown.is !== 'preview') throw new Error(shown.says);
    await memory.commands.adopt(ada, file, shown.hash);
    const ended = async (): Promise<string | undefined> => {
      engine.clock.advance(5_000);
      return (await memory.store.load(file.run.id))?.ended?.as;
    };
    await expect.poll(ended, { interval: 5 }).toBe('restored');
    await memory.close();
    rescue.close();
    expect(engine.world.settings('shop')).toEqual(before);
  });

  test('the database takes the run up where it does not know it, so that nobody can start another meanwhile', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const before = engine.world.settings('shop');
    const id = await held(engine);
    const path = await exported(engine);
    await pglite().open();
    const { file } = readExport(await readFile(path, 'utf8'));
    const shown = await engine.commands.preview(grace, file);
    if (shown.is !== 'preview') throw new Error(shown.says);
    expect(await engine.commands.adopt(grace, file, shown.hash)).toMatchObject({ is: 'changed', run: { id } });
    await expect(engine.start('shop')).rejects.toThrow('under way already');
    expect(await at(engine, 'there').restore()).toBe(0);
    expect(engine.world.settings('shop')).toEqual(before);
    expect((await engine.the(id)).turned).toMatchObject({ by: grace, why: 'put back from an export' });
  });

  test('is refused where the database knows that it is under way; once it has ended restored, says so again', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const id = await held(engine);
    const path = await exported(engine);
    const writes = engine.writes().length;
    const refused = at(engine, 'there');
    expect(await refused.from(path)).toBe(1);
    expect(refused.text()).toContain('npm run maint -- restore shop');
    expect(engine.writes().length).toBe(writes);
    await engine.approve(id);
    await engine.ended(id);
    const ended = at(engine, 'there');
    const before = engine.writes().length;
    expect(await ended.from(path)).toBe(0);
    expect(ended.text('out')).toContain('Nothing had to be changed.');
    expect(ended.text('out')).toContain('  worker: 2');
    expect(engine.writes().length).toBe(before);
  });

  test('is refused where nothing was captured yet', async () => {
    const engine = await engineFor({ apps: [busy()] });
    await engine.start('shop');
    const early = at(engine, 'lost');
    expect(await early.from(await exported(engine))).toBe(1);
    expect(early.text()).toContain('made before anything was captured');
  });

  test('is refused where its run has ended', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const id = await held(engine);
    await engine.approve(id);
    await engine.ended(id);
    const ended = at(engine, 'lost');
    expect(await ended.from(await exported(engine))).toBe(1);
    expect(ended.text()).toContain('has ended: it was restored');
  });

  test('is refused for an app that is there no more, whatever has its name now', async () => {
    const engine = await engineFor({ apps: [busy()] });
    await held(engine);
    const path = await exported(engine);
    const text = await readFile(path, 'utf8');
    const { id } = engine.world.app('shop');
    await writeFile(path, text.replaceAll(id, '00000000-0000-4000-8000-000000000000'));
    const refused = at(engine, 'lost');
    const writes = engine.writes().length;
    expect(await refused.from(path)).toBe(1);
    expect(refused.text()).toContain('is not there');
    expect(engine.writes().length).toBe(writes);
  });

  test('is refused for another app than the one that was named', async () => {
    const engine = await engineFor({ apps: [busy()] });
    await held(engine);
    const refused = at(engine, 'lost');
    expect(await refused.from(await exported(engine), {}, 'other')).toBe(1);
    expect(refused.text()).toContain('Expected an export of other, got one of shop');
  });

  test('an approval is for the list that was shown', async () => {
    const engine = await engineFor({ apps: [busy()] });
    await held(engine);
    const path = await exported(engine);
    const first = at(engine, 'lost', true);
    await first.from(path);
    const writes = engine.writes().length;
    const { approve } = first.json().waiting[0];
    engine.world.app('shop').maintenance = false;
    const late = at(engine, 'lost');
    expect(await late.from(path, { approve })).toBe(1);
    expect(late.text()).toContain('is not as it was shown');
    expect(engine.writes().length).toBe(writes);
  });

  test('what somebody changed since is asked about, and the door stays closed until it is answered', async () => {
    const engine = await engineFor({ apps: [busy()] });
    await held(engine);
    const path = await exported(engine);
    const worker = engine.world.app('shop').formation.find(({ type }) => type === 'worker');
    if (worker === undefined) throw new Error('Expected a worker');
    worker.quantity = 1;
    const done = await approving(engine, 'lost', from(path));
    expect(done.code).toBe(3);
    expect(done.json().restored[0].run.questions.at(-1)).toMatchObject({
      open: true,
      about: { is: 'drift', key: 'worker' },
    });
    expect(engine.world.settings('shop')).toMatchObject({ maintenance: true, formation: { worker: { quantity: 1 } } });
  });

  test('nobody is there to be asked: everything else is put back all the same', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const before = engine.world.settings('shop');
    await held(engine);
    const path = await exported(engine);
    // The first of the way back, so that everything else comes after it.
    engine.world.setConfig('shop', { MAINTENANCE: 'by hand' });
    const done = await approving(engine, 'lost', from(path));
    expect(done.code).toBe(3);
    const after = engine.world.settings('shop');
    expect([after.jobs, after.formation, after.maintenance]).toEqual([before.jobs, before.formation, true]);
  });

  test('a person who is there is asked about it in place', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const before = engine.world.settings('shop');
    await held(engine);
    const path = await exported(engine);
    const worker = engine.world.app('shop').formation.find(({ type }) => type === 'worker');
    if (worker === undefined) throw new Error('Expected a worker');
    worker.quantity = 1;
    const done = at(engine, 'lost', false, ['yes', 'restore']);
    expect(await done.from(path), done.text()).toBe(0);
    expect(done.text('err')).toContain('worker is 1. Put 2 back, or keep 1? [restore/keep/later]');
    expect(done.text('out')).toContain('worker: 1 -> 2');
    expect(engine.world.settings('shop')).toEqual(before);
  });

  describe('and a step asks before it goes on', () => {
    /** Held, and whatever worker comes back crashes. */
    async function broken(): Promise<{ readonly engine: Engine; readonly path: string }> {
      const engine = await engineFor({ apps: [busy()] });
      await held(engine);
      const worker = engine.world.app('shop').formation.find(({ type }) => type === 'worker');
      if (worker === undefined) throw new Error('Expected a worker');
      worker.crashes = true;
      return { engine, path: await exported(engine) };
    }

    test('nobody is there to answer: it ends with the question, and what would answer it', async () => {
      const { engine, path } = await broken();
      const done = await approving(engine, 'lost', from(path));
      expect(done.code).toBe(3);
      expect(done.json().restored[0].run.questions.at(-1)).toMatchObject({ open: true, about: { is: 'step' } });
      expect(done.text('err')).toMatch(/worker\.1 crashed\.\n[\s\S]*To answer:\n.* look-again\n.* go-on$/);
      expect(engine.world.settings('shop').maintenance).toBe(true);
    });

    test('a person who is there answers in place, as often as it asks', async () => {
      const { engine, path } = await broken();
      const done = at(engine, 'lost', false, ['yes', 'look-again', 'go-on']);
      expect(await done.from(path), done.text()).toBe(0);
      expect(done.text('err').split('What now? [look-again/go-on]')).toHaveLength(3);
      const { formation, maintenance } = engine.world.settings('shop');
      expect([formation, maintenance]).toMatchObject([{ worker: { quantity: 2 } }, false]);
    });
  });

  test.each([
    [93 * 24 * 3_600_000, '93 days ago', true],
    [3_600_000, '1 hour ago', false],
  ])('says first how old it is, and whose: after %i ms', async (age, ago, warned) => {
    const engine = await engineFor({ apps: [busy()] });
    await held(engine);
    const path = await exported(engine);
    const made = new Date(engine.clock.now()).toISOString().slice(0, 16).replace('T', ' ');
    engine.clock.advance(age);
    const { printed, text, from } = at(engine, 'lost');
    expect(await from(path)).toBe(3);
    const said = printed.findIndex((one) => one.text.includes(`made ${made} UTC, ${ago}; asked for by Ada`));
    expect(said).toBeGreaterThanOrEqual(0);
    expect(said).toBeLessThan(printed.findIndex((one) => one.text.includes('before')));
    expect(text().includes('things may have been changed since')).toBe(warned);
  });

  test('a person who says no changes nothing', async () => {
    const engine = await engineFor({ apps: [busy()] });
    await held(engine);
    const path = await exported(engine);
    const writes = engine.writes().length;
    expect(await at(engine, 'lost', false, ['']).from(path)).toBe(3);
    expect(engine.writes().length).toBe(writes);
  });

  test.each([
    ['no JSON', (text: string) => text.slice(0, -20)],
    ['a newer version', (text: string) => text.replace('"version": 1', '"version": 2')],
    ['something more in it', (text: string) => text.replace('"version": 1', '"version": 1, "more": true')],
    ['an event that is not known', (text: string) => text.replace('"is": "quieted"', '"is": "slept"')],
    ['an event left out', (text: string) => text.replace('"seq": 3,', '"seq": 4,')],
    ['a correction after the write', (text: string) => corrected(text)],
    ['another run id', (text: string) => text.replace(/"id": "m\w{10}"/, '"id": "../../x"')],
  ])('is refused with %s, and nothing is written', async (_, edit) => {
    const engine = await engineFor({ apps: [busy()] });
    await held(engine);
    const path = await exported(engine);
    const text = await readFile(path, 'utf8');
    expect(edit(text)).not.toBe(text);
    await writeFile(path, edit(text));
    const writes = engine.writes().length;
    const refused = at(engine, 'lost');
    expect(await refused.from(path)).toBe(1);
    expect(refused.text()).toMatch(/Expected .* Nothing was changed\./);
    expect(refused.text()).not.toContain('hush');
    expect(engine.writes().length).toBe(writes);
  });
});

/** I1: what was captured is not changed once something was sent. */
function corrected(text: string): string {
  const file = JSON.parse(text);
  const item = file.log
    .find(({ event }: { event: { is: string } }) => event.is === 'planned')
    .event.items.find(({ step }: { step: string }) => step === 'maintenance');
  file.log.push({ seq: file.log.length + 1, at: file.log.at(-1).at, event: { is: 'corrected', item } });
  return JSON.stringify(file);
}

describe('export', () => {
  test('writes a file for its owner alone, and overwrites none', async () => {
    const engine = await engineFor({ apps: [busy()] });
    const id = await held(engine);
    const path = await exported(engine);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { file, run } = readExport(await readFile(path, 'utf8'));
    expect(file.log).toEqual(await engine.store.log(id));
    expect(run).toEqual(await engine.the(id));
    const { reached, screen, text } = terminal(engine);
    expect(await exportRun(reached, screen, 'shop', path)).toBe(1);
    expect(text()).toContain('is not overwritten');
  });

  test('is for operators: who may only look does not get the commands', async () => {
    const engine = await engineFor({ apps: [busy()], operators: ['cli:ada', grace.id] });
    await engine.start('shop', grace);
    const other = { id: 'eve', name: 'eve', via: 'terminal' } as const;
    expect(await engine.commands.export(other, 'shop')).toMatchObject({ is: 'refused' });
    expect(await engine.commands.export(ada, 'shop')).toMatchObject({ is: 'refused' });
    expect((await engine.store.audited(2)).map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
  });
});
