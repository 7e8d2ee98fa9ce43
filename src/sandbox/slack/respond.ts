// A post to a response URL: a new message, or a change to the one that was clicked in. Also what a slash command's
// acknowledgement shows, which is the same kind of body.
import { z } from 'zod';
import { json, truth, type World } from './call.ts';
import { current, type Message } from './messages.ts';
import { checkedBlocks, checkedText } from './methods/content.ts';
import { Refusal, refusedFor } from './refusal.ts';
import { app } from './workspace.ts';

const body = z.object({
  text: z.string().optional(),
  blocks: json.optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: truth.optional(),
  delete_original: truth.optional(),
  thread_ts: z.string().optional(),
});

export function respond(world: World, id: string, given: unknown): void {
  const target = world.grants.useResponseUrl(id);
  const answer = parsed(given);
  const original = target.messageTs === null ? null : world.messages.find(target.channel, target.messageTs);
  if (answer.delete_original === true) {
    if (original !== null) world.messages.remove(original);
    return;
  }
  if (answer.replace_original === true && original !== null) {
    const said = spoken(world, answer);
    world.messages.update(original, { ...said, metadata: current(original).metadata });
    return;
  }
  say(world, answer, { ...target, threadTs: answer.thread_ts ?? target.threadTs });
}

/** Null where the acknowledgement shows nothing. */
export function showAcknowledged(world: World, given: unknown, to: { user: string; channel: string }): Message | null {
  const answer = parsed(typeof given === 'string' ? { text: given } : given);
  if (answer.text === undefined && answer.blocks === undefined) return null;
  return say(world, answer, { ...to, threadTs: null });
}

type Answer = z.infer<typeof body>;

function parsed(given: unknown): Answer {
  const checked = body.safeParse(given ?? {});
  if (checked.success) return checked.data;
  throw refusedFor(
    'invalid_arguments',
    checked.error.issues.map(({ message, path }) => `${message} [json-pointer:/${path.map(String).join('/')}]`),
  );
}

function spoken(world: World, answer: Answer) {
  const blocks = checkedBlocks(answer.blocks, world.textOfAllBlocks) ?? [];
  const text = checkedText(answer.text) ?? '';
  if (text === '' && blocks.length === 0) throw new Refusal('no_text');
  return { text, blocks };
}

function say(world: World, answer: Answer, to: { user: string; channel: string; threadTs: string | null }): Message {
  return world.messages.post({
    channel: to.channel,
    user: app.botUserId,
    byBot: true,
    threadTs: to.threadTs,
    onlyFor: answer.response_type === 'in_channel' ? null : to.user,
    ...spoken(world, answer),
  });
}
