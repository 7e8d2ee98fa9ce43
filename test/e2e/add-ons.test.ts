// An app with both autoscalers and the schedulers of two add-ons, all of them at once: what one of them does must not be taken
// for somebody's change to another. And the calls that this takes: at most three an add-on and way, and three for each job, trigger
// or rule that is set.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Logger, silentLog } from '../../src/log.ts';
import { engines } from '../helpers/engine.ts';
import { furnish, withAddOns } from '../matrix/add-ons.ts';
import { APP } from '../matrix/app.ts';

const engineFor = engines();

describe('an app that autoscalers scale and add-ons start dynos in', () => {
  it('is held for an hour in which nothing of it moves, and has everything back as it was, with three calls an add-on and three a job', async () => {
    const asked: Asked[] = [];
    const engine = await engineFor({ apps: [withAddOns], addOns: true, log: noting(asked) });
    const { world } = engine;
    const set = furnish(engine.sandbox);
    const before = structuredClone([world.settings(APP), set()]);
    const { id } = await engine.start(APP);
    const held = await engine.holding(id);
    expect(held.ended).toBeNull();
    const off = set();
    expect(off).toMatchObject({
      autoscaling: [{ is_active: false }, { action_type: 'alert' }],
      hireFire: [{ enabled: false }, { enabled: false }],
      cronToGo: [{ state: 'paused' }, { state: 'paused' }],
      advancedScheduler: [{ state: 'inactive' }, { state: 'inactive' }],
    });
    const later = await engine.pass(id, 3_600_000);
    expect(later.questions).toEqual([]);
    expect(set()).toEqual(off);
    expect(world.app(APP).formation.find(({ type }) => type === 'worker')?.quantity).toBe(0);
    expect(world.app(APP).dynos.filter(({ type }) => type === 'run')).toEqual([]);
    await engine.approve(id);
    const ended = await engine.ended(id);
    expect([ended.ended?.as, ended.questions.map(({ about }) => about.is)]).toEqual(['restored', ['resume']]);
    expect([world.settings(APP), set()]).toEqual(before);
    for (const way of ['quiet', 'back'] as const) {
      for (const [name, { path, changed }] of Object.entries(ADD_ONS)) {
        const calls = asked.filter((one) => WAYS[way].test(one.asking) && path.test(one.path));
        expect(calls.filter(({ method }) => method !== 'GET').length, `${name}, ${way}`).toBe(changed);
        expect(calls.length, `${name}, ${way}`).toBeLessThanOrEqual(3 + 3 * changed);
      }
    }
  });
});

/**
 * The calls that a way needs: what is looked at for the plan or for the approval, the look right before each write, the writes, and what
 * reads them back at once. Not the polls, the samples of the proof, the patrols, the second look of an approval and the last look.
 */
const WAYS = { quiet: /^(plan|quiet .*)$/, back: /^(show|put back .*)$/ };

/** By the paths of each; `changed`: what is on, and so is set. */
const ADD_ONS = {
  'Heroku Scheduler': { path: /^\/apps\/[^/]+\/jobs/, changed: 3 },
  'Cron To Go': { path: /^\/jobs/, changed: 1 },
  'Advanced Scheduler': { path: /^\/triggers/, changed: 1 },
  "Heroku's autoscaling": { path: /\/monitors/, changed: 1 },
  HireFire: { path: /^\/(applications|managers)/, changed: 1 },
};

const Asked = z.object({ asking: z.string(), method: z.string(), path: z.string() });
type Asked = z.infer<typeof Asked>;

/** A log that notes down the calls. */
function noting(asked: Asked[]): Logger {
  return {
    ...silentLog,
    debug(line) {
      const call = Asked.safeParse(line);
      if (call.success) asked.push(call.data);
    },
  };
}
