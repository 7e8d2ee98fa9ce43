// Puts the Slack side together: Bolt over Socket Mode or signed HTTP, whichever the tokens are for, the listeners, and
// the notifier with a client of its own. What the commands do is behind the door that is handed in.
import { App, LogLevel } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { WhoIs } from '../policy/may.ts';
import type { Commands } from '../run/commands/reply.ts';
import type { Announcer } from '../run/windows/announcing.ts';
import type { Store } from '../store/store.ts';
import type { Trail } from '../trail.ts';
import { listenForButtons } from './actions.ts';
import { listenForHome } from './app-home.ts';
import { listenForCommands } from './commands/maint.ts';
import { homeOf } from './home.ts';
import { everyForm } from './modals/every.ts';
import { formAnswers, listenForForms } from './modals/forms.ts';
import { listenForOpeners } from './modals/opening.ts';
import { createAnnouncer } from './notifier/announcer.ts';
import { type Notifier, startNotifier } from './notifier/notifier.ts';
import { createPost } from './notifier/post.ts';
import { listenForPlans } from './plans.ts';
import { overHttp, overSocket, type PostRoute, type Receiving } from './receiving.ts';
import { whoIsIn } from './standing.ts';
import { watchForStrangers } from './strangers.ts';
import { refusal } from './views/reply.ts';
import { listenForWindowButtons } from './window-buttons.ts';
import { boltLogger, failureFor, reasonOf } from './words.ts';

export interface SlackSettings {
  readonly botToken: string;
  readonly mode:
    | { readonly is: 'socket'; readonly appToken: string }
    | { readonly is: 'http'; readonly signingSecret: string };
  /** With its `/api/`; Slack itself where null. */
  readonly apiUrl: string | null;
}

export interface SlackOptions {
  readonly commands: Commands;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** What comes in and reaches no command. */
  readonly trail: Trail;
  readonly slack: SlackSettings;
  /** For HTTP; 0 takes any that is free. */
  readonly port: number;
  /** What else is served at that port: others' POST requests. Nothing in Socket Mode. */
  readonly routes?: readonly PostRoute[];
  /** A channel id: where cards go that have no channel, or whose channel takes no message. */
  readonly defaultChannel: string | null;
  /** Whether anybody is named for all apps. */
  readonly named: boolean;
  /** The least time between two updates of one card, real milliseconds; a second by default. */
  readonly paceMs?: number;
  /** How long the database, and Slack, have to say whether a request may be carried out, real milliseconds; a second by default. */
  readonly patienceMs?: number;
  /** After this the person who submitted a form is shown that it takes longer, real milliseconds; 800 by default. */
  readonly lateMs?: number;
}

export interface SlackApp {
  /** As Slack says it at this moment. */
  readonly whoIs: WhoIs;
  readonly notifier: Notifier;
  /** Says what is announced of windows. */
  readonly announcer: Announcer;
  /** Where HTTP is listened on; null in Socket Mode. */
  readonly port: number | null;
  close(): Promise<void>;
}

/** Real time. */
const REQUEST = 5_000;

/** Throws Trouble where the tokens can never work, not where Slack cannot be reached. */
export async function startSlack(options: SlackOptions): Promise<SlackApp> {
  const { commands, store, clock, log, trail, slack, defaultChannel } = options;
  const logger = boltLogger(log, LogLevel.WARN);
  const receiving = receiverFor(slack, options, trail, logger);
  if (!options.named) {
    log.warn({}, 'MAINT_OPERATORS is not set: everybody in the Slack workspace may start, approve and abort');
  }
  const app = new App({
    receiver: receiving.receiver,
    // Not Bolt's own: it would ask auth.test before the first acknowledgement.
    authorize: async () => ({ botToken: slack.botToken }),
    // A Map of what nobody here keeps about conversations.
    convoStore: false,
    ignoreSelf: false,
    logger,
    clientOptions: clientOptions(slack, logger),
    extendedErrorHandler: true,
  });
  const post = createPost(slack.botToken, clientOptions(slack, logger));
  const notifier = startNotifier({ store, post, clock, log, defaultChannel, paceMs: options.paceMs });
  const placed: Notifier['placed'] = (runId, what) => notifier.placed(runId, what);
  const asking = new WebClient(slack.botToken, clientOptions(slack, logger));
  const { patienceMs } = options;
  const home = homeOf(asking, log, patienceMs);
  const answers = formAnswers();
  watchForStrangers(app, { home, trail, log, store, answers, onlyOurs: !options.named, patienceMs });
  listenForCommands(app, { commands, store, clock, log, trail, placed });
  listenForButtons(app, { commands, store, log, trail, placed, redraw: (runId) => notifier.look(runId) });
  listenForOpeners(app, { commands, log, trail });
  listenForPlans(app, { commands, log, trail });
  listenForHome(app, { commands, clock, log });
  listenForForms(app, { forms: everyForm({ commands, placed }), answers, log, trail, lateMs: options.lateMs });
  listenForWindowButtons(app, { commands, log, trail });
  const failed = async ({ error, body }: { error: Error; body: unknown }): Promise<void> => {
    log.error({ why: reasonOf(error) }, 'a Slack request failed');
    await tellPerson(body, error).catch((again) => log.error({ why: reasonOf(again) }, 'the person could not be told'));
  };
  app.error(failed);
  try {
    const { port, close } = await receiving.start(log);
    return {
      whoIs: whoIsIn(asking, home, log),
      notifier,
      announcer: createAnnouncer(post),
      port,
      async close() {
        await close();
        await notifier.close();
      },
    };
  } catch (error) {
    await notifier.close();
    throw error;
  }
}

/** A new object every time: socket-mode writes into the one it is given. */
function clientOptions(slack: SlackSettings, logger: ReturnType<typeof boltLogger>): WebClientOptions {
  return {
    ...(slack.apiUrl === null ? {} : { slackApiUrl: slack.apiUrl.replace(/\/*$/u, '/') }),
    retryConfig: { retries: 1, minTimeout: 200, maxTimeout: 500 },
    timeout: REQUEST,
    rejectRateLimitedCalls: true,
    logger,
  };
}

function receiverFor(
  slack: SlackSettings,
  { port, routes = [] }: Pick<SlackOptions, 'port' | 'routes'>,
  trail: Trail,
  logger: ReturnType<typeof boltLogger>,
): Receiving {
  const { mode } = slack;
  if (mode.is === 'socket') return overSocket(mode.appToken, clientOptions(slack, logger), logger);
  const refused = (why: string): void =>
    trail.note({ person: null, what: 'a forged Slack request', outcome: 'refused', why });
  return overHttp({ signingSecret: mode.signingSecret, port, routes, refused }, logger);
}

const Answerable = z.object({ response_url: z.url() });

/** The last resort: a listener itself failed, so that nobody has answered. */
async function tellPerson(body: unknown, error: unknown): Promise<void> {
  const parsed = Answerable.safeParse(body);
  if (!parsed.success) return;
  const { text } = refusal(failureFor(error));
  await fetch(parsed.data.response_url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
    signal: AbortSignal.timeout(REQUEST),
  });
}
