// Command to quiet, and approval to restored, against the longest chain of calls that must follow each other, every one
// of which takes 100 ms here. The chain is written down by hand below: it is the claim that is measured against.
import { atOnce, startRig } from './rig.ts';

export const LATENCY = 100;

export const quietChain = [
  'GET the app by its name',
  'GET how everything stands (at once: app, formation, config vars, releases, builds, dynos, add-ons)',
  'PATCH maintenance mode on',
  'PATCH the formation',
  'GET the dynos: are they gone?',
  'GET the config vars: right before they are changed',
  'PATCH the config var',
  'GET the releases: is it through?',
  'GET the config vars of that release: does it carry ours?',
  'POST the log session: before the first look, or a dyno could start unseen',
  'GET the proof (at once: app, dynos, formation)',
];

export const backChain = [
  'GET what was shown, once more (at once: app, formation, config vars)',
  'PATCH the config var',
  'GET the releases: is it through?',
  'GET the config vars of that release: does it carry the old value?',
  'GET the dynos and the formation: is web up?',
  'GET the formation: right before it is changed',
  'PATCH the formation',
  'GET the dynos: are they up?',
  'GET the app: right before it is changed',
  'PATCH maintenance mode off',
  'GET the last look (at once: app, formation, config vars)',
];

export interface Measured {
  readonly ms: number;
  readonly ratio: number;
}

/** The median of five cycles, each of an app of its own. */
export async function chain(): Promise<{ quiet: Measured; back: Measured }> {
  const rig = await startRig(LATENCY);
  try {
    const quiet: number[] = [];
    const back: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      rig.addApp(atOnce(`chain-${i}`, null));
      const cycle = await rig.cycle(`chain-${i}`);
      // The first one warms connections and code up.
      if (i === 0) continue;
      quiet.push(cycle.quietMs);
      back.push(cycle.backMs);
    }
    return { quiet: against(quiet, quietChain.length), back: against(back, backChain.length) };
  } finally {
    await rig.close();
  }
}

function against(times: readonly number[], calls: number): Measured {
  const ms = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  return { ms, ratio: ms / (calls * LATENCY) };
}
