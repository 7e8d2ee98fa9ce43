import { describe, expect, it } from 'vitest';
import type { Settings } from '../../src/model/settings.ts';
import { capture, changes, look } from '../heroku/steps/stage.ts';
import { type HttpApp, httpApp } from './http-app.ts';
import { scenes } from './scene.ts';

const sceneFor = scenes();

describe('an app that keeps the HTTP contract', () => {
  const scene = async (app: HttpApp, settings: Partial<Settings> = {}) => {
    const stage = await sceneFor({ queues: [{ system: 'http', at: app.url }], ...settings });
    return { stage, hold: stage.held('contract') };
  };

  it('is told to take no more jobs, and to take them again', async () => {
    await using app = await httpApp();
    const { stage, hold } = await scene(app);
    const items = await capture(stage, hold);
    expect(items.map(({ before }) => before)).toEqual([false]);
    for (const _ of [1, 2]) await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    expect(app.accepting).toBe(false);
    expect(await hold.settle(stage.cx(), 'quiet', items, null)).toEqual({ is: 'done' });
    for (const _ of [1, 2]) await hold.write(stage.cx(), changes(stage, hold, items, 'back'));
    expect(app.accepting).toBe(true);
    expect(app.asked.filter((what) => what.startsWith('POST'))).toEqual([
      'POST /health/jobs/pause',
      'POST /health/jobs/resume',
    ]);
  });

  it('that goes on taking jobs is not called paused', async () => {
    await using app = await httpApp();
    const { stage, hold } = await scene(app);
    app.deaf = true;
    const items = await capture(stage, hold);
    await hold.write(stage.cx(), changes(stage, hold, items, 'quiet'));
    expect(await hold.settle(stage.cx(), 'quiet', items, null)).toEqual({ is: 'again', memo: null });
  });

  it('behind the maintenance page is as it was left, and no other trouble is taken for that', async () => {
    await using app = await httpApp();
    const { stage, hold } = await scene(app);
    const items = await capture(stage, hold);
    app.behind = true;
    expect(await hold.look(stage.cx())).toMatchObject({ is: 'unusable', exception: "The app's own jobs" });
    await stage.heroku.apps.update(stage.cx(), stage.cx().app.id, { maintenance: true });
    expect(await hold.look(stage.cx())).toMatchObject({
      is: 'seen',
      items: [{ key: items[0]?.key, label: items[0]?.label, value: true }],
      warnings: [expect.stringContaining('behind the maintenance page')],
    });
    app.behind = false;
    expect((await look(stage, hold)).map(({ value }) => value)).toEqual([false]);
  });

  it('is waited for until its jobs have ended, before the door shuts, and not a second time behind it', async () => {
    await using app = await httpApp();
    const { stage } = await scene(app);
    app.running = 2;
    const { verdict, whys } = await stage.waits('http-drain', async (waited) => {
      if (waited >= 10_000) app.running = 0;
    });
    expect(verdict).toMatchObject({
      is: 'done',
      findings: [{ is: 'proved', says: expect.stringMatching(/^drained: /) }],
    });
    expect(whys).toEqual([
      "The app's own /health/jobs: 2 running, 14 queued, the oldest for 3 min (a job); 15 min left of the drain",
    ]);
    const asked = app.asked.length;
    expect((await stage.waits('drain')).verdict).toEqual({ is: 'done' });
    expect(app.asked).toHaveLength(asked);
  });

  it('that is answered by one of several web dynos is not proved to be drained', async () => {
    await using app = await httpApp();
    const formation = { web: { quantity: 2 } };
    const stage = await sceneFor({ queues: [{ system: 'http', at: app.url }] }, { formation });
    const { verdict } = await stage.waits('http-drain');
    const says = expect.stringMatching(/^drained: .*, but one of 2 web dynos has answered/);
    expect(verdict).toMatchObject({ is: 'done', findings: [{ is: 'not provable', says }] });
  });

  it('is named without the user and the password of its address, and says what resumes it by hand', async () => {
    await using app = await httpApp();
    const at = app.url.replace('http://', 'http://ada:s3cret@');
    const stage = await sceneFor({ queues: [{ system: 'http', at }] });
    const hold = stage.held('contract');
    const [item] = await capture(stage, hold);
    if (item === undefined) throw new Error('Expected an item');
    expect(JSON.stringify(item)).not.toContain('s3cret');
    expect(hold.say(stage.cx().app, item, false).byHand).toBe(`curl -fsS -X POST ${app.url}/health/jobs/resume`);
  });

  it('whose address is a config var is asked by hand through it', async () => {
    await using app = await httpApp();
    const stage = await sceneFor({ queues: [{ system: 'http', at: 'APP_URL' }] }, { config: { APP_URL: app.url } });
    const [item] = await capture(stage, stage.held('contract'));
    if (item === undefined) throw new Error('Expected an item');
    expect(stage.held('contract').say(stage.cx().app, item, false).byHand).toBe(
      'curl -fsS -X POST "$(heroku config:get APP_URL --app shop)/health/jobs/resume"',
    );
  });
});
