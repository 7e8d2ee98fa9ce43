// The road to the API of a scheduling add-on: the same transport as Heroku's, but another side, another token for each
// app, and no tokens of Heroku's bucket. A connection lives as long as one piece of work, and its token with it.

import { Trouble } from '../../errors.ts';
import type { HerokuError } from '../api/heroku-error.ts';
import { type OtherOptions, otherSide, otherwise, type Send } from '../api/other-side.ts';
import type { OtherShape } from '../api/shape.ts';

export type AddOnOptions = OtherOptions;

/** Who is on the other side, and what to do when it does not let us in or has changed. */
export interface AddOn extends OtherShape {
  /** The config var whose value is the token. */
  readonly variable: string;
  /** Where a person looks instead. */
  readonly dashboard: string;
}

/**
 * Does `work` with the road open, and closes it. `base` goes before every path and into no message: an id in it is the
 * value of a config var.
 */
export async function connected<T>(
  options: AddOnOptions,
  addOn: AddOn,
  base: string,
  token: string,
  work: (send: Send) => Promise<T>,
): Promise<T> {
  // As a header it would be refused by our own side, which would look like a connection that comes back with time.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Trouble('needs-human', `Expected ${addOn.variable} to hold a token, got something that is none.`, {
      remedy: refusedRemedy(addOn),
    });
  }
  const { send, close } = otherSide(
    { ...options, url: `${options.url.replace(/\/+$/, '')}${base}` },
    { name: addOn.name, token, accept: 'application/json', inItsWords: (error) => ofAddOn(addOn, error) },
  );
  try {
    return await work(send);
  } finally {
    close();
  }
}

/** All of them, to their ends, so that nothing is under way any more when the first failure is thrown. */
export async function each<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const ended = await Promise.allSettled(list.map(work));
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** The same failure with what helps here: the remedies of the transport speak of Heroku's token and status page. */
function ofAddOn(addOn: AddOn, error: HerokuError): HerokuError {
  const { kind, remedy } = explained(addOn, error);
  return otherwise(error, {
    kind,
    remedy: error.unclear
      ? `${remedy} It may have been carried out all the same: look before sending it again.`
      : remedy,
    notBefore: kind === 'retryable' ? error.notBefore : 0,
  });
}

function explained(addOn: AddOn, { status, kind }: HerokuError): Pick<HerokuError, 'kind' | 'remedy'> {
  const again = `The call is made again. If it lasts, look into the dashboard of ${addOn.name} (${addOn.dashboard}).`;
  if (status === null) return { kind: 'retryable', remedy: again };
  if (status === 401 || status === 403) return { kind: 'needs-human', remedy: refusedRemedy(addOn) };
  if (status === 404) {
    return { kind: 'fatal', remedy: `It was deleted, or ${addOn.variable} is of another app: see ${addOn.dashboard}.` };
  }
  if (status === 400 || status === 422) {
    return {
      kind: 'fatal',
      remedy: `${addOn.name} understood the request and refused it: set it by hand (${addOn.dashboard}).`,
    };
  }
  if ([408, 409, 429].includes(status) || status >= 500) return { kind: 'retryable', remedy: again };
  // A success that is no JSON stays what it was; an answer that no API of this shape gives waits for a person.
  return status < 300 ? { kind, remedy: again } : { kind: addOn.kind, remedy: addOn.remedy };
}

function refusedRemedy(addOn: AddOn): string {
  return `The token in the app's config var ${addOn.variable} is refused: see whether the add-on is still there (${addOn.dashboard}) and make a new token, or accept that it is not held.`;
}
