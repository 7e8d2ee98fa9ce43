// conversations.*: which channels there are, what was said in them, and getting in.
import { z } from 'zod';
import { args, type Method, page, seenChannel, truth, whole } from '../call.ts';
import { Refusal } from '../refusal.ts';
import { shownChannel, shownMessage } from '../shapes.ts';
import { app } from '../workspace.ts';

const paged = { cursor: z.string().optional(), limit: whole.optional() };
const range = { oldest: z.string().optional(), latest: z.string().optional(), inclusive: truth.optional() };

function within(
  ts: string,
  given: { oldest?: string | undefined; latest?: string | undefined; inclusive?: boolean | undefined },
) {
  const time = Number(ts);
  const oldest = Number(given.oldest ?? 0);
  const latest = Number(given.latest ?? Number.POSITIVE_INFINITY);
  return given.inclusive === true ? time >= oldest && time <= latest : time > oldest && time < latest;
}

const info: Method = (call) => {
  const { channel } = args(call, { channel: z.string().min(1) });
  return { channel: shownChannel(seenChannel(call.world, channel)) };
};

const list: Method = (call) => {
  const given = args(call, { types: z.string().optional(), exclude_archived: truth.optional(), ...paged });
  const types = (given.types ?? 'public_channel').split(',').map((type) => type.trim());
  const kinds = { public: 'public_channel', private: 'private_channel', im: 'im' } as const;
  const channels = call.world.workspace.channels.filter(
    (channel) =>
      types.includes(kinds[channel.kind]) &&
      (channel.kind === 'public' || channel.members.has(app.botUserId)) &&
      !(given.exclude_archived === true && channel.archived),
  );
  const { items, next } = page(channels, given);
  return { channels: items.map(shownChannel), response_metadata: { next_cursor: next } };
};

const history: Method = (call) => {
  const { world } = call;
  const given = args(call, { channel: z.string().min(1), include_all_metadata: truth.optional(), ...range, ...paged });
  const channel = seenChannel(world, given.channel);
  if (!channel.members.has(app.botUserId)) throw new Refusal('not_in_channel');
  const messages = world.messages
    .list({ channel: channel.id, deleted: false, ephemeral: false })
    .filter((message) => (message.threadTs === null || message.broadcast) && within(message.ts, given))
    .reverse();
  const { items, next } = page(messages, given);
  return {
    messages: items.map((one) => shownMessage(one, world.messages, { metadata: given.include_all_metadata === true })),
    has_more: next !== '',
    response_metadata: { next_cursor: next },
  };
};

const replies: Method = (call) => {
  const { world } = call;
  const given = args(call, {
    channel: z.string().min(1),
    ts: z.string().min(1),
    include_all_metadata: truth.optional(),
    ...range,
    ...paged,
  });
  const channel = seenChannel(world, given.channel);
  if (!channel.members.has(app.botUserId)) throw new Refusal('not_in_channel');
  const asked = world.messages.find(channel.id, given.ts);
  if (asked === null || asked.onlyFor !== null) throw new Refusal('thread_not_found');
  const parent = asked.threadTs === null ? asked : world.messages.find(channel.id, asked.threadTs);
  const threadTs = asked.threadTs ?? asked.ts;
  const answers = world.messages
    .list({ channel: channel.id, threadTs, deleted: false, ephemeral: false })
    .filter((message) => within(message.ts, given));
  const { items, next } = page([...(parent === null ? [] : [parent]), ...answers], given);
  return {
    messages: items.map((one) => shownMessage(one, world.messages, { metadata: given.include_all_metadata === true })),
    has_more: next !== '',
    response_metadata: { next_cursor: next },
  };
};

const members: Method = (call) => {
  const given = args(call, { channel: z.string().min(1), ...paged });
  const channel = seenChannel(call.world, given.channel);
  const { items, next } = page([...channel.members], given);
  return { members: items, response_metadata: { next_cursor: next } };
};

const join: Method = (call) => {
  const given = args(call, { channel: z.string().min(1) });
  const channel = seenChannel(call.world, given.channel);
  if (channel.archived) throw new Refusal('is_archived');
  if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type');
  call.world.workspace.join(channel.id, app.botUserId);
  return { channel: shownChannel(call.world.workspace.channel(channel.id)) };
};

const open: Method = (call) => {
  const given = args(call, { users: z.string().optional(), channel: z.string().optional() });
  if (given.channel !== undefined) return { channel: shownChannel(seenChannel(call.world, given.channel)) };
  const ids = (given.users ?? '').split(',').filter((id) => id !== '');
  const [id, ...others] = ids;
  if (id === undefined) throw new Refusal('users_list_not_supplied');
  // Only direct conversations with one person: maint opens no groups of people.
  if (others.length > 0) throw new Refusal('too_many_users');
  const user = call.world.workspace.users.find((one) => one.id === id);
  if (user === undefined) throw new Refusal('user_not_found');
  if (user.deactivated) throw new Refusal('user_disabled');
  return { channel: shownChannel(call.world.workspace.openDirect(user.id)) };
};

export const conversations: Record<string, Method> = {
  'conversations.info': info,
  'conversations.list': list,
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.members': members,
  'conversations.join': join,
  'conversations.open': open,
};
