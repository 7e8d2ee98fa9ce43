// What comes properly signed, or over our own connection, and is strange all the same: the same command twice, which is
// carried out once, and people of another workspace in a shared channel, who may nothing. What a request says of its workspace
// is looked at here; what Slack says of the person, behind the door.
import { setTimeout as later } from 'node:timers/promises';
import type { AllMiddlewareArgs, AnyMiddlewareArgs, App, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Trail } from '../trail.ts';
import type { Home } from './home.ts';
import type { Answers } from './modals/forms.ts';
import { personOf } from './person.ts';
import { takingTurns } from './turns.ts';
import { refusedModal } from './views/modal.ts';
import { refusal } from './views/reply.ts';
import { reasonOf } from './words.ts';

/** Real time, of this process's own memory: a little longer than a signature is good for. */
const REMEMBERED = 6 * 60_000;
/** Real time: longer nobody waits to hear what is the matter. */
const PATIENCE = 1_000;

const Triggered = z.object({ trigger_id: z.string() });
const Pressed = z.object({
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string(), name: z.string().optional(), team_id: z.string().optional() }),
});
const Typed = z.object({ team_id: z.string(), user_id: z.string(), user_name: z.string() });

export interface Watching {
  readonly home: Home;
  readonly trail: Trail;
  readonly log: Logger;
  /** What every process on the same database has heard of. */
  readonly store: Pick<Store, 'firstTime'>;
  /** What forms were answered with, by this process. */
  readonly answers: Answers;
  /** Nobody is named, so that the workspace is all there is to go by: nothing is done as long as it is not known. */
  readonly onlyOurs: boolean;
  /** Real milliseconds; a second where not said. */
  readonly patienceMs?: number | undefined;
}

export function watchForStrangers(app: App, watching: Watching): void {
  const { home, trail, log, store, answers, onlyOurs, patienceMs = PATIENCE } = watching;
  const seen = new Map<string, number>();
  const turns = takingTurns();

  const twice = (): void => {
    const what = 'a Slack request that came twice';
    trail.note({ person: null, what, outcome: 'refused', why: 'it is carried out once' });
  };

  // Everything is acknowledged here, but for a form, which has to be answered: Slack waits for nothing else that can take time.
  // In memory first: the database is asked only about what would be carried out.
  app.use(async (args) => {
    const form = isForm(args);
    if (!form && args.ack !== undefined) await args.ack();
    const trigger = Triggered.safeParse(args.body);
    if (trigger.success && !isNew(seen, trigger.data.trigger_id)) {
      twice();
      if (form) await args.ack(await answers.given(trigger.data.trigger_id));
      return;
    }
    await turns.mine();
    return args.next();
  });

  app.use(async (args) => {
    const by = whoseOf(args.body);
    if (by === undefined) return args.next();
    const own = home.known() ?? (onlyOurs ? await home.soon() : null);
    const { person } = by;
    if (own === null && onlyOurs) {
      const what = 'a Slack request of an unknown workspace';
      trail.note({ person, what, outcome: 'refused', why: 'Slack has not said which workspace is ours' });
      return refuse(answers, args, UNKNOWN);
    }
    const foreign = own === null ? undefined : by.teams.find((team) => team !== own);
    if (foreign === undefined) return args.next();
    const why = `of ${foreign.slice(0, 20)}`;
    trail.note({ person, what: 'a Slack request from another workspace', outcome: 'refused', why });
    return refuse(answers, args, FOREIGN);
  });

  app.use(async (args) => {
    const trigger = Triggered.safeParse(args.body);
    const first = !trigger.success || (await isFirst(store, trigger.data.trigger_id, log, patienceMs));
    if (first) return args.next();
    twice();
    if (isForm(args)) await refuse(answers, args, TWICE);
  });
}

function isForm(args: AnyMiddlewareArgs): args is SlackViewMiddlewareArgs<ViewSubmitAction> {
  return 'view' in args && args.body.type === 'view_submission';
}

/**
 * Whether no process has heard of it. Where the database does not say so in time the request is let through: without the
 * database a command can do nothing either, and says so to the person. A database that is merely slow can so let one
 * through in every process, once in each.
 */
async function isFirst(store: Watching['store'], id: string, log: Logger, patienceMs: number): Promise<boolean> {
  try {
    const first = await Promise.race([store.firstTime(id), later(patienceMs, null, { ref: false })]);
    if (first === null) log.warn({}, 'the database did not say in time whether a Slack request came before');
    return first ?? true;
  } catch (error) {
    log.warn({ why: reasonOf(error) }, 'the database did not say whether a Slack request came before');
    return true;
  }
}

const FOREIGN = {
  says: 'You are of another workspace than maint is.',
  remedy: 'Ask somebody of the workspace that maint is installed in.',
};
const UNKNOWN = {
  says: 'Slack has not told maint yet which workspace is its own, so it cannot tell whether you may.',
  remedy: 'Try again in a moment; with MAINT_OPERATORS set it need not be known.',
};

const TWICE = {
  says: 'Slack has brought this form twice; it is carried out once.',
  remedy: '/maint status and /maint windows show what has come of it.',
};

async function refuse(
  answers: Answers,
  args: AnyMiddlewareArgs & AllMiddlewareArgs,
  why: Parameters<typeof refusal>[0],
): Promise<void> {
  if (isForm(args)) {
    await answers.giving(args.body.trigger_id, args.ack)({ response_action: 'update', view: refusedModal(why) });
    return;
  }
  if (!('respond' in args)) return;
  await args.respond({ response_type: 'ephemeral', replace_original: false, ...refusal(why) });
}

/** Slack gives every click and every command an id of its own. */
function isNew(seen: Map<string, number>, id: string): boolean {
  const now = performance.now();
  for (const [old, at] of seen) {
    if (now - at < REMEMBERED) break;
    seen.delete(old);
  }
  if (seen.has(id)) return false;
  seen.set(id, now);
  return true;
}

function whoseOf(body: unknown) {
  const pressed = Pressed.safeParse(body);
  if (pressed.success) {
    const { user, team } = pressed.data;
    const teams = [team?.id, user.team_id].filter((id) => id !== undefined);
    return { person: personOf({ id: user.id, ...(user.name === undefined ? {} : { name: user.name }) }), teams };
  }
  const typed = Typed.safeParse(body);
  if (!typed.success) return undefined;
  return { person: personOf({ id: typed.data.user_id, name: typed.data.user_name }), teams: [typed.data.team_id] };
}
