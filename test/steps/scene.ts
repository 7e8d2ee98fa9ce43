// The steps of an app with queues: Heroku's from the sandbox, where the addresses are config vars, and the queues for real.
import { herokuQueues } from '../../src/heroku/queues.ts';
import { herokuSteps } from '../../src/heroku/steps/index.ts';
import type { Json } from '../../src/model/json.ts';
import type { Settings } from '../../src/model/settings.ts';
import type { AnyHold, AnyStep, AnyWait, Verdict } from '../../src/model/step.ts';
import type { AppDescription } from '../../src/sandbox/index.ts';
import { shop } from '../helpers/engine.ts';
import { type Stage, stages } from '../heroku/steps/stage.ts';

export interface Scene extends Stage {
  readonly lists: { readonly quiet: readonly AnyStep[]; readonly back: readonly AnyStep[] };
  held(name: string): AnyHold;
  /** Settles a wait, letting the time pass that it asks for, until it says something else; `meanwhile` before each look. */
  waits(
    name: string,
    meanwhile?: (waited: number) => Promise<unknown>,
  ): Promise<{ verdict: Verdict<Json>; whys: string[]; memo: Json }>;
}

export function scenes(): (settings: Partial<Settings>, app?: Partial<AppDescription>) => Promise<Scene> {
  const stageFor = stages();
  return async (settings, app = {}) => {
    const stage = await stageFor(shop(app), settings);
    const lists = herokuSteps(stage.heroku, stage.scheduler, null, { queues: herokuQueues(stage.heroku) });
    const named = (name: string): AnyStep => {
      const found = lists.quiet.find((step) => step.name === name);
      if (found === undefined) throw new Error(`Expected a step ${name}`);
      return found;
    };
    return {
      ...stage,
      lists,
      held(name) {
        const step = named(name);
        if (step.kind !== 'hold') throw new Error(`Expected ${name} to be a hold`);
        return step;
      },
      async waits(name, meanwhile = async () => {}) {
        const step = named(name);
        if (step.kind !== 'wait') throw new Error(`Expected ${name} to be a wait`);
        return waited(stage, step, meanwhile);
      },
    };
  };
}

async function waited(stage: Stage, step: AnyWait, meanwhile: (waited: number) => Promise<unknown>) {
  const since = stage.clock.now();
  const whys: string[] = [];
  let memo: Json = null;
  for (let looks = 0; looks < 1_000; looks += 1) {
    await meanwhile(stage.clock.now() - since);
    // As the store keeps it.
    const verdict: Verdict<Json> = await step.settle(stage.cx(since), 'quiet', memo);
    if (verdict.is !== 'waiting') return { verdict, whys, memo };
    memo = JSON.parse(JSON.stringify(verdict.memo));
    if (whys.at(-1) !== verdict.why) whys.push(verdict.why);
    stage.clock.advance(verdict.look);
  }
  throw new Error(`Expected ${step.name} to settle, it waits: ${whys.at(-1)}`);
}
