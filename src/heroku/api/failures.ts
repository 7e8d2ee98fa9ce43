// Turns what came of one attempt into the error that the caller would get, and says whether a repeat may help. Messages
// name what was sent by method and path only; Heroku's own words are left out where they repeat a secret.

import type { Bucket } from './bucket.ts';
import type { Exchange } from './exchange.ts';
import { explain, HerokuError, seconds } from './heroku-error.ts';
import { parseJson } from './json-body.ts';
import type { Request } from './transport.ts';

export interface Context {
  readonly name: string;
  readonly request: Request;
  readonly token: string;
  /** A look that can wait: what is left in the bucket is kept for others. */
  readonly canWait: boolean;
  /** Whether the other side's own message may be repeated. */
  readonly quotes: boolean;
  /** Whether a refused token is refused for everything: the Scheduler, an add-on, may refuse what Heroku takes. */
  readonly whole: boolean;
}

export interface Failure {
  /** Whether the same request may be sent again at once. */
  readonly again: boolean;
  /** Whether it may have taken effect. */
  readonly unclear: boolean;
  /** Milliseconds that it asks to wait. */
  readonly waitMs: number;
  /** `unclear`: whether this or an earlier attempt may have taken effect. */
  error(unclear: boolean): HerokuError;
}

type Nothing = Extract<Exchange, { is: 'nothing' }>;
type Answered = Extract<Exchange, { is: 'answer' }>;

const writes = (request: Request) => request.method !== 'GET';
const call = (request: Request) => `${request.method} ${request.path}`;

const LOOK_FIRST = ' It may have been carried out all the same: look before sending it again.';

/** The status page is a help for what is not in our own hands. */
const ELSEWHERE =
  'The call is made again. If it lasts, see https://status.heroku.com and the connection of this machine.';

export function unanswered({ name, request }: Context, nothing: Nothing): Failure {
  const code = nothing.code === null ? '' : ` (${nothing.code})`;
  const what = {
    'no-connection': `no connection${code}`,
    reset: `the connection was lost before an answer${code}`,
    cut: `the connection was lost in the middle of the answer${code}`,
    'time-out': 'no whole answer in time',
    'too-big': 'an answer that is too big',
    stopped: 'the call was stopped',
  }[nothing.why];
  const unclear = writes(request) && nothing.sent;
  return {
    // An answer that is too big will be so again at once.
    again: nothing.why !== 'too-big' && !(request.onlyOnce === true && nothing.sent),
    unclear,
    waitMs: 0,
    error: (everUnclear) =>
      new HerokuError({
        kind: 'retryable',
        message: `Expected an answer of ${name} to ${call(request)}, got none: ${what}.`,
        remedy: ELSEWHERE + (everUnclear ? LOOK_FIRST : ''),
        status: null,
        id: null,
        requestId: null,
        method: request.method,
        path: request.path,
        unclear: everUnclear,
      }),
  };
}

export function refused(context: Context, answer: Answered, bucket: Bucket | null): Failure {
  const { name, request } = context;
  const { status } = answer;
  const said = words(context, answer.text);
  const asked = retryAfter(answer.header('retry-after'));
  const waitMs = status === 429 ? (asked ?? (bucket === null ? 60_000 : 0)) : (asked ?? 0);
  const server = status >= 500 || status === 408;
  const requestId = answer.header('request-id');
  const id = said.id === null ? '' : `, id ${said.id}`;
  return {
    again: status === 429 || (server && request.onlyOnce !== true),
    unclear: writes(request) && server,
    waitMs,
    error: (everUnclear) => {
      const { kind, remedy } = explain({ status, id: said.id, method: request.method, path: request.path, waitMs });
      return new HerokuError({
        kind,
        message:
          `Expected ${name} to accept ${call(request)}, got ${status}: ${said.message} ` +
          `(request ${requestId ?? 'without an id'}${id}).`,
        remedy: remedy + (everUnclear ? LOOK_FIRST : ''),
        status,
        id: said.id,
        requestId,
        method: request.method,
        path: request.path,
        unclear: everUnclear,
        notBefore: kind === 'retryable' ? waitMs : 0,
        wide: status === 401 && context.whole,
      });
    },
  };
}

export function notJson({ name, request }: Context, answer: Answered): Failure {
  return {
    again: request.onlyOnce !== true,
    unclear: writes(request),
    waitMs: 0,
    error: (everUnclear) =>
      new HerokuError({
        kind: 'retryable',
        message:
          `Expected JSON from ${name} for ${call(request)}, got ${answer.text.length} characters that are none ` +
          `(request ${answer.header('request-id') ?? 'without an id'}).`,
        remedy: ELSEWHERE + (everUnclear ? LOOK_FIRST : ''),
        status: answer.status,
        id: null,
        requestId: answer.header('request-id'),
        method: request.method,
        path: request.path,
        unclear: everUnclear,
      }),
  };
}

/** No token within the patience of a call; after a failure, the reason why there is no repeat. */
export function emptyBucket(context: Context, before: Failure | null, waitMs: number, unclear: boolean): HerokuError {
  const { name, request, canWait } = context;
  const earlier = before?.error(unclear);
  const none = canWait
    ? `Expected a call to be left for ${call(request)}, which can wait: the last nine tenths are kept for people and for restores; it may be made in ${seconds(waitMs)}.`
    : `Expected a call to be left for ${call(request)}, got none: ${name} allows the next in ${seconds(waitMs)}.`;
  const refusal = { id: 'rate_limit', method: request.method, path: request.path, waitMs };
  return new HerokuError({
    kind: 'retryable',
    message:
      earlier?.status === 429 || earlier === undefined
        ? none
        : `${earlier.message} No call is left to repeat it: ${name} allows the next in ${seconds(waitMs)}.`,
    remedy: explain({ ...refusal, status: 429 }).remedy + (unclear ? LOOK_FIRST : ''),
    status: earlier?.status ?? null,
    id: earlier?.id ?? null,
    requestId: earlier?.requestId ?? null,
    method: request.method,
    path: request.path,
    unclear,
    notBefore: waitMs,
  });
}

export function stopped({ name, request }: Context, sent: boolean): HerokuError {
  const unclear = sent && writes(request);
  return new HerokuError({
    kind: 'retryable',
    message: `Expected an answer of ${name} to ${call(request)}, got none: maint stopped waiting for it.`,
    remedy: `It is made again when maint goes on.${unclear ? LOOK_FIRST : ''}`,
    status: null,
    id: null,
    requestId: null,
    method: request.method,
    path: request.path,
    unclear,
  });
}

/** Heroku's `id` and `message`, on one line, cut to a length that a message can bear. */
function words({ request, token, quotes }: Context, text: string): { id: string | null; message: string } {
  const json = parseJson(text);
  const id = field(json, 'id');
  const name = id !== null && /^\w{1,60}$/.test(id) ? id : null;
  const message = field(json, 'message') ?? field(json, 'error');
  if (message === null) return { id: name, message: 'no message' };
  const secrets = [token, ...(request.secrets ?? [])].filter((secret) => secret !== '');
  const repeats = secrets.some(
    (secret) => message.includes(secret) || message.includes(JSON.stringify(secret).slice(1, -1)),
  );
  if (!quotes || repeats) return { id: name, message: 'a message that may repeat a secret, left out here' };
  return { id: name, message: oneLine(message) };
}

function field(json: unknown, name: string): string | null {
  if (typeof json !== 'object' || json === null) return null;
  const value: unknown = Reflect.get(json, name);
  return typeof value === 'string' ? value : null;
}

function oneLine(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line.replace(/\.$/, '');
}

/** Milliseconds; null where there is none or it is a date, which Heroku was never seen to send. */
function retryAfter(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;
}
