// A client of HireFire's API (https://docs.hirefire.io): the applications that it knows, and the managers that scale their
// process types. An API key belongs to a HireFire account, so it comes with every call and is kept nowhere.

import { z } from 'zod';
import type { Call } from '../api/call.ts';
import { HerokuError } from '../api/heroku-error.ts';
import { type OtherOptions, otherSide, otherwise } from '../api/other-side.ts';
import { type OtherShape, parse } from '../api/shape.ts';
import type { Answer, Request } from '../api/transport.ts';

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
const Whose = z.object({ manager: z.object({ application_id: Id }) });

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

export type HireFireOptions = OtherOptions;

export interface HireFire {
  /** All that the key's account knows. */
  applications(call: Call, access: Access): Promise<readonly Application[]>;
  managers(call: Call, access: Access, applicationId: string): Promise<readonly Manager[]>;
  /** The id of the application that a manager is of; null where there is no such manager any more. */
  applicationOf(call: Call, access: Access, managerId: string): Promise<string | null>;
  /** Sets the whole manager, as public clients do; answers it as it then is, which the caller compares. */
  update(call: Call, access: Access, manager: Manager): Promise<Manager>;
  close(): void;
}

/** Nobody adds an application and has it scaled within a minute. */
const KEPT_MS = 60_000;

export function createHireFire(options: HireFireOptions): HireFire {
  const { send: sendWith, close } = otherSide(options, {
    name: OTHER.name,
    // Each call brings its own.
    token: '',
    accept: 'application/vnd.hirefire.v1+json',
    inItsWords: (error) => otherwise(error, { ...whatToDo(error), notBefore: error.notBefore }),
  });
  const send = (call: Call, { key }: Access, request: Request): Promise<Answer> =>
    sendWith(call, { ...request, headers: { Authorization: `Token ${key}` } });

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
    applicationOf: (call, access, managerId) =>
      call.reads.once(
        `hirefire-application-of:${managerId}`,
        async () => {
          try {
            const answer = await send(call, access, {
              method: 'GET',
              path: `/managers/${encodeURIComponent(managerId)}`,
            });
            return parse(Whose, answer, OTHER).manager.application_id;
          } catch (error) {
            if (error instanceof HerokuError && error.status === 404) return null;
            throw error;
          }
        },
        KEPT_MS,
      ),
    async update(call, access, manager) {
      const answer = await send(call, access, {
        method: 'PATCH',
        path: `/managers/${encodeURIComponent(manager.id)}`,
        body: { manager },
        changes: ['hirefire-managers:'],
      });
      return parse(OneManager, answer, OTHER).manager;
    },
    close,
  };
}

/** At HireFire: the transport's own remedies are about Heroku. */
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
