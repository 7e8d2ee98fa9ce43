// Holds an answer against our schema. Says which field was expected to be what; never what it held.

import { z } from 'zod';
import type { TroubleKind } from '../../errors.ts';
import { HerokuError } from './heroku-error.ts';
import type { Answer } from './transport.ts';

export interface OtherShape {
  readonly name: string;
  readonly kind: TroubleKind;
  readonly remedy: string;
}

const HEROKU: OtherShape = {
  name: 'Heroku',
  kind: 'retryable',
  remedy:
    'The call is made again. If it lasts, something between maint and Heroku changes the answers, or the API has changed: ' +
    'check HEROKU_API_URL, and for a newer maint.',
};

export function parse<S extends z.ZodType>(schema: S, answer: Answer, other: OtherShape = HEROKU): z.infer<S> {
  const result = schema.safeParse(answer.json);
  if (result.success) return result.data;
  throw misfit(result.error, [], answer, other);
}

/** One by one, up to the first that does not fit: a schema of the whole would describe what is wrong with every one. */
export function parseList<S extends z.ZodType>(item: S, answer: Answer, other: OtherShape = HEROKU): z.infer<S>[] {
  return parse(z.array(z.unknown()), answer, other).map((one, index) => {
    const result = item.safeParse(one);
    if (result.success) return result.data;
    throw misfit(result.error, [index], answer, other);
  });
}

function misfit(error: z.ZodError, at: readonly number[], answer: Answer, other: OtherShape): HerokuError {
  const misfits = error.issues
    .slice(0, 3)
    .map((issue) => `${[...at, ...issue.path].map(String).join('.') || 'the whole'}: ${issue.message}`);
  return new HerokuError({
    kind: other.kind,
    message:
      `Expected another shape of ${other.name}'s answer to ${answer.method} ${answer.path}, ` +
      `got ${kindOf(answer.json)} with ${misfits.join('; ')} (request ${answer.requestId ?? 'without an id'}).`,
    remedy: other.remedy,
    status: answer.status,
    id: null,
    requestId: answer.requestId,
    method: answer.method,
    path: answer.path,
    // It was a success, so what changes something has very likely done so.
    unclear: answer.method !== 'GET',
  });
}

function kindOf(json: unknown): string {
  if (json === null) return 'nothing';
  if (Array.isArray(json)) return `a list of ${json.length}`;
  return typeof json === 'object' ? 'an object' : `a ${typeof json}`;
}
