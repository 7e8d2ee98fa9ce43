// Lists that come in pages: an answer with Next-Range is not the whole, and the next request sends that back as Range.

import type { z } from 'zod';
import type { Call } from './call.ts';
import { HerokuError } from './heroku-error.ts';
import { parseList } from './shape.ts';
import type { Transport } from './transport.ts';

/** 200 a page where none is asked for, so 10,000 of them; a list without an end must not hold a run. */
const MOST_PAGES = 50;

/** `range` only where Heroku's schema names the field as one of the resource's ranges. */
export async function listed<S extends z.ZodType>(
  heroku: Transport,
  call: Call,
  item: S,
  path: string,
  range?: string,
): Promise<readonly z.infer<S>[]> {
  const items: z.infer<S>[] = [];
  let next = range;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await heroku.send(call, {
      method: 'GET',
      path,
      ...(next === undefined ? {} : { headers: { Range: next } }),
    });
    items.push(...parseList(item, answer));
    if (answer.nextRange === null || answer.nextRange === '') return items;
    next = answer.nextRange;
  }
  throw new HerokuError({
    kind: 'fatal',
    message: `Expected at most ${MOST_PAGES} pages of GET ${path}, got a Next-Range on each of them.`,
    remedy: 'Part of a list is no ground to act on. Report it, with how many of them the app has.',
    status: 206,
    id: null,
    requestId: null,
    method: 'GET',
    path,
  });
}

/** The first page only, of at most `max` items (1 to 1,000), in the order of `range`. */
export async function latest<S extends z.ZodType>(
  heroku: Transport,
  call: Call,
  item: S,
  path: string,
  range: string,
  max: number,
): Promise<readonly z.infer<S>[]> {
  const headers = { Range: `${range},max=${max}` };
  return parseList(item, await heroku.send(call, { method: 'GET', path, headers }));
}
