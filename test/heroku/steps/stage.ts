// Heroku's steps on the sandbox, without an engine: the clients over real HTTP, and the context of a run.

import { afterEach } from 'vitest';
import { createHeroku } from '../../../src/heroku/api/client.ts';
import { createHerokuScheduler } from '../../../src/heroku/schedulers/heroku-scheduler.ts';
import { herokuSteps } from '../../../src/heroku/steps/index.ts';
import { subscription } from '../../../src/heroku/webhooks/subscription.ts';
import type { Json } from '../../../src/model/json.ts';
import { defaultSettings, type Settings } from '../../../src/model/settings.ts';
import type { AnyHold, AnyStep, Change, Cx, Item, Seen, Verdict, Way } from '../../../src/model/step.ts';
import { sharedReads } from '../../../src/run/reads.ts';
import { type AppDescription, SandboxClock, startSandbox } from '../../../src/sandbox/index.ts';
import { START } from '../../helpers/engine.ts';

export const RUN = 'm0contract';
export const ORIGIN = 'https://maint.example.com';

export type Stage = Awaited<ReturnType<typeof startStage>>;

async function startStage(app: AppDescription, settings: Partial<Settings>) {
  const clock = new SandboxClock({ manual: true, start: START });
  const sandbox = await startSandbox({ clock });
  const { id, name } = sandbox.world.addApp(app);
  const { token, url, schedulerUrl } = sandbox.heroku;
  const heroku = createHeroku({ apiUrl: url, token, pauses: [1, 1] });
  const scheduler = createHerokuScheduler({ url: schedulerUrl, token, pauses: [1, 1] });
  const steps = herokuSteps(heroku, scheduler, subscription(ORIGIN, token));
  /** As a turn of the driver would have it: with reads of its own. */
  const cx = (since = START): Cx => ({
    app: { id, name },
    run: RUN,
    // All workers at once: their way back in parts has a test of its own.
    settings: { ...defaultSettings, canary: 0, ...settings },
    now: clock.now(),
    since,
    priority: 'run',
    asking: 'a test',
    signal: new AbortController().signal,
    fence() {},
    reads: sharedReads(),
  });
  return {
    clock,
    sandbox,
    world: sandbox.world,
    heroku,
    scheduler,
    steps,
    cx,
    settings: () => sandbox.world.settings(name),
    hold: (step: string) => holdIn(steps.quiet, step),
    async close() {
      heroku.close();
      scheduler.close();
      await sandbox.close();
    },
  };
}

export function stages(): (app: AppDescription, settings?: Partial<Settings>) => Promise<Stage> {
  const open: Stage[] = [];
  afterEach(async () => {
    for (const stage of open.splice(0)) await stage.close();
  });
  return async (app, settings = {}) => {
    const stage = await startStage(app, settings);
    open.push(stage);
    return stage;
  };
}

export function holdsOf(steps: readonly AnyStep[]): readonly AnyHold[] {
  return steps.filter((step) => step.kind === 'hold');
}

function holdIn(steps: readonly AnyStep[], name: string): AnyHold {
  const found = holdsOf(steps).find((hold) => hold.name === name);
  if (found === undefined) throw new Error(`Expected a hold ${name}`);
  return found;
}

/** What the hold sees, by key, for Heroku lists in an order of its own; throws where it refuses. */
export async function look(stage: Stage, hold: AnyHold): Promise<readonly Seen<Json>[]> {
  const seen = await hold.look(stage.cx());
  if (seen.is !== 'seen') throw new Error(`Expected to see the items of ${hold.name}, got ${seen.is}: ${seen.why}`);
  return seen.items.toSorted((a, b) => a.key.localeCompare(b.key));
}

/** The items as they were captured, with nothing sent yet. */
export async function capture(stage: Stage, hold: AnyHold): Promise<readonly Item<Json>[]> {
  return (await look(stage, hold)).map(({ key, label, value }) => ({ key, label, before: value, sent: [] }));
}

export function changes(stage: Stage, hold: AnyHold, items: readonly Item<Json>[], way: Way): readonly Change<Json>[] {
  return items.map((item) => ({ key: item.key, value: hold.aim(stage.cx(), item, way, null) }));
}

/** Settles, and lets the time pass that it asks for, until it has an answer. */
export async function settled(
  stage: Stage,
  hold: AnyHold,
  way: Way,
  items: readonly Item<Json>[],
): Promise<{ verdict: Verdict<Json>; whys: readonly string[] }> {
  const since = stage.clock.now();
  const whys: string[] = [];
  for (let looks = 0; looks < 1_000; looks += 1) {
    const verdict = await hold.settle(stage.cx(since), way, items, null);
    if (verdict.is !== 'waiting') return { verdict, whys };
    whys.push(verdict.why);
    stage.clock.advance(verdict.look);
  }
  throw new Error(`Expected ${hold.name} to settle, it waits: ${whys.at(-1)}`);
}
