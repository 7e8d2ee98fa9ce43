// The road to a service that is not Heroku's Platform API: unofficial APIs, and add-ons. The same transport, but no tokens of
// Heroku's bucket, nothing of its answers repeated, and a refusal that says nothing about Heroku's own token.
import type { Call } from './call.ts';
import { MOST_BYTES, PAUSES_MS } from './client.ts';
import { HerokuError } from './heroku-error.ts';
import { type Answer, createTransport, type Request, type RequestLine } from './transport.ts';

export interface OtherOptions {
  readonly url: string;
  /** Milliseconds for one attempt, the whole body included: 20,000 for reads and 8,000 for writes when not said. */
  readonly timeouts?: { readonly read?: number; readonly write?: number };
  readonly pauses?: readonly number[];
  readonly log?: (line: RequestLine) => void;
  readonly now?: () => number;
}

export interface Side {
  readonly name: string;
  /** Empty where each call brings its own. */
  readonly token: string;
  readonly accept: string;
  readonly contentType?: string;
  /** The same failure with what helps here: the transport's own remedies are about Heroku. */
  readonly inItsWords: (error: HerokuError) => HerokuError;
}

export type Send = (call: Call, request: Request) => Promise<Answer>;

export function otherSide(options: OtherOptions, side: Side): { readonly send: Send; close(): void } {
  const transport = createTransport({
    name: side.name,
    url: options.url,
    token: side.token,
    headers: { Accept: side.accept },
    contentType: side.contentType ?? 'application/json',
    // Its messages could repeat what was sent: a command, in part or escaped, or a key.
    quotes: false,
    // It may refuse a token that Heroku takes.
    whole: false,
    // Whether its calls count against the account's tokens is not known, or they do not.
    bucket: null,
    timeouts: { read: options.timeouts?.read ?? 20_000, write: options.timeouts?.write ?? 8_000 },
    pauses: options.pauses ?? PAUSES_MS,
    concurrency: 2,
    maxBytes: MOST_BYTES,
    now: options.now ?? (() => performance.now()),
    log: options.log,
  });
  return {
    async send(call, request) {
      try {
        return await transport.send(call, request);
      } catch (error) {
        throw error instanceof HerokuError ? side.inItsWords(error) : error;
      }
    },
    close: () => transport.close(),
  };
}

/** The same failure, with another kind and another remedy. */
export function otherwise(
  error: HerokuError,
  { kind, remedy, notBefore = 0 }: Pick<HerokuError, 'kind' | 'remedy'> & { readonly notBefore?: number },
): HerokuError {
  const { message, status, id, requestId, method, path, unclear } = error;
  return new HerokuError({ kind, message, remedy, status, id, requestId, method, path, unclear, notBefore });
}
