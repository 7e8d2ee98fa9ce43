// A client of HireFire's API (https://docs.hirefire.io): the applications that it knows, and the managers that scale their
// process types. An API key belongs to a HireFire account, so it comes with every call and is kept nowhere.

import { z } from 'zod';
import type { Call } from '../api/call.ts';
import { MOST_BYTES, PAUSES_MS } from '../api/client.ts';
import { HerokuError } from '../api/heroku-error.ts';
import { type OtherShape, parse } from '../api/shape.ts';
import { type Answer, createTransport, type Request, type RequestLine } from '../api/transport.ts';

/** For the doctor and the README. */
export const HIREFIRE_UNTRIED =
  "maint's use of HireFire's API follows its documentation and public clients; it was tried against a stand-in only, never " +
  'against HireFire.';

/**
 * The names under which public clients keep the API key. `HIREFIRE_TOKEN` is none: with that one the app's own library
 * sends its measurements.
 */
export const API_KEYS = ['HIREFIRE_API_KEY', 'HIREFIRE_API_TOKEN'] as const;

// They become part of a path.
const Id = z.string().regex(/^[\w-]{1,64}$/);

const Application = z.object({ id: Id, name: z.string() });
export type Application = z.infer<typeof Application>;

const Manager = z
  .object({
    id: Id,
    /** The process type. */
    name: z.string(),
    enabled: z.boolean(),
  })
  .catchall(z.json());
/** With everything that HireFire gave, which may hold other people's secrets (`new_relic_api_key`): never stored, never shown. */
export type Manager = z.infer<typeof Manager>;

const Applications = z.object({ applications: z.array(Application) });
const Managers = z.object({ managers: z.array(Manager) });
const OneManager = z.object({ manager: Manager });

const OTHER: OtherShape = {
  name: 'HireFire',
  kind: 'needs-human',
  remedy:
    'The API of HireFire seems to have changed: switch its managers off by hand at https://manager.hirefire.io, and report this.',
};

export interface Access {
  readonly appId: string;
  readonly key: string;
}

export interface HireFireOptions {
  readonly url: string;
  /** Milliseconds for one attempt, the whole body included: 20,000 for reads and 8,000 for writes when not said. */
  readonly timeouts?: { readonly read?: number; readonly write?: number };
  readonly pauses?: readonly number[];
  readonly log?: (line: RequestLine) => void;
  readonly now?: () => number;
}

export interface HireFire {
  /** All that the key's account knows. */
  applications(call: Call, access: Access): Promise<readonly Application[]>;
  managers(call: Call, access: Access, applicationId: string): Promise<readonly Manager[]>;
  /** Sets the whole manager, as public clients do; answers it as it then is, which the caller compares. */
  update(call: Call, access: Access, manager: Manager): Promise<Manager>;
  close(): void;
}

/** Nobody adds an application and has it scaled within a minute. */
const KEPT_MS = 60_000;

export function createHireFire(options: HireFireOptions): HireFire {
  const transport = createTransport({
    name: OTHER.name,
    url: options.url,
    // Each call brings its own.
    token: '',
    headers: { Accept: 'application/vnd.hirefire.v1+json' },
    contentType: 'application/json',
    // Its messages could repeat what was sent.
    quotes: false,
    whole: false,
    bucket: null,
    timeouts: { read: options.timeouts?.read ?? 20_000, write: options.timeouts?.write ?? 8_000 },
    pauses: options.pauses ?? PAUSES_MS,
    concurrency: 2,
    maxBytes: MOST_BYTES,
    now: options.now ?? (() => performance.now()),
    log: options.log,
  });

  const send = async (call: Call, { key }: Access, request: Request): Promise<Answer> => {
    try {
      return await transport.send(call, { ...request, headers: { Authorization: `Token ${key}` } });
    } catch (error) {
      throw error instanceof HerokuError ? inItsWords(error) : error;
    }
  };

  return {
    applications: (call, access) =>
      call.reads.once(
        `hirefire-applications:${access.appId}`,
        async () =>
          parse(Applications, await send(call, access, { method: 'GET', path: '/applications' }), OTHER).applications,
        KEPT_MS,
      ),
    managers: (call, access, applicationId) =>
      call.reads.once(`hirefire-managers:${applicationId}`, async () => {
        const path = `/applications/${encodeURIComponent(applicationId)}/managers`;
        return parse(Managers, await send(call, access, { method: 'GET', path }), OTHER).managers;
      }),
    async update(call, access, manager) {
      const answer = await send(call, access, {
        method: 'PATCH',
        path: `/managers/${encodeURIComponent(manager.id)}`,
        body: { manager },
        changes: ['hirefire-managers:'],
      });
      return parse(OneManager, answer, OTHER).manager;
    },
    close: () => transport.close(),
  };
}

/** What is to be done about it at HireFire: the transport's own remedies are about Heroku. */
function inItsWords(error: HerokuError): HerokuError {
  const { kind, remedy } = whatToDo(error);
  return new HerokuError({
    kind,
    message: error.message,
    remedy,
    status: error.status,
    id: error.id,
    requestId: error.requestId,
    method: error.method,
    path: error.path,
    unclear: error.unclear,
    notBefore: error.notBefore,
  });
}

function whatToDo({ status, kind }: HerokuError): Pick<OtherShape, 'kind' | 'remedy'> {
  if (status === 401 || status === 403) {
    return {
      kind: 'needs-human',
      remedy: `HireFire refuses the API key: put a valid one into the app's config var ${API_KEYS[0]}.`,
    };
  }
  if (status === 404 || status === 422) {
    return { kind, remedy: 'Look at the managers of the app at https://manager.hirefire.io.' };
  }
  if (kind === 'retryable')
    return { kind, remedy: 'The call is made again. If it lasts, see https://status.hirefire.io.' };
  return { kind: OTHER.kind, remedy: OTHER.remedy };
}
