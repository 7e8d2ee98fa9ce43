// A client of Advanced Scheduler's triggers: those calls of its Service API that its own Heroku CLI plugin makes. A state
// is changed by sending the whole trigger, so all of it is kept as it came, with fields that nobody told us of.

import { z } from 'zod';
import type { Json } from '../../model/json.ts';
import type { Call } from '../api/call.ts';
import { HerokuError } from '../api/heroku-error.ts';
import { parse } from '../api/shape.ts';
import { type AddOn, type AddOnOptions, connected } from './add-on-api.ts';

export const ADVANCED_SCHEDULER = 'Advanced Scheduler';

/** For doctor and README. */
export const ADVANCED_SCHEDULER_UNVERIFIED =
  'Advanced Scheduler: its calls are written after the source of its own Heroku CLI plugin, and were never tried against the real service.';

export const advancedSchedulerVariable = 'ADVANCED_SCHEDULER_API_TOKEN';

export const triggerState = z.enum(['active', 'inactive', 'completed']);
export type TriggerState = z.infer<typeof triggerState>;

const Trigger = z.looseObject({
  // It becomes part of a path, and of what people are told to type.
  uuid: z.string().regex(/^[\w-]{1,64}$/),
  name: z.string(),
  /** The command. */
  value: z.string(),
  /** `recurring` or `one-off`. */
  frequencyType: z.string(),
  schedule: z.string(),
  timezone: z.string(),
  state: triggerState,
});

/** With whatever else came. */
export type Trigger = z.infer<typeof Trigger>;

const Listed = z.object({ triggers: z.array(Trigger) });
const One = z.object({ trigger: Trigger });

const addOn: AddOn = {
  name: ADVANCED_SCHEDULER,
  variable: advancedSchedulerVariable,
  dashboard: '"heroku addons:open advanced-scheduler"',
  kind: 'needs-human',
  remedy:
    'The API of Advanced Scheduler seems to have changed: look at the triggers in its dashboard ' +
    '("heroku addons:open advanced-scheduler"), deactivate them there, and report this.',
};

export interface Triggers {
  all(): Promise<readonly Trigger[]>;
  /** As it is at this moment; null where it is gone. */
  one(uuid: string): Promise<Trigger | null>;
  /** Sends all of it. What it answers is not believed: read it back. */
  put(trigger: Trigger): Promise<void>;
}

export interface AdvancedScheduler {
  /** Does `work` with this token. `appId` only names the shared read. */
  open<T>(call: Call, appId: string, token: string, work: (triggers: Triggers) => Promise<T>): Promise<T>;
}

export function createAdvancedScheduler(options: AddOnOptions): AdvancedScheduler {
  const path = (uuid: string) => `/triggers/${encodeURIComponent(uuid)}`;
  return {
    open: (call, appId, token, work) =>
      connected(options, addOn, '', token, (send) =>
        work({
          all: () =>
            call.reads.once(
              `advanced-scheduler:${appId}`,
              async () => parse(Listed, await send(call, { method: 'GET', path: '/triggers' }), addOn).triggers,
            ),
          async one(uuid) {
            try {
              return parse(One, await send(call, { method: 'GET', path: path(uuid) }), addOn).trigger;
            } catch (error) {
              if (error instanceof HerokuError && error.status === 404) return null;
              throw error;
            }
          },
          async put(trigger) {
            try {
              await send(call, {
                method: 'PUT',
                path: path(trigger.uuid),
                body: json(trigger),
                secrets: [trigger.value],
                changes: ['advanced-scheduler:'],
              });
            } catch (error) {
              if (!(error instanceof HerokuError) || error.status === null || error.status > 299) throw error;
            }
          },
        }),
      ),
  };
}

const body = z.json();

/** It came as JSON, so it is JSON. */
function json(trigger: Trigger): Json {
  return body.parse(trigger);
}
