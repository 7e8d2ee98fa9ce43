// An unmodified Bolt app against the sandbox's Slack, in both of its modes, for the tests of this folder.
import { App, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { SandboxClock } from '../../../src/sandbox/clock.ts';
import { type SandboxSlack, type SlackOptions, startSlack } from '../../../src/sandbox/slack/index.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';

export type Mode = 'socket' | 'http';

export interface Setting {
  readonly slack: SandboxSlack;
  readonly app: App;
  /** What Bolt logged as an error. */
  readonly errors: string[];
}

const startAt = Date.UTC(2026, 10, 21, 12);

/** Slack alone; whoever starts it closes it. */
export function slackAlone(options: Partial<SlackOptions> = {}): Promise<SandboxSlack> {
  return startSlack({
    clock: new SandboxClock({ start: startAt, manual: true }),
    rates: 'off',
    ackMs: PATIENCE_MS,
    limits: { triggerMs: PATIENCE_MS },
    ...options,
  });
}

/** Runs `story` with a Slack and an app on it, prepared by `listen`; takes both down afterwards. */
export async function withBolt(
  mode: Mode,
  listen: (app: App, slack: SandboxSlack) => void,
  story: (setting: Setting) => Promise<void>,
  options: Partial<SlackOptions> = {},
): Promise<void> {
  const slack = await slackAlone(options);
  const errors: string[] = [];
  const logger = quiet(errors);
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 2, minTimeout: 10, maxTimeout: 50 } };
  const common = { token: slack.botToken, clientOptions, logger };
  const app =
    mode === 'socket'
      ? new App({
          ...common,
          receiver: new SocketModeReceiver({
            appToken: slack.appToken,
            // Also how long a pong may take, and a busy machine takes its time: much less, and connections drop at random.
            clientPingTimeout: 1_000,
            installerOptions: { clientOptions: { ...clientOptions } },
            logger,
          }),
        })
      : new App({ ...common, signingSecret: slack.signingSecret });
  listen(app, slack);
  try {
    const server = await app.start(0);
    if (mode === 'http') slack.setRequestUrl(`http://127.0.0.1:${portOf(server)}/slack/events`);
    await story({ slack, app, errors });
  } finally {
    await app.stop();
    await slack.close();
  }
}

function portOf(server: unknown): number {
  if (typeof server === 'object' && server !== null && 'address' in server && typeof server.address === 'function') {
    const address: unknown = server.address();
    if (typeof address === 'object' && address !== null && 'port' in address) return Number(address.port);
  }
  throw new Error('Expected a listening server');
}

function quiet(errors: string[]): Logger {
  return {
    debug() {},
    info() {},
    warn() {},
    error: (...parts) => {
      errors.push(parts.map(String).join(' '));
    },
    setLevel() {},
    getLevel: () => LogLevel.INFO,
    setName() {},
  };
}

/** One `actions` block with buttons; each has its text in lower case as action id. */
export function buttons(...labels: string[]) {
  return {
    type: 'actions' as const,
    elements: labels.map((label) => ({
      type: 'button' as const,
      text: { type: 'plain_text' as const, text: label },
      action_id: label.toLowerCase(),
    })),
  };
}

export function section(text: string) {
  return { type: 'section' as const, text: { type: 'mrkdwn' as const, text } };
}

export function plain(text: string) {
  return { type: 'plain_text' as const, text };
}
