// The slash command: acknowledged already, worked on here, answered to the person alone. What it means is `parse`,
// what comes of it is behind the door of `run/commands`.
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Clock } from '../../clock.ts';
import { unreachable } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Person } from '../../model/person.ts';
import type { Run } from '../../model/run.ts';
import type { Commands, StartRequest } from '../../run/commands/reply.ts';
import type { ListedWindows, WindowRequest } from '../../run/windows/reply.ts';
import type { Store } from '../../store/store.ts';
import type { Trail } from '../../trail.ts';
import { openModal, plansFor } from '../modals/opening.ts';
import type { Awaited, Placed } from '../notifier/placing.ts';
import { whereabouts } from '../notifier/whereabouts.ts';
import { personOf } from '../person.ts';
import { requested } from '../plans.ts';
import { resume } from '../resume.ts';
import { announcedIn } from '../scheduling.ts';
import type { Drawn } from '../views/blocks.ts';
import { aborted, begun, extended, glass } from '../views/done.ts';
import { history } from '../views/history.ts';
import { plan } from '../views/plan.ts';
import { help, refusal } from '../views/reply.ts';
import { settings } from '../views/settings.ts';
import { status } from '../views/status.ts';
import { trail } from '../views/trail.ts';
import { windowsList } from '../views/windows.ts';
import { working } from '../views/work.ts';
import { failureFor, reasonOf } from '../words.ts';
import { ownZone } from '../zone.ts';
import { parse } from './parse.ts';

export interface Answering {
  readonly commands: Commands;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: Pick<Store, 'messages' | 'unfinished'>;
  /** Gets what reaches no command; the commands keep their own. */
  readonly trail: Trail;
  /** Where the card of a run, or a question, went, as soon as it is known. */
  readonly placed: (runId: string, what: Awaited) => Promise<Placed>;
}

export function listenForCommands(app: App, answering: Answering): void {
  // Whatever slash command the app was given in its manifest: a second maint for trying out has another name.
  app.command(/^\//u, async ({ command, respond, client }) => {
    const by = personOf({ id: command.user_id, name: command.user_name });
    const { text, channel_id: channel, trigger_id: trigger } = command;
    const drawn = await answered(answering, by, text, { channel, client, trigger });
    if (drawn === null) return;
    await respond({ response_type: 'ephemeral', text: drawn.text, blocks: drawn.blocks });
  });
}

/** Where it was typed, and how a modal is opened there. */
interface Typed {
  readonly channel: string;
  readonly client: WebClient;
  readonly trigger: string;
}

async function answered(answering: Answering, by: Person, text: string, typed: Typed): Promise<Drawn | null> {
  try {
    return await answer(answering, by, text, typed);
  } catch (error) {
    answering.log.error({ command: firstWord(text), why: reasonOf(error) }, 'a slash command failed');
    return refusal(failureFor(error));
  }
}

/** Null where the channel, or a modal, shows it already. */
async function answer(answering: Answering, by: Person, text: string, typed: Typed): Promise<Drawn | null> {
  const { commands, clock, store, log } = answering;
  const { channel, client, trigger } = typed;
  const parsed = parse(text);
  switch (parsed.is) {
    case 'wrong':
      answering.trail.note({
        person: by,
        what: firstWord(text),
        outcome: 'refused',
        why: 'it was not understood',
      });
      return refusal(parsed);
    case 'help':
      return help();
    case 'plan': {
      const reply = await commands.plan(by, parsed.app);
      return reply.is === 'refused' ? refusal(reply) : plan(reply);
    }
    case 'status': {
      const reply = await commands.status(by, parsed.app);
      if (reply.is === 'refused') return refusal(reply);
      const runs = reply.runs.map(async (run) => ({ run, at: await whereabouts(store, run) }));
      return status(await Promise.all(runs), clock.now());
    }
    case 'history': {
      const reply = await commands.history(by, parsed.app);
      return reply.is === 'refused' ? refusal(reply) : history(reply, clock.now());
    }
    case 'trail': {
      const reply = await commands.trail(by, parsed.app, parsed.run);
      return reply.is === 'refused' ? refusal(reply) : trail(reply);
    }
    case 'schedule': {
      const { app, typed: when, because } = parsed;
      if (app !== null && when !== null) {
        const own = await ownZone(client, by.id, log);
        return requested(commands, by, asTyped({ app, when, because, own, channel }));
      }
      await openModal(client, trigger, log, () => plansFor(client, by, log, app, channel, because));
      return null;
    }
    case 'windows': {
      const reply = await commands.windows(by, parsed.app, await ownZone(client, by.id, log));
      if (reply.is === 'refused') return refusal(reply);
      return windowsList(reply, parsed.app, await begunBy(commands, by, reply));
    }
    case 'start':
      return started(answering, by, { ...parsed, channel, accepted: [] });
    case 'resume':
      return (await resume(answering, by, parsed.app)).drawn;
    case 'abort': {
      const reply = await commands.abort(by, parsed.app);
      if (reply.is === 'refused') return refusal(reply);
      const { card } = await whereabouts(store, reply.run);
      return aborted(reply.run, card.is === 'sent');
    }
    case 'extend': {
      const reply = await commands.extend(by, parsed.app, parsed.by);
      return reply.is === 'refused' ? refusal(reply) : extended(reply.run, parsed.by);
    }
    case 'run': {
      const { app, command, size } = parsed;
      const reply = await commands.work(by, { app, command, size });
      return reply.is === 'refused' ? refusal(reply) : working(reply.run, reply.work);
    }
    case 'break-glass': {
      const reply = await commands.breakGlass(by, parsed.app, parsed.because);
      return reply.is === 'refused' ? refusal(reply) : glass(reply.run);
    }
    case 'settings': {
      const reply = await commands.settings(by, parsed.app);
      return reply.is === 'refused' ? refusal(reply) : settings(reply);
    }
    default:
      return unreachable(parsed);
  }
}

/** For what stays: what was typed may be a mistyped `run`, with secrets in it, and the person alone is told what of it was wrong. */
function firstWord(text: string): string {
  const word = /^\s*(\p{L}[\p{L}-]{0,19})(\s|$)(.*)/su.exec(text);
  return word === null ? '/maint …' : `/maint ${word[1]}${word[3]?.trim() === '' ? '' : ' …'}`;
}

/** The runs of the windows that have begun, those that the person may see. */
async function begunBy(commands: Commands, by: Person, { windows }: ListedWindows): Promise<readonly Run[]> {
  const ids = windows.flatMap(({ occurrence }) => (occurrence?.state === 'started' ? occurrence.runs : []));
  const found = await Promise.all(ids.map((id) => commands.run(by, id)));
  return found.flatMap((one) => (one.is === 'status' ? one.runs : []));
}

interface TypedWindow {
  readonly app: string;
  readonly when: string;
  readonly because: string | null;
  readonly own: string;
  readonly channel: string;
}

/** What was not said is as the form has it before anybody touches it. */
function asTyped({ app, when, because, own, channel }: TypedWindow): WindowRequest {
  return {
    apps: [app],
    typed: when,
    zone: own,
    own,
    answers: {},
    now: null,
    lengthMs: null,
    reason: because,
    channels: announcedIn(channel),
    leads: [],
    startsBy: 'asking',
    announceBefore: null,
    changes: null,
  };
}

async function started({ commands, placed }: Answering, by: Person, request: StartRequest): Promise<Drawn | null> {
  const reply = await commands.start(by, request);
  if (reply.is === 'refused') return refusal(reply);
  const card = await placed(reply.run.id, { is: 'card' });
  return card.is === 'posted' && card.channel === request.channel ? null : begun(reply.run, card);
}
