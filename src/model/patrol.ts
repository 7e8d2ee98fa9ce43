// How often an app that is held is looked at, and what is not quiet about it any more.
import type { Json } from './json.ts';
import { same } from './json.ts';
import { acceptedLoud, violationOf } from './questions.ts';
import { type ItemState, type Run, touched } from './run.ts';

/** In the place of a step's name, for troubles of the patrols are no step's. */
export const PATROL = 'patrol';

/** Calls of one patrol: the app, its formation, config vars, releases, dynos and add-ons, and one for what comes between. */
const CALLS = 7;
/** A tenth of what flows back into the bucket in an hour, 75 calls a minute. */
const CALLS_AN_HOUR = (75 * 60) / 10;
const LEAST = 60_000;
/** Where the platform tells of changes by itself, this finds only what it has not told: it tells once, and never again. */
const TOLD = 5 * 60_000;

/** Milliseconds from one patrol of an app to its next, so that those of all `apps` together take a tenth of the calls. */
export function patrolEvery(apps: number, told: boolean): number {
  const fair = Math.ceil((Math.max(1, apps) * CALLS * 3_600_000) / CALLS_AN_HOUR / 1_000) * 1_000;
  return Math.max(fair, told ? TOLD : LEAST);
}

/** What an item was set to in order to be quiet: what was sent for it last, or what it was where nothing had to be. */
export function wanted(item: ItemState): Json {
  return touched(item) ? (item.sent.at(-1) ?? null) : item.aim;
}

/**
 * What a patrol means for one item: it is quiet, it is `loud` and has to be told, or it is and was told already.
 * `aim`: what quiet wants of an item that no snapshot knows.
 */
export function loudness(
  run: Run,
  item: { readonly step: string; readonly key: string },
  now: Json,
  aim: Json,
): 'quiet' | 'loud' | 'told' {
  const known = run.items.find((one) => one.step === item.step && one.key === item.key);
  if (same(now, known === undefined ? aim : wanted(known))) return 'quiet';
  if (acceptedLoud(run, item, now)) return 'told';
  const last = violationOf(run, item);
  const underWay = run.steps.quiet.some((step) => step.name === item.step && step.state !== 'done');
  if (underWay && last?.withdrawn === null && last.answered?.answer === 'quiet-again') return 'told';
  const isOpen = last !== undefined && last.withdrawn === null && last.answered === null;
  return isOpen && last.about.is === 'violation' && same(last.about.now, now) ? 'told' : 'loud';
}

/** Items that a person wants quiet again, and the value that they were shown. */
export function wantedQuiet(run: Run, step: string): ReadonlyMap<string, Json> {
  const keys = new Map<string, Json>();
  for (const question of run.questions) {
    const { about } = question;
    if (about.is !== 'violation' || about.step !== step) continue;
    if (question.withdrawn === null && question.answered?.answer === 'quiet-again') keys.set(about.key, about.now);
    else keys.delete(about.key);
  }
  return keys;
}
