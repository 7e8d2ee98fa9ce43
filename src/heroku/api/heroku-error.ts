// What a call to Heroku ends with when it does not end well: the status, Heroku's own id and message, the request id to
// quote to its support, and what a person can do. Statuses are explained here and nowhere else.

import { Trouble, type TroubleKind } from '../../errors.ts';

export interface HerokuErrorParts {
  readonly kind: TroubleKind;
  readonly message: string;
  readonly remedy: string;
  /** The HTTP status; null when no whole answer came. */
  readonly status: number | null;
  /** Heroku's word for what is wrong, such as `not_found`; null when it gave none. */
  readonly id: string | null;
  readonly requestId: string | null;
  readonly method: string;
  readonly path: string;
  readonly unclear?: boolean;
  /** Milliseconds from now, of the machine's time. */
  readonly notBefore?: number;
  /** Nothing at all can be done until it is mended, whichever call it is. */
  readonly wide?: boolean;
}

export class HerokuError extends Trouble {
  override readonly name = 'HerokuError';
  readonly status: number | null;
  readonly id: string | null;
  readonly requestId: string | null;
  readonly method: string;
  readonly path: string;

  constructor(parts: HerokuErrorParts) {
    super(parts.kind, parts.message, {
      remedy: parts.remedy,
      unclear: parts.unclear ?? false,
      notBefore: parts.notBefore ?? 0,
      wide: parts.wide ?? false,
    });
    this.status = parts.status;
    this.id = parts.id;
    this.requestId = parts.requestId;
    this.method = parts.method;
    this.path = parts.path;
  }
}

export interface Refusal {
  readonly status: number;
  readonly id: string | null;
  readonly method: string;
  readonly path: string;
  /** For 429: milliseconds until there is a token again. */
  readonly waitMs: number;
}

/** What kind of trouble a status is, and what to do about it. */
export function explain({ status, id, method, path, waitMs }: Refusal): { kind: TroubleKind; remedy: string } {
  switch (status) {
    case 401:
      return {
        kind: 'needs-human',
        remedy:
          'The token in HEROKU_API_KEY was revoked or has expired: make a new one with "heroku authorizations:create ' +
          '--scope read-protected,write-protected --description maint", put it into HEROKU_API_KEY and restart maint.',
      };
    case 402:
      return {
        kind: 'needs-human',
        remedy:
          'Heroku wants the account verified or a bill paid: look at https://dashboard.heroku.com/account/billing.',
      };
    case 403:
      return { kind: 'needs-human', remedy: forbidden(id, method, path) };
    case 404:
      return {
        kind: 'fatal',
        remedy: 'It was deleted, or the account of HEROKU_API_KEY has no access to it: check with "heroku apps:info".',
      };
    case 429:
      return {
        kind: 'retryable',
        remedy: `The account's calls are used up; they flow back at about 75 a minute. maint goes on in ${seconds(waitMs)}.`,
      };
    case 408:
    case 409:
      return { kind: 'retryable', remedy: 'Something else is changing it at the moment; the call is made again.' };
    case 422:
      return { kind: 'fatal', remedy: 'Heroku understood the request and refused it: do what its message says.' };
    default:
      if (status >= 500) {
        return {
          kind: 'retryable',
          remedy: 'The fault is on the side of Heroku: see https://status.heroku.com. The call is made again.',
        };
      }
      return {
        kind: 'fatal',
        remedy: 'maint did not expect this answer; quote the request id to the support of Heroku, and report it.',
      };
  }
}

function forbidden(id: string | null, method: string, path: string): string {
  if (id === 'suspended') return 'The app or the account is suspended: ask the support of Heroku.';
  const wants =
    path.includes('/config-vars') || method !== 'GET'
      ? `${method === 'GET' ? 'read-protected' : 'write-protected'} (or global)`
      : 'read (or global)';
  return (
    `The token needs the scope ${wants}, and its account the matching permission on the app ` +
    '(deploy and operate, in a team): see "heroku authorizations" and "heroku access".'
  );
}

export function seconds(ms: number): string {
  return `${Math.max(1, Math.ceil(ms / 1_000))} s`;
}
