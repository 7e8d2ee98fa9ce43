// Heroku as the engine sees it: how an app is found, the steps, the preflight and the doctor.
import { distance } from 'fastest-levenshtein';
import type { Found, Platform } from '../model/platform.ts';
import type { Calling } from '../model/step.ts';
import { herokuActivity } from './activity.ts';
import type { Heroku } from './api/client.ts';
import { HerokuError } from './api/heroku-error.ts';
import { herokuDoctor } from './doctor.ts';
import { herokuInventory } from './inventory/index.ts';
import type { Itself } from './itself.ts';
import { herokuPreflight } from './preflight.ts';
import { herokuQueues } from './queues.ts';
import type { HerokuScheduler } from './schedulers/heroku-scheduler.ts';
import type { AddOns } from './services.ts';
import { herokuSteps } from './steps/index.ts';
import { herokuStrays } from './strays.ts';
import type { Subscription } from './webhooks/subscription.ts';
import { herokuWork } from './work.ts';

/**
 * `subscription`: null where maint has no public address, so that Heroku cannot tell it of changes. `addOns`: null leaves out
 * the steps that hold them.
 */
export function herokuPlatform(
  heroku: Heroku,
  scheduler: HerokuScheduler,
  itself: Itself,
  subscription: Subscription | null = null,
  addOns: AddOns | null = null,
): Platform {
  const queues = herokuQueues(heroku);
  const steps = herokuSteps(heroku, scheduler, subscription, { addOns, queues, itself });
  return {
    find: (calling, name) => find(heroku, calling, name),
    async app(calling, id) {
      const { name } = await heroku.apps.info(calling, id);
      return { id, name };
    },
    exists: async (calling, id) => (await isThere(heroku, calling, id)) || isThere(heroku, calling, id),
    activity: (cx, mark) => herokuActivity(heroku, cx, mark),
    strays: herokuStrays(heroku),
    quiet: steps.quiet,
    back: steps.back,
    preflight: (cx, looks) => herokuPreflight(heroku, itself, cx, looks, queues),
    inventory: (cx, looks, window) => herokuInventory({ heroku, scheduler, addOns, queues }, cx, looks, window),
    doctor: (cx, looks) => herokuDoctor(heroku, cx, looks),
    work: herokuWork(heroku),
  };
}

async function find(heroku: Heroku, calling: Calling, name: string): Promise<Found> {
  try {
    const app = await heroku.apps.info(calling, name);
    return { is: 'found', app: { id: app.id, name: app.name } };
  } catch (error) {
    // 403: Heroku says so of apps that belong to somebody else.
    if (!(error instanceof HerokuError) || (error.status !== 404 && error.status !== 403)) throw error;
  }
  const names = (await heroku.apps.list(calling)).map((app) => app.name);
  return { is: 'none', nearest: nearest(name, names) };
}

/** Asked twice where the answer is no: to give an app up for one stray answer would be worse than a call too many. */
async function isThere(heroku: Heroku, calling: Calling, id: string): Promise<boolean> {
  try {
    await heroku.apps.info(calling, id);
    return true;
  } catch (error) {
    // Only Heroku's own words: a proxy's 404 says nothing about the app.
    if (error instanceof HerokuError && (error.id === 'not_found' || error.id === 'forbidden')) return false;
    throw error;
  }
}

/** At most three, those that a typing mistake or a missing ending could have meant. */
function nearest(name: string, names: readonly string[]): readonly string[] {
  const far = Math.max(2, Math.floor(name.length / 3));
  return names
    .map((candidate) => ({ candidate, off: candidate.startsWith(name) ? 0 : distance(name, candidate) }))
    .filter(({ off }) => off <= far)
    .toSorted((a, b) => a.off - b.off || a.candidate.localeCompare(b.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}
