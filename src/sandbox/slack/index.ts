// A Slack on this machine, good enough for an unmodified Bolt app: starts it, and is what tests, the demo and rehearsals
// hold it by.
import { createTraffic, listen, type Traffic } from '../http.ts';
import type { World } from './call.ts';
import { Changes, type Listener } from './changes.ts';
import { Delivery, type RawRequest } from './delivery.ts';
import { Files } from './files.ts';
import { Grants, type Limits } from './grants.ts';
import { Messages } from './messages.ts';
import { People } from './people.ts';
import { Buckets, type Rates, slacksRates } from './rates.ts';
import { renderMessage, renderView } from './render.ts';
import { slackServer } from './server.ts';
import { type Envelope, Sockets } from './sockets.ts';
import { Views } from './views.ts';
import { defaultWorkspace, type Workspace } from './workspace.ts';

export type { Block, View } from './blocks/blocks.ts';
export type { Change } from './changes.ts';
export { type Ack, NotAcknowledged } from './delivery.ts';
export { buttonsIn } from './find.ts';
export { current, type Message, type Metadata, type Version } from './messages.ts';
export type { ClickAck, CommandAck, Submitted } from './people.ts';
export { type Rates, slacksRates } from './rates.ts';
export { type Names, renderMessage, renderView } from './render.ts';
export type { OpenView } from './views.ts';
export { type Channel, type User, type UserGroup, Workspace } from './workspace.ts';

export interface SlackOptions {
  /** The domain's time: when messages were posted. */
  readonly clock: Traffic['clock'];
  /** Shared with the other services of one sandbox; its own by default. */
  readonly traffic?: Traffic;
  /** A free one by default. */
  readonly port?: number;
  readonly signingSecret?: string;
  readonly botToken?: string;
  readonly appToken?: string;
  /** Where the app listens, for HTTP mode. Can be set later. */
  readonly requestUrl?: string;
  /** Real milliseconds that every answer of the Web API takes. */
  readonly latencyMs?: number;
  readonly rates?: Rates | 'off';
  readonly workspace?: Workspace;
  /** How long an acknowledgement is waited for: 3,000 in Slack. */
  readonly ackMs?: number;
  readonly limits?: Partial<Limits>;
  /**
   * Text of all blocks of a message together. Slack answers `msg_blocks_too_long` above a number that it does not tell;
   * 9,600 characters were seen to pass and 11,300 to fail (slackapi/bolt-js#2867).
   */
  readonly textOfAllBlocks?: number;
}

export type SandboxSlack = Awaited<ReturnType<typeof startSlack>>;

export async function startSlack(options: SlackOptions) {
  const { clock } = options;
  const traffic = options.traffic ?? createTraffic(clock);
  if (options.latencyMs !== undefined) traffic.latencyMs.slack = options.latencyMs;
  const signingSecret = options.signingSecret ?? 'sandbox-signing-secret';
  const tokens = { bot: options.botToken ?? 'xoxb-sandbox', app: options.appToken ?? 'xapp-sandbox' };
  const real = () => performance.now();
  const limits: Limits = { triggerMs: 3_000, responseUrlMs: 30 * 60_000, responseUrlUses: 5, ...options.limits };

  let url = '';
  const changes = new Changes();
  const sockets = new Sockets();
  const world: World = {
    workspace: options.workspace ?? defaultWorkspace(),
    messages: new Messages(changes, () => clock.now()),
    views: new Views(changes),
    files: new Files(),
    grants: new Grants(limits, real),
    changes,
    buckets: new Buckets(real),
    rates: ratesOf(options.rates ?? slacksRates),
    textOfAllBlocks: options.textOfAllBlocks ?? 10_000,
    url: () => url,
    openConnection: () => `${url.replace(/^http/, 'ws')}${sockets.ticket()}`,
  };
  const delivery = new Delivery(sockets, {
    secret: signingSecret,
    ackMs: options.ackMs ?? 3_000,
    requestUrl: options.requestUrl ?? null,
  });
  const people = new People(world, delivery, () => clock.now());
  const server = slackServer(world, tokens, sockets, traffic);
  const listening = await listen(server, options.port === undefined ? {} : { port: options.port });
  url = listening.url;

  return {
    url,
    port: listening.port,
    /** For `SLACK_API_URL` and `clientOptions.slackApiUrl`. */
    apiUrl: `${url}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret,
    clock,
    workspace: world.workspace,
    messages: world.messages,
    views: world.views,
    files: world.files,
    faults: traffic.faults,
    requests: traffic.requests,

    onChange: (listener: Listener) => changes.onChange(listener),
    /** Resolves with what `look` returns once that is something: see Changes. */
    until: <T>(look: () => T | undefined | null | false, withinMs?: number) => changes.until(look, withinMs),

    command: (given: Parameters<People['command']>[0]) => people.command(given),
    click: (given: Parameters<People['click']>[0]) => people.click(given),
    select: (given: Parameters<People['select']>[0]) => people.select(given),
    submit: (given: Parameters<People['submit']>[0]) => people.submit(given),
    dismiss: (given: Parameters<People['dismiss']>[0]) => people.dismiss(given),
    openViews: (user: string) => people.openViews(user),
    openHome: (user: string) => people.openHome(user),
    homeView: (user: string) => people.homeView(user),
    say: (given: Parameters<People['say']>[0]) => people.say(given),

    /** What was brought to the app, oldest first: commands, clicks, submissions, events. */
    deliveries: (): readonly Envelope[] => delivery.made,
    /** Sends any body with any stamp and signature to the app's request URL. */
    deliverRaw: (request: RawRequest) => delivery.raw(request),
    /** The next deliveries come twice. */
    repeatNext: (times?: number) => delivery.repeatNext(times),
    setRequestUrl: (requestUrl: string | null) => {
      delivery.requestUrl = requestUrl;
    },
    setRates: (rates: Rates | 'off') => {
      world.rates = ratesOf(rates);
    },

    /** Resolves as soon as an app is connected over Socket Mode. */
    connected: () => sockets.connected(),
    connectedSockets: () => sockets.count,
    disconnectSockets: (how?: 'asked' | 'cut') => sockets.disconnect(how),
    refuseSockets: (what: Sockets['refuse']) => {
      sockets.refuse = what;
    },

    /** The picture of a message as people see it, with the names of this workspace. */
    render: (message: Parameters<typeof renderMessage>[0], width?: number) =>
      renderMessage(message, { names: world.workspace, ...(width === undefined ? {} : { width }) }),
    renderView: (view: Parameters<typeof renderView>[0]) => renderView(view, { names: world.workspace }),

    close: async () => {
      sockets.close();
      await server.close();
    },
  };
}

function ratesOf(rates: Rates | 'off'): Rates {
  return rates === 'off' ? { post: 'off', update: 'off' } : rates;
}
