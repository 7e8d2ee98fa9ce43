// The inventory of an app on Heroku, put together from its sources, one file each. Reads only: what the preflight and the holds
// read at the same time is shared with them, and at most three calls are added.

import { type Inventory, limitsFrom, type Window } from '../../model/inventory.ts';
import type { Json } from '../../model/json.ts';
import type { Cx, Look, StepName } from '../../model/step.ts';
import type { Queues } from '../../steps/queues.ts';
import type { Heroku } from '../api/client.ts';
import { sharedLook } from '../queues.ts';
import type { HerokuScheduler } from '../schedulers/heroku-scheduler.ts';
import type { AddOns } from '../services.ts';
import { autoscalers } from './autoscalers.ts';
import { background } from './background.ts';
import type { Read } from './entry.ts';
import { readJobs, scheduledJobs } from './jobs.ts';
import { ofPeople, oneOffs } from './one-offs.ts';
import { processTypes } from './process-types.ts';
import { longestJob, queueEntries } from './queues.ts';
import { senders } from './senders.ts';
import { startersOf } from './starters.ts';
import { sharedStores } from './stores.ts';

export interface Sources {
  readonly heroku: Heroku;
  readonly scheduler: HerokuScheduler;
  /** Null: they are not held, and their jobs not listed. */
  readonly addOns: AddOns | null;
  readonly queues: Queues | null;
  /** Milliseconds of the machine's time that an app's log is read for at most; 5,000 when not said. */
  readonly patience?: number;
}

/** What a plan may cost more than without it. */
const CALLS = 3;

export async function herokuInventory(
  { heroku, scheduler, addOns, queues, patience = 5_000 }: Sources,
  cx: Cx,
  looks: Promise<ReadonlyMap<StepName, Look<Json>>>,
  window: Window,
): Promise<Inventory> {
  const id = cx.app.id;
  const [formation, dynos, addons, vars, looked, lists, found] = await Promise.all([
    heroku.formation.list(cx, id),
    heroku.dynos.list(cx, id),
    heroku.addons.list(cx, id),
    heroku.configVars.get(cx, id),
    queues === null ? [] : sharedLook(queues, cx),
    readJobs(heroku, scheduler, addOns, cx),
    looks,
  ]);
  const read: Read = { cx, window, formation, dynos, addons, vars, looks: found };
  const people = ofPeople(read);
  const jobs = scheduledJobs(read, lists);
  const [starters, stores] = await Promise.all([
    people.length === 0 ? new Map<string, string>() : startersOf(heroku, cx, people, patience),
    sharedStores(heroku, read, people.length === 0 ? CALLS : CALLS - 1),
  ]);
  const longest = longestJob(looked);
  return {
    window,
    entries: [
      ...processTypes(read),
      ...background(read),
      ...jobs.map(({ entry }) => entry),
      ...autoscalers(read),
      ...oneOffs(read, jobs, starters),
      ...queueEntries(read, looked),
      ...stores,
      ...senders(cx.settings.senders),
    ],
    limits: longest === null ? null : limitsFrom(longest, cx.settings),
  };
}
