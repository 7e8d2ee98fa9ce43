// Pages of a list, as Heroku serves them: `Range: version ..; order=desc,max=10` in, 206 with `Next-Range` out.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from './refused.ts';

const PAGE = 200;
const MOST = 1_000;

interface Range<Field> {
  readonly field: Field;
  readonly start: string;
  readonly startExclusive: boolean;
  readonly end: string;
  readonly max: number;
  readonly order: 'asc' | 'desc';
}

/** Sends the part of `items` that the request asks for. `fields` are those that it may be sorted by, the default first. */
export function sendPage<Item extends object, Field extends keyof Item & string>(
  request: FastifyRequest,
  reply: FastifyReply,
  items: readonly Item[],
  fields: readonly [Field, ...Field[]],
): FastifyReply;
/** `value`: for a range that is no field of the items. */
export function sendPage<Item extends object, Field extends string>(
  request: FastifyRequest,
  reply: FastifyReply,
  items: readonly Item[],
  fields: readonly [Field, ...Field[]],
  value: (item: Item, field: Field) => unknown,
): FastifyReply;
export function sendPage<Item extends object, Field extends string>(
  request: FastifyRequest,
  reply: FastifyReply,
  items: readonly Item[],
  fields: readonly [Field, ...Field[]],
  value: (item: Item, field: Field) => unknown = (item, field) => Reflect.get(item, field),
): FastifyReply {
  const range = parseRange(request.headers.range ?? '', fields);
  const { field, order, max } = range;
  const within = items
    .filter((item) => isWithin(value(item, field), range))
    .sort((a, b) => (order === 'desc' ? -1 : 1) * compare(value(a, field), value(b, field)));
  const page = within.slice(0, max);
  const [first, last] = [page[0], page.at(-1)];
  reply.header('accept-ranges', fields.join(', '));
  if (first !== undefined && last !== undefined) {
    reply.header(
      'content-range',
      `${field} ${String(value(first, field))}..${String(value(last, field))}; max=${max}${ordered(order)}`,
    );
    if (within.length > page.length) {
      reply.code(206).header('next-range', `${field} ]${String(value(last, field))}..; max=${max}${ordered(order)}`);
    }
  }
  return reply.send(page);
}

function ordered(order: 'asc' | 'desc'): string {
  return order === 'desc' ? ', order=desc' : '';
}

function parseRange<Field extends string>(header: string, fields: readonly [Field, ...Field[]]): Range<Field> {
  const [, name = '', bracket = '', start = '', end = '', options = ''] =
    /^\s*([a-z_]+)?\s*([\][]?)([^.;\s]*)(?:\.\.([^;\s]*))?\s*(?:;(.*))?$/.exec(header) ?? [];
  const field = name === '' ? fields[0] : fields.find((candidate) => candidate === name);
  if (field === undefined || (header !== '' && name === '')) {
    throw new Refused(416, 'requested_range_not_satisfiable', `Range "${header}" is not one of: ${fields.join(', ')}.`);
  }
  const option = (key: string) => new RegExp(`(?:^|[,;\\s])${key}=(\\w+)`).exec(options)?.[1];
  const max = Number(option('max') ?? PAGE);
  if (!Number.isInteger(max) || max < 1 || max > MOST) {
    throw new Refused(416, 'requested_range_not_satisfiable', `Range max must be from 1 to ${MOST}.`);
  }
  return {
    field,
    start,
    startExclusive: bracket === ']',
    end,
    max,
    order: option('order') === 'desc' ? 'desc' : 'asc',
  };
}

function isWithin(value: unknown, { start, startExclusive, end, order }: Range<string>): boolean {
  const sign = order === 'desc' ? -1 : 1;
  const fromStart = start === '' ? 1 : sign * compare(value, typed(value, start));
  const toEnd = end === '' ? 1 : sign * compare(typed(value, end), value);
  return (startExclusive ? fromStart > 0 : fromStart >= 0) && toEnd >= 0;
}

function typed(like: unknown, text: string): unknown {
  return typeof like === 'number' ? Number(text) : text;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
