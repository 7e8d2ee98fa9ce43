// Keeps the Socket Mode connection: opened again at once when Slack recycles it, and for as long as it takes when Slack
// cannot be reached. The client's own reconnecting is off: it waits first, and it ends the process with an unhandled
// rejection where apps.connections.open fails for good (socket-mode 3.1.0, delayReconnectAttempt).
import { setTimeout as pause } from 'node:timers/promises';
import type { SocketModeClient } from '@slack/socket-mode';
import { WebAPIPlatformError } from '@slack/web-api';
import { Trouble } from '../errors.ts';
import type { Logger } from '../log.ts';
import { reasonOf } from './words.ts';

export interface Connection {
  /** Resolves when Slack listens for the first time; rejects with Trouble where the token can never work. */
  readonly first: Promise<void>;
  close(): Promise<void>;
}

// Real time.
const LONGEST_PAUSE = 10_000;
const hopeless = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'missing_scope',
  'org_login_required',
]);

export function keepConnected(client: SocketModeClient, log: Logger): Connection {
  const closing = new AbortController();
  let done: () => void = () => {};
  let fail: (error: Trouble) => void = () => {};
  const first = new Promise<void>((resolve, reject) => {
    done = resolve;
    fail = reject;
  });
  first.catch(() => {});

  const loop = async (): Promise<void> => {
    let failures = 0;
    while (!closing.signal.aborted) {
      try {
        await client.start();
        log[failures === 0 ? 'debug' : 'info']({}, 'connected to Slack');
        failures = 0;
        done();
        await disconnected(client, closing.signal);
      } catch (error) {
        if (closing.signal.aborted) return;
        failures += 1;
        const code = error instanceof WebAPIPlatformError ? error.data.error : null;
        log.error(
          { why: reasonOf(error), failures },
          'Slack cannot be reached; commands and buttons wait, the runs go on',
        );
        if (code !== null && hopeless.has(code)) {
          fail(
            new Trouble('needs-human', `Slack refused SLACK_APP_TOKEN: ${code}`, {
              remedy: 'Make a new app-level token with the scope connections:write, and switch Socket Mode on.',
              cause: error,
            }),
          );
        }
        await pause(Math.min(LONGEST_PAUSE, 250 * 2 ** failures), undefined, { signal: closing.signal }).catch(
          () => {},
        );
      }
    }
  };
  const looping = loop();

  return {
    first,
    async close() {
      closing.abort();
      done();
      // Resolves when the socket is closed; one that never opened has nothing to wait for.
      await Promise.race([client.disconnect(), pause(1_000, undefined, { ref: false })]);
      await Promise.race([looping, pause(1_000, undefined, { ref: false })]);
    },
  };
}

/** Until the socket is closed, or `closing`. */
function disconnected(client: SocketModeClient, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      client.off('disconnected', end);
      closing.removeEventListener('abort', end);
      resolve();
    };
    client.once('disconnected', end);
    closing.addEventListener('abort', end);
  });
}
