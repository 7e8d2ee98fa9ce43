// A client of Heroku's own autoscaling of web dynos. It is no part of the Platform API: these are the calls that the
// Heroku CLI (`ps:autoscale:enable` and `:disable`) and the dashboard make, so every answer is parsed strictly.

import { z } from 'zod';
import type { Call } from '../api/call.ts';
import { HerokuError } from '../api/heroku-error.ts';
import { type OtherOptions, otherSide, otherwise } from '../api/other-side.ts';
import { type OtherShape, parse, parseList } from '../api/shape.ts';
import type { Answer } from '../api/transport.ts';

/** For the doctor and the README. */
export const HEROKU_AUTOSCALING_UNTRIED =
  "Heroku's own autoscaling is switched with the calls that the Heroku CLI makes, which are not official; maint's use of them " +
  'was tried against a stand-in only, never against Heroku.';

/** Any other monitor only warns people. */
const Any = z.looseObject({ action_type: z.string().nullish() });

/**
 * What switches a monitor on. The CLI sends all that is named here whenever it does so; what it does not know is kept and
 * sent with it.
 */
const ScalingOn = z
  .object({
    is_active: z.literal(true),
    min_quantity: z.number().int().nonnegative(),
    max_quantity: z.number().int().nonnegative(),
    /** The 95th percentile of response times that is wanted, in milliseconds. */
    value: z.number().nonnegative(),
  })
  .catchall(z.json());
/** While it is off its other values do nothing, and whether Heroku goes on showing them is not known: they are not compared. */
const ScalingOff = z.strictObject({ is_active: z.literal(false) });
export const Scaling = z.union([ScalingOff, ScalingOn]);
export type Scaling = z.infer<typeof Scaling>;

// It becomes part of a path.
const Id = z.string().regex(/^[\w-]{1,64}$/);
const Off = z.looseObject({ id: Id, is_active: z.literal(false) });
const On = ScalingOn.extend({ id: Id });

/** Of a monitor, but no value of its settings: set by Heroku, or a name for people. What says a time is left out too. */
const NOT_SET = [
  'id',
  'app_id',
  'metric_uuid',
  'process_type',
  'name',
  'state',
  // How many there are now, and of which size: to send them would scale.
  'quantity',
  'dyno_size',
];

export interface Monitor {
  readonly id: string;
  readonly scaling: Scaling;
}

const CHANGED: OtherShape = {
  name: "Heroku's autoscaling",
  kind: 'needs-human',
  remedy:
    "The API of Heroku's autoscaling is not official and seems to have changed: switch the autoscaling of web off by hand, with " +
    '"heroku ps:autoscale:disable" or under Resources in the dashboard, and report this.',
};

export interface HerokuAutoscalingOptions extends OtherOptions {
  readonly token: string;
}

export interface HerokuAutoscaling {
  /** What scales web dynos, of an app by its id (not its name); empty where nothing does. */
  monitors(call: Call, appId: string): Promise<readonly Monitor[]>;
  /** Heroku answers with nothing but that it has accepted this (202): what came of it, only another look says. */
  set(call: Call, appId: string, monitorId: string, scaling: Scaling): Promise<void>;
  close(): void;
}

export function createHerokuAutoscaling(options: HerokuAutoscalingOptions): HerokuAutoscaling {
  const { send, close } = otherSide(options, {
    name: CHANGED.name,
    token: options.token,
    accept: 'application/vnd.heroku+json; version=3',
    inItsWords: unofficial,
  });
  const path = (appId: string) => `/apps/${encodeURIComponent(appId)}/formation/web/monitors`;

  return {
    monitors: (call, appId) =>
      call.reads.once(`autoscaling:${appId}`, async () => {
        const answer = await answerOrNone(send(call, { method: 'GET', path: path(appId) }));
        return answer === null ? [] : scaling(answer);
      }),
    async set(call, appId, monitorId, values) {
      await send(call, {
        method: 'PATCH',
        path: `${path(appId)}/${encodeURIComponent(monitorId)}`,
        // `op` and `period` are asked for with every change; the CLI knows no others than these.
        body: { op: 'GREATER_OR_EQUAL', period: 1, ...values },
        changes: ['autoscaling:'],
      });
    },
    close,
  };
}

/** Only Heroku's own words say that there is none: any other 404 may come from a proxy, or from an API that has moved. */
async function answerOrNone(sent: Promise<Answer>): Promise<Answer | null> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof HerokuError && error.status === 404 && error.id === 'not_found') return null;
    throw error;
  }
}

function scaling(answer: Answer): readonly Monitor[] {
  if (answer.json === null) return [];
  const own = parseList(Any, answer, CHANGED).filter(({ action_type }) => action_type === 'scale');
  return own.map((one) => {
    // By itself, so that what is said of a misfit is about the one kind that it is.
    if (one['is_active'] === false) return { id: part(Off, one, answer).id, scaling: { is_active: false } };
    const monitor = part(On, one, answer);
    return { id: monitor.id, scaling: settings(monitor) };
  });
}

function part<S extends z.ZodType>(schema: S, json: unknown, answer: Answer): z.infer<S> {
  return parse(schema, { ...answer, json }, CHANGED);
}

function settings({ is_active, min_quantity, max_quantity, value, ...rest }: z.infer<typeof On>): Scaling {
  const others = Object.entries(rest).filter(
    ([name, held]) => !NOT_SET.includes(name) && !name.endsWith('_at') && held !== null,
  );
  return { ...Object.fromEntries(others), is_active, min_quantity, max_quantity, value };
}

/** An answer that no API of this shape gives (a redirect, a page, another version) waits for a person, not for time. */
function unofficial(error: HerokuError): HerokuError {
  const { status } = error;
  const known = status === null || [401, 402, 403, 408, 409, 422, 429].includes(status) || status >= 500;
  return known || (status === 404 && error.id === 'not_found') ? error : otherwise(error, CHANGED);
}
