// Takes what Heroku delivers. Nothing in it is believed, stored or even parsed: it is proved to come from Heroku, and then
// only wakes the run, which looks for itself. So one that is forged does nothing, and one that is replayed costs a look.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, BODY_MS, bodyReader } from '../../body.ts';
import type { Clock } from '../../clock.ts';
import { createBursts } from './bursts.ts';
import { isSigned, WEBHOOKS_PATH } from './subscription.ts';

/** Bodies that are read at the same time. */
const MOST_AT_ONCE = 32;
const SIGNATURE = 'heroku-webhook-hmac-sha256';
/** 32 bytes in base64: what looks otherwise is wrong whatever the body is, which then is not waited for. */
const LOOKS_SIGNED = /^[A-Za-z0-9+/]{43}=$/u;

export interface WebhookReceiver {
  /** For a router that knows `:name` for a part of a path. */
  readonly path: string;
  /** Answers every request that is sent to that path, whatever the method. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

export interface ReceiverOptions {
  readonly secret: (run: string) => string;
  readonly clock: Clock;
  /** The run may have ended long ago, or be unknown here. */
  readonly wake: (run: string) => void;
  /** `why`: one of a few sentences, never anything that came from outside. */
  readonly refused: (why: string) => void;
  /** Milliseconds for a whole body; ten seconds where not said. */
  readonly bodyMs?: number;
}

export function createWebhookReceiver(options: ReceiverOptions): WebhookReceiver {
  const bursts = createBursts(options.clock, options.wake);
  const { secret, bodyMs = BODY_MS } = options;
  const read = bodyReader(MOST_AT_ONCE, bodyMs);

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const run = runOf(request.url ?? '');
    if (request.method !== 'POST' || run === null) return answer(response, request.method === 'POST' ? 404 : 405);
    const refuse = (status: number, why: string): void => {
      options.refused(why);
      answer(response, status);
    };
    const signature = request.headers[SIGNATURE];
    if (typeof signature !== 'string' || signature === '') return refuse(401, 'a webhook without a signature');
    if (!LOOKS_SIGNED.test(signature)) return refuse(401, 'a webhook with a wrong signature');
    const body = await read(request);
    if (body === 'gone') return;
    if (body === 'dropped') return refuse(408, 'a webhook whose body had not come when many others did');
    if (body === 'late') return refuse(408, 'a webhook whose body did not end');
    if (body === 'too big') return refuse(413, 'a webhook of more than a megabyte');
    if (!isSigned(body, signature, secret(run))) return refuse(401, 'a webhook with a wrong signature');
    bursts.came(run);
    response.writeHead(204).end();
  }

  return {
    path: `${WEBHOOKS_PATH}:run`,
    handle(request, response) {
      // A connection that breaks is nobody's fault here.
      receive(request, response).catch(() => response.destroy());
    },
    close: () => bursts.close(),
  };
}

function runOf(url: string): string | null {
  const path = url.split('?')[0] ?? '';
  const run = path.startsWith(WEBHOOKS_PATH) ? path.slice(WEBHOOKS_PATH.length) : '';
  // Behind the dot it says which secret it was made with; the signature tells.
  return /^([a-z0-9]{1,64})(\.[a-f0-9]{8})?$/i.exec(run)?.[1] ?? null;
}
