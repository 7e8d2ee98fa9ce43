// Brings what people do to the app: over Socket Mode where a connection is open, else as a signed HTTP request. Says
// how long the acknowledgement took, and refuses to wait longer than Slack does.
import { createHmac } from 'node:crypto';
import type { Envelope, Sockets } from './sockets.ts';

export interface Ack {
  readonly via: 'socket' | 'http';
  /** What the app acknowledged with: parsed JSON, text, or null. */
  readonly body: unknown;
  /** Real milliseconds. */
  readonly ms: number;
}

/** What the person sees in place of an answer, in Slack's words. */
export class NotAcknowledged extends Error {
  override readonly name = 'NotAcknowledged';
  readonly code: 'dispatch_failed' | 'operation_timeout';

  constructor(code: 'dispatch_failed' | 'operation_timeout', why: string) {
    super(`${code}: ${why}`);
    this.code = code;
  }
}

export interface RawRequest {
  /** The bytes that are sent, and signed unless `signature` is given. */
  readonly body: string;
  /** A form by default. */
  readonly contentType?: string;
  /** Seconds since the epoch: now by default. */
  readonly timestamp?: number;
  /** Signed with this in place of the right secret. */
  readonly secret?: string;
  /** Sent in place of a computed signature; null sends none. */
  readonly signature?: string | null;
}

const MOST_KEPT = 1_000;

export class Delivery {
  readonly #sockets: Sockets;
  readonly #secret: string;
  readonly #ackMs: number;
  #repeat = 0;
  /** What people did, oldest first; the last of it. */
  readonly made: Envelope[] = [];
  /** Where the app listens for HTTP, or null where it does not. */
  requestUrl: string | null;

  constructor(sockets: Sockets, options: { secret: string; ackMs: number; requestUrl: string | null }) {
    this.#sockets = sockets;
    this.#secret = options.secret;
    this.#ackMs = options.ackMs;
    this.requestUrl = options.requestUrl;
  }

  /** The next `times` deliveries come twice, as they may. */
  repeatNext(times = 1): void {
    this.#repeat = times;
  }

  async deliver(envelope: Envelope): Promise<Ack> {
    this.made.push(envelope);
    if (this.made.length > MOST_KEPT) this.made.shift();
    const copies = this.#repeat > 0 ? 2 : 1;
    this.#repeat = Math.max(0, this.#repeat - 1);
    const start = performance.now();
    const via = this.#sockets.count > 0 ? 'socket' : 'http';
    const body = via === 'socket' ? await this.#overSocket(envelope, copies) : await this.#overHttp(envelope, copies);
    return { via, body, ms: performance.now() - start };
  }

  async #overSocket(envelope: Envelope, copies: number): Promise<unknown> {
    try {
      return await this.#sockets.send(envelope, { ackMs: this.#ackMs, copies });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why === 'late') throw new NotAcknowledged('operation_timeout', `no acknowledgement within ${this.#ackMs} ms`);
      throw new NotAcknowledged('dispatch_failed', 'the connection was lost before the acknowledgement');
    }
  }

  async #overHttp(envelope: Envelope, copies: number): Promise<unknown> {
    const request = bodyOf(envelope);
    const [first] = await Promise.all(Array.from({ length: copies }, () => this.raw(request)));
    if (first === undefined || first.status < 200 || first.status > 299) {
      throw new NotAcknowledged('dispatch_failed', `the app answered ${first?.status ?? 'nothing'}`);
    }
    return first.body;
  }

  /** Sends any body with any signature; resolves with what the app answered, whatever that is. */
  async raw(request: RawRequest): Promise<{ status: number; body: unknown }> {
    if (this.requestUrl === null)
      throw new NotAcknowledged('dispatch_failed', 'no app is connected, and no request URL is set');
    const timestamp = request.timestamp ?? Math.floor(Date.now() / 1_000);
    const signature =
      request.signature === undefined
        ? signed(request.body, timestamp, request.secret ?? this.#secret)
        : request.signature;
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.requestUrl, {
        method: 'POST',
        headers: {
          'content-type': request.contentType ?? 'application/x-www-form-urlencoded',
          'user-agent': 'Slackbot 1.0 (sandbox)',
          'x-slack-request-timestamp': String(timestamp),
          ...(signature === null ? {} : { 'x-slack-signature': signature }),
        },
        body: request.body,
        signal: AbortSignal.timeout(this.#ackMs),
      });
      text = await response.text();
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') {
        throw new NotAcknowledged('operation_timeout', `no acknowledgement within ${this.#ackMs} ms`);
      }
      throw new NotAcknowledged('dispatch_failed', `the app cannot be reached at ${this.requestUrl}`);
    }
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const body: unknown = text === '' ? null : isJson ? JSON.parse(text) : text;
    return { status: response.status, body };
  }
}

function bodyOf({ type, payload }: Envelope): RawRequest {
  switch (type) {
    case 'events_api':
      return { body: JSON.stringify(payload), contentType: 'application/json' };
    case 'interactive':
      return { body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() };
    case 'slash_commands':
      return {
        body: new URLSearchParams(
          Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)])),
        ).toString(),
      };
  }
}

function signed(body: string, timestamp: number, secret: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}
