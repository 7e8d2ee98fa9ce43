// What a Web API method gets to work with: the world and the arguments of one call. Arguments come as a form, where
// objects are JSON strings and truth is a word, or as JSON.
import { z } from 'zod';
import type { Changes } from './changes.ts';
import type { Files } from './files.ts';
import type { Grants } from './grants.ts';
import type { Messages } from './messages.ts';
import type { Buckets, Rates } from './rates.ts';
import { Refusal, refusedFor } from './refusal.ts';
import type { Views } from './views.ts';
import type { Channel, Workspace } from './workspace.ts';
import { app } from './workspace.ts';

export interface World {
  readonly workspace: Workspace;
  readonly messages: Messages;
  readonly views: Views;
  readonly files: Files;
  readonly grants: Grants;
  readonly changes: Changes;
  readonly buckets: Buckets;
  rates: Rates;
  /** A message's blocks may carry this much text in all. */
  readonly textOfAllBlocks: number;
  /** The server's own address, without a slash at the end. */
  url(): string;
  /** A URL for a new Socket Mode connection; refuses while connections are refused. */
  openConnection(): string;
}

export interface Call {
  readonly world: World;
  readonly given: Readonly<Record<string, unknown>>;
}

export type Answer = Record<string, unknown>;
export type Method = (call: Call) => Answer | Promise<Answer>;

/** The arguments by a schema; `invalid_arguments` with what is wrong where they do not fit. */
export function args<S extends z.ZodRawShape>(call: Call, shape: S): z.infer<z.ZodObject<S>> {
  const parsed = z.object(shape).safeParse(call.given);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => {
    const key = String(issue.path[0] ?? '');
    return call.given[key] === undefined
      ? `missing required field: ${key}`
      : `${issue.message} [json-pointer:/${issue.path.map(String).join('/')}]`;
  });
  throw refusedFor('invalid_arguments', complaints);
}

/** An object or list that a form carries as a JSON string. */
export const json = z.unknown().transform((value) => (typeof value === 'string' ? parsedOrSame(value) : value));

export const truth = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0', 'True', 'False'])])
  .transform((value) => value === true || value === 'true' || value === '1' || value === 'True');

export const whole = z.coerce.number().int();

function parsedOrSame(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A page of `all` by cursor and limit, with the `response_metadata` to answer. */
export function page<T>(
  all: readonly T[],
  { cursor, limit = 100 }: { cursor?: string | undefined; limit?: number | undefined },
): { items: readonly T[]; next: string } {
  const from = cursor === undefined || cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64').toString('utf8'));
  if (!Number.isInteger(from) || from < 0) throw new Refusal('invalid_cursor');
  const size = Math.min(Math.max(1, limit), 1_000);
  const end = from + size;
  return {
    items: all.slice(from, end),
    next: end < all.length ? Buffer.from(String(end)).toString('base64') : '',
  };
}

/** A channel that the bot may look at, by id; by name too where `named`. */
export function seenChannel(world: World, which: string, { named = false } = {}): Channel {
  const channel = world.workspace.findChannel(which);
  const byId = channel?.id === which;
  if (channel === undefined || !(byId || named)) throw new Refusal('channel_not_found');
  if (channel.kind === 'private' && !channel.members.has(app.botUserId)) throw new Refusal('channel_not_found');
  return channel;
}

/** A channel that the bot may write in. */
export function writableChannel(world: World, which: string): Channel {
  const channel = seenChannel(world, which, { named: true });
  if (channel.archived) throw new Refusal('is_archived');
  if (!channel.members.has(app.botUserId)) throw new Refusal('not_in_channel');
  return channel;
}
