// The slash command: acknowledged at once, worked on afterwards, answered to the person alone. What it means is `parse`,
// what comes of it is behind the door of `run/commands`.
import type { App } from '@slack/bolt';
import PQueue from 'p-queue';
import type { Clock } from '../../clock.ts';
import { unreachable } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Person } from '../../model/person.ts';
import type { Commands, Refused, StartRequest } from '../../run/commands/reply.ts';
import type { Placed } from '../notifier/notifier.ts';
import { personOf } from '../person.ts';
import type { Drawn } from '../views/blocks.ts';
import { plan } from '../views/plan.ts';
import { brief, help, refusal } from '../views/reply.ts';
import { status } from '../views/status.ts';
import { channelLink, duration, said, time } from '../views/text.ts';
import { failureFor, reasonOf } from '../words.ts';
import { parse } from './parse.ts';

export interface Answering {
  readonly commands: Commands;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the card of a run went, as soon as it is known. */
  readonly placed: (runId: string) => Promise<Placed>;
}

/**
 * Slack waits for an acknowledgement and not for the work: of many commands at once two are begun every 10 ms, so that
 * the others are acknowledged in between.
 */
const BEGIN = { interval: 10, intervalCap: 2 };

export function listenForCommands(app: App, answering: Answering): void {
  const working = new PQueue(BEGIN);
  // Whatever slash command the app was given in its manifest: a second maint for trying out has another name.
  app.command(/^\//u, async ({ ack, command, respond }) => {
    await ack();
    await working.add(async () => {
      const by = personOf({ id: command.user_id, name: command.user_name });
      const drawn = await answered(answering, by, command.text, command.channel_id);
      if (drawn === null) return;
      await respond({ response_type: 'ephemeral', text: drawn.text, blocks: drawn.blocks });
    });
  });
}

async function answered(answering: Answering, by: Person, text: string, channel: string): Promise<Drawn | null> {
  try {
    return await answer(answering, by, text, channel);
  } catch (error) {
    answering.log.error({ command: text.split(' ', 2).join(' '), why: reasonOf(error) }, 'a slash command failed');
    return refusal(failureFor(error));
  }
}

/** Null where the channel shows it already. */
async function answer(answering: Answering, by: Person, text: string, channel: string): Promise<Drawn | null> {
  const { commands, clock } = answering;
  const parsed = parse(text);
  switch (parsed.is) {
    case 'wrong':
      return refusal(parsed);
    case 'help':
      return help();
    case 'plan': {
      const reply = await commands.plan(by, parsed.app);
      return reply.is === 'refused' ? refusal(reply) : plan(reply);
    }
    case 'status': {
      const reply = await commands.status(by, parsed.app);
      return reply.is === 'refused' ? refusal(reply) : status(reply.runs, clock.now());
    }
    case 'start':
      return started(answering, by, { ...parsed, channel, accepted: [] });
    case 'resume':
      return changed(
        await commands.resume(by, parsed.app),
        (app) => `The approval for *${app}* is being prepared in the thread of its card.`,
      );
    case 'abort':
      return changed(
        await commands.abort(by, parsed.app),
        (app) => `*${app}* turns round: everything that was changed is put back. The card shows how far it is.`,
      );
    case 'extend': {
      const reply = await commands.extend(by, parsed.app, parsed.by);
      return changed(reply, (app, run) => `*${app}*: ${duration(parsed.by)} more, until ${time(run.endsAt)}.`);
    }
    default:
      return unreachable(parsed);
  }
}

async function started({ commands, placed }: Answering, by: Person, request: StartRequest): Promise<Drawn | null> {
  const reply = await commands.start(by, request);
  if (reply.is === 'refused') return refusal(reply);
  const app = said(reply.run.app.name, 60);
  const card = await placed(reply.run.id);
  switch (card.is) {
    case 'posted':
      return card.channel === request.channel
        ? null
        : brief(`The maintenance of *${app}* has begun; its card is in ${channelLink(card.channel)}.`);
    case 'dropped':
      return refusal({
        says: `The maintenance of ${reply.run.app.name} has begun, but its card could not be posted here: ${card.why}.`,
        remedy: `Invite maint into this channel next time (/invite); /maint status ${reply.run.app.name} shows how it stands.`,
      });
    case 'not yet':
      return brief(`The maintenance of *${app}* has begun; its card is on its way.`);
  }
}

type Run = Parameters<typeof status>[0][number];

function changed(
  reply: { readonly is: 'changed'; readonly run: Run } | Refused,
  words: (app: string, run: Run) => string,
): Drawn {
  return reply.is === 'refused' ? refusal(reply) : brief(words(said(reply.run.app.name, 60), reply.run));
}
