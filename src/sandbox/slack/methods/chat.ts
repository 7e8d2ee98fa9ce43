// chat.*: posting, changing and deleting messages, with Slack's rate limits and refusals.
import { z } from 'zod';
import { type Answer, args, json, type Method, seenChannel, truth, type World, writableChannel } from '../call.ts';
import { current, type Message } from '../messages.ts';
import { Refusal } from '../refusal.ts';
import { shownMessage } from '../shapes.ts';
import { app, type Channel } from '../workspace.ts';
import { checkedBlocks, checkedMetadata, checkedText } from './content.ts';

const content = { text: z.string().optional(), blocks: json.optional(), markdown_text: z.string().optional() };

function slowDown(waitMs: number): void {
  // Retry-After is whole seconds, at least one.
  if (waitMs > 0) throw new Refusal('ratelimited', { retryAfter: Math.max(1, Math.ceil(waitMs / 1_000)) });
}

function spoken(
  world: World,
  given: { text?: string | undefined; markdown_text?: string | undefined; blocks?: unknown },
) {
  if (given.markdown_text !== undefined && (given.text !== undefined || given.blocks !== undefined)) {
    throw new Refusal('markdown_text_conflict');
  }
  const blocks = checkedBlocks(given.blocks, world.textOfAllBlocks);
  return { text: checkedText(given.text ?? given.markdown_text), blocks };
}

/** The first message of the thread: a reply to a reply goes to the same thread. */
function threadOf(world: World, channel: string, ts: string | undefined): string | null {
  if (ts === undefined || ts === '') return null;
  const parent = world.messages.find(channel, ts);
  if (parent === null || parent.onlyFor !== null) throw new Refusal('thread_not_found');
  return parent.threadTs ?? parent.ts;
}

/** A user's id in place of a channel means the direct conversation. */
function destination(world: World, which: string): Channel {
  const user = world.workspace.users.find(({ id }) => id === which);
  return user === undefined ? writableChannel(world, which) : world.workspace.openDirect(user.id);
}

const postMessage: Method = (call) => {
  const { world } = call;
  const given = args(call, {
    channel: z.string().min(1),
    ...content,
    thread_ts: z.string().optional(),
    reply_broadcast: truth.optional(),
    metadata: json.optional(),
  });
  const channel = destination(world, given.channel);
  const { text, blocks } = spoken(world, given);
  if ((text ?? '') === '' && (blocks ?? []).length === 0) throw new Refusal('no_text');
  const metadata = checkedMetadata(given.metadata) ?? null;
  const threadTs = threadOf(world, channel.id, given.thread_ts);
  slowDown(world.buckets.take(`post ${channel.id}`, world.rates.post));
  const message = world.messages.post({
    channel: channel.id,
    user: app.botUserId,
    byBot: true,
    text: text ?? '',
    blocks: blocks ?? [],
    metadata,
    threadTs,
    broadcast: threadTs !== null && given.reply_broadcast === true,
  });
  return posted(world, message);
};

function posted(world: World, message: Message): Answer {
  return {
    channel: message.channel,
    ts: message.ts,
    message: shownMessage(message, world.messages, { metadata: true }),
  };
}

/** A message of the bot that anybody in the channel sees. */
function own(world: World, channel: string, ts: string, refusal: string): Message {
  const message = world.messages.find(channel, ts);
  // What only one person sees is out of reach for these methods: response URLs change it.
  if (message === null || message.onlyFor !== null) throw new Refusal('message_not_found');
  if (message.user !== app.botUserId) throw new Refusal(refusal);
  return message;
}

const update: Method = (call) => {
  const { world } = call;
  const given = args(call, {
    channel: z.string().min(1),
    ts: z.string().min(1),
    ...content,
    metadata: json.optional(),
  });
  const channel = seenChannel(world, given.channel);
  if (channel.archived) throw new Refusal('is_archived');
  const message = own(world, channel.id, given.ts, 'cant_update_message');
  const { text, blocks } = spoken(world, given);
  const before = current(message);
  // Text without blocks takes the blocks away; neither of the two is no content at all.
  if (text === undefined && blocks === undefined) throw new Refusal('no_text');
  const next = { text: text ?? before.text, blocks: blocks ?? [] };
  if (next.text === '' && next.blocks.length === 0) throw new Refusal('no_text');
  const metadata = checkedMetadata(given.metadata);
  slowDown(world.buckets.take(`update ${channel.id}`, world.rates.update));
  world.messages.update(message, { ...next, metadata: metadata === undefined ? before.metadata : metadata });
  return { ...posted(world, message), text: next.text };
};

const postEphemeral: Method = (call) => {
  const { world } = call;
  const given = args(call, {
    channel: z.string().min(1),
    user: z.string().min(1),
    ...content,
    thread_ts: z.string().optional(),
  });
  const channel = writableChannel(world, given.channel);
  const user = world.workspace.users.find(({ id }) => id === given.user);
  if (user === undefined || user.deactivated || !channel.members.has(user.id)) throw new Refusal('user_not_in_channel');
  const { text, blocks } = spoken(world, given);
  if ((text ?? '') === '' && (blocks ?? []).length === 0) throw new Refusal('no_text');
  const message = world.messages.post({
    channel: channel.id,
    user: app.botUserId,
    byBot: true,
    onlyFor: user.id,
    text: text ?? '',
    blocks: blocks ?? [],
    threadTs: threadOf(world, channel.id, given.thread_ts),
  });
  return { message_ts: message.ts };
};

const remove: Method = (call) => {
  const given = args(call, { channel: z.string().min(1), ts: z.string().min(1) });
  const channel = seenChannel(call.world, given.channel);
  const message = own(call.world, channel.id, given.ts, 'cant_delete_message');
  call.world.messages.remove(message);
  return { channel: channel.id, ts: message.ts };
};

const getPermalink: Method = (call) => {
  const given = args(call, { channel: z.string().min(1), message_ts: z.string().min(1) });
  const channel = seenChannel(call.world, given.channel);
  const message = call.world.messages.find(channel.id, given.message_ts);
  if (message === null || message.onlyFor !== null) throw new Refusal('message_not_found');
  const thread = message.threadTs === null ? '' : `?thread_ts=${message.threadTs}&cid=${channel.id}`;
  return {
    channel: channel.id,
    permalink: `https://sandbox.slack.example/archives/${channel.id}/p${message.ts.replace('.', '')}${thread}`,
  };
};

export const chat: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.postEphemeral': postEphemeral,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
};
