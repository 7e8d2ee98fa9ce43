// Apps that are not as one expects them to be when a maintenance begins: at the end each setting is what it was.
import { describe, expect, it } from 'vitest';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { type Engine, type EngineOptions, engines, shop } from '../helpers/engine.ts';

const engineFor = engines();

interface Cycle {
  readonly engine: Engine;
  readonly quiet: ReturnType<Engine['world']['settings']>;
  readonly as: string | undefined;
}

/** A whole maintenance of `shop`, approved as soon as it holds; nothing may be different afterwards. */
async function cycle(
  app: AppDescription,
  options: Partial<EngineOptions> = {},
  accepted: string[] = [],
): Promise<Cycle> {
  const engine = await engineFor({ ...options, apps: [app] });
  const before = engine.world.settings('shop');
  const { id } = await engine.start('shop', undefined, accepted);
  const held = await engine.holding(id);
  expect(held.ended).toBeNull();
  const quiet = engine.world.settings('shop');
  await engine.approve(id);
  const { ended } = await engine.ended(id);
  expect(engine.world.settings('shop')).toEqual(before);
  return { engine, quiet, as: ended?.as };
}

function sentTo(engine: Engine, path: string): unknown[] {
  return engine.writes().flatMap((write) => (write.path.endsWith(path) ? [write.body] : []));
}

describe('quantities', () => {
  it('leaves a worker that stood at 0 at 0, and sends nothing for it', async () => {
    const formation = { web: {}, worker: { quantity: 2 }, spare: { quantity: 0 } };
    const { engine, as } = await cycle(shop({ formation }));
    expect(as).toBe('restored');
    expect(sentTo(engine, '/formation')).toEqual([
      { updates: [{ type: 'worker', quantity: 0 }] },
      { updates: [{ type: 'worker', quantity: 1 }] },
      { updates: [{ type: 'worker', quantity: 2 }] },
    ]);
  });

  it('never writes a size', async () => {
    const { engine } = await cycle(shop());
    expect(JSON.stringify(sentTo(engine, '/formation'))).not.toMatch(/size/);
    expect(engine.world.settings('shop').formation).toMatchObject({ worker: { quantity: 2, size: 'Performance-M' } });
  });

  it('keeps web running', async () => {
    const { quiet, engine } = await cycle(shop());
    expect(quiet.formation).toMatchObject({ web: { quantity: 1 }, worker: { quantity: 0 } });
    expect(JSON.stringify(sentTo(engine, '/formation'))).not.toMatch(/web/);
  });

  it('stops 40 process types in one call, and starts them in one for the first of each and one for the rest', async () => {
    const workers = Array.from({ length: 40 }, (_, i) => [`w${i}`, { quantity: i % 4 }] as const);
    const { engine, as } = await cycle(shop({ formation: { web: {}, ...Object.fromEntries(workers) } }));
    expect(as).toBe('restored');
    expect(sentTo(engine, '/formation')).toHaveLength(3);
  });

  it('waits for each of 300 dynos, which Heroku lists on several pages', async () => {
    const formation = { web: {}, worker: { quantity: 260 }, mailer: { quantity: 40 } };
    const app = shop({ formation, times: { startMs: 0, stopMs: 3_000 } });
    // No config var, and so no release that restarts web: its old and new dynos would overlap.
    const engine = await engineFor({ apps: [app], settings: { variable: 'off' } });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    await engine.holding(id);
    expect(engine.world.dynoCounts('shop')).toEqual({ web: 1 });
    await engine.approve(id);
    await engine.ended(id);
    expect(engine.world.settings('shop')).toEqual(before);
    expect(engine.world.dynoCounts('shop')).toEqual({ web: 1, worker: 260, mailer: 40 });
  });

  it('reads the type of a Fir dyno, whose name tells nothing', async () => {
    const formation = { web: {}, worker: { quantity: 2 }, beat: { quantity: 1 } };
    const { engine, quiet, as } = await cycle(shop({ generation: 'fir', formation, times: { stopMs: 5_000 } }));
    expect(as).toBe('restored');
    expect(quiet.formation).toMatchObject({ worker: { quantity: 0 }, beat: { quantity: 0 } });
    expect(engine.world.app('shop').dynos.every((dyno) => /^[a-z]+-[0-9a-f]{9}-/.test(dyno.name))).toBe(true);
  });

  it('stops the types that only give out work before the workers, and starts them after', async () => {
    const formation = { web: {}, worker: {}, ticker: {}, clock: {} };
    const { engine } = await cycle(shop({ formation }), { settings: { clocks: ['ticker'] } });
    const updates = (quantity: number, ...types: string[]) => ({
      updates: expect.toSatisfy(
        (sent: { type: string; quantity: number }[]) =>
          sent.every((one) => one.quantity === quantity) &&
          sent
            .map(({ type }) => type)
            .toSorted()
            .join() === types.join(),
      ),
    });
    expect(sentTo(engine, '/formation')).toEqual([
      updates(0, 'ticker'),
      updates(0, 'clock', 'worker'),
      updates(1, 'clock', 'worker'),
      updates(1, 'ticker'),
    ]);
  });
});

describe('the config var', () => {
  it('is deleted again where it was absent', async () => {
    const { quiet, engine } = await cycle(shop());
    expect(quiet.configVars).toEqual({ LANG: 'C', MAINTENANCE: 'true' });
    expect(sentTo(engine, '/config-vars')).toEqual([{ MAINTENANCE: 'true' }, { MAINTENANCE: null }]);
  });

  it.each([{ value: 'false' }, { value: '' }, { value: ' true' }, { value: 'TRUE' }])(
    'is $value again where it was that',
    async ({ value }) => {
      const { quiet } = await cycle(shop({ config: { MAINTENANCE: value } }));
      expect(quiet.configVars).toEqual({ MAINTENANCE: 'true' });
    },
  );

  it('is neither written nor deleted where it was set already, and no release is made', async () => {
    const { engine } = await cycle(shop({ config: { MAINTENANCE: 'true' } }), {}, ['already-set']);
    expect(sentTo(engine, '/config-vars')).toEqual([]);
    expect(engine.world.app('shop').releases).toHaveLength(12);
  });

  it('is left alone, and no release made, where the setting says off', async () => {
    const { engine, quiet } = await cycle(shop(), { settings: { variable: 'off' } });
    expect(quiet.configVars).toEqual({ LANG: 'C' });
    expect(engine.world.app('shop').releases).toHaveLength(12);
  });

  it('has the name and the value that the settings give it', async () => {
    const variable = { name: 'READ_ONLY', value: 'yes; $(rm -rf /)' };
    const { quiet } = await cycle(shop(), { settings: { variable } });
    expect(quiet.configVars).toEqual({ LANG: 'C', READ_ONLY: 'yes; $(rm -rf /)' });
  });

  it('waits for the release phase on both ways', async () => {
    const formation = { web: {}, worker: {}, release: { command: 'rake db:migrate' } };
    const { engine, as } = await cycle(shop({ formation, times: { releasePhaseMs: 90_000 } }));
    expect(as).toBe('restored');
    expect(engine.world.app('shop').releases.map(({ status }) => status)).not.toContain('pending');
    expect(engine.world.app('shop').releases).toHaveLength(14);
  });
});

describe('the app itself', () => {
  it('stays in maintenance mode where it was in it before', async () => {
    const { engine } = await cycle(shop({ maintenance: true }));
    expect(engine.writes().filter(({ body }) => JSON.stringify(body).includes('maintenance'))).toEqual([]);
  });

  it('may have nothing but web', async () => {
    const { engine, as } = await cycle(shop({ formation: { web: {} } }));
    expect(as).toBe('restored');
    expect(sentTo(engine, '/formation')).toEqual([]);
    expect(engine.sandbox.requests.list({ service: 'scheduler' })).toEqual([]);
  });

  it('may have no code and no release yet', async () => {
    expect((await cycle(shop({ releases: 0, formation: {} }))).as).toBe('restored');
  });

  it('may be as quiet wants it already: then nothing is sent at all', async () => {
    const formation = { web: {}, worker: { quantity: 0 } };
    const app = shop({ maintenance: true, formation, config: { MAINTENANCE: 'true' } });
    const { engine, as } = await cycle(app, {}, ['already-set']);
    expect(engine.writes()).toEqual([]);
    expect(as).toBe('cancelled');
  });
});

describe('answers of another shape', () => {
  it('understands quantities as strings, fields that nobody knows, and states of dynos that nobody knows', async () => {
    let odd = 3;
    const { engine, as } = await cycle(shop({ times: { startMs: 2_000, stopMs: 2_000 } }), {
      through: {
        answer({ path }, json) {
          if (!Array.isArray(json)) return json;
          const list: readonly unknown[] = json;
          return list.map((one) => {
            if (typeof one !== 'object' || one === null) return one;
            const more = { ...one, moon: { phase: 'full' } };
            if (path.endsWith('/formation') && 'quantity' in one) return { ...more, quantity: String(one.quantity) };
            if (path.endsWith('/dynos') && odd > 0) {
              odd -= 1;
              return { ...more, state: 'hibernating' };
            }
            return more;
          });
        },
      },
    });
    expect(as).toBe('restored');
    expect(engine.world.dynoCounts('shop')).toEqual({ web: 1, worker: 2 });
  });

  it('does not begin where the formation cannot be understood', async () => {
    const engine = await engineFor({
      apps: [shop()],
      through: {
        answer: ({ path }, json) => (path.endsWith('/formation') ? [{ type: 'worker', quantity: -1 }] : json),
      },
    });
    const { id } = await engine.start('shop');
    const { ended } = await engine.ended(id);
    expect(ended).toMatchObject({ as: 'cancelled', why: expect.stringMatching(/preflight failed.*shape/) });
    expect(engine.writes()).toEqual([]);
  });
});
