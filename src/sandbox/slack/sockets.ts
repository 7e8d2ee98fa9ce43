// Socket Mode: connections that apps opened, and envelopes that go out on them until they are acknowledged.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { Refusal } from './refusal.ts';
import { app } from './workspace.ts';

export interface Envelope {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: Readonly<Record<string, unknown>>;
}

const acknowledgement = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

const pingEveryMs = 10_000;

export class Sockets {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #waiting = new Map<string, { socket: WebSocket; acked: (payload: unknown) => void; lost: () => void }>();
  #connected: WebSocket[] = [];
  #next = 0;
  #pinger: NodeJS.Timeout | undefined;
  #awaiting: (() => void)[] = [];
  /** `open`: apps.connections.open answers with an error. `upgrade`: it answers, and the socket is refused. */
  refuse: 'open' | 'upgrade' | 'nothing' = 'nothing';

  get count(): number {
    return this.#connected.length;
  }

  /** Resolves as soon as an app is connected. */
  connected(): Promise<void> {
    if (this.count > 0) return Promise.resolve();
    return new Promise((resolve) => this.#awaiting.push(resolve));
  }

  /** The path and query of a URL that is good for one connection. */
  ticket(): string {
    if (this.refuse === 'open') throw new Refusal('internal_error');
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `/link/?ticket=${ticket}&app_id=${app.id}`;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const ticket = url.searchParams.get('ticket') ?? '';
    if (url.pathname !== '/link/' || this.refuse === 'upgrade' || !this.#tickets.delete(ticket)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (accepted) => this.#accept(accepted));
  }

  #accept(socket: WebSocket): void {
    socket.on('message', (data) => this.#hear(String(data)));
    socket.on('close', () => this.#forget(socket));
    socket.on('error', () => socket.terminate());
    this.#connected.push(socket);
    this.#pinger ??= setInterval(() => {
      for (const one of this.#connected) one.ping();
    }, pingEveryMs).unref();
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.count,
        connection_info: { app_id: app.id },
        debug_info: { host: 'sandbox', approximate_connection_time: 3_600 },
      }),
    );
    for (const resolve of this.#awaiting.splice(0)) resolve();
  }

  #hear(text: string): void {
    const parsed = acknowledgement.safeParse(JSON.parse(text));
    if (!parsed.success) return;
    // Acknowledged twice, or late: Slack does not mind.
    this.#waiting.get(parsed.data.envelope_id)?.acked(parsed.data.payload);
  }

  #forget(socket: WebSocket): void {
    this.#connected = this.#connected.filter((one) => one !== socket);
    for (const waiting of [...this.#waiting.values()]) if (waiting.socket === socket) waiting.lost();
  }

  /**
   * Sends it on one of the connections, each in its turn, `copies` times. Resolves with the payload of the first
   * acknowledgement; rejects with 'lost' or 'late' where none comes within `ackMs`.
   */
  send(envelope: Envelope, options: { ackMs: number; copies: number }): Promise<unknown> {
    const socket = this.#connected[this.#next++ % Math.max(1, this.#connected.length)];
    if (socket === undefined) return Promise.reject(new Error('lost'));
    const id = randomUUID();
    const text = JSON.stringify({
      envelope_id: id,
      ...envelope,
      accepts_response_payload: envelope.type !== 'events_api',
      ...(envelope.type === 'events_api' ? { retry_attempt: 0, retry_reason: '' } : {}),
    });
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        how();
      };
      const timer = setTimeout(() => settle(() => reject(new Error('late'))), options.ackMs);
      this.#waiting.set(id, {
        socket,
        acked: (payload) => settle(() => resolve(payload)),
        lost: () => settle(() => reject(new Error('lost'))),
      });
      for (let copy = 0; copy < options.copies; copy += 1) socket.send(text);
    });
  }

  /** `asked`: Slack tells the app to reconnect, as it does every few hours. `cut`: the connections just break. */
  disconnect(how: 'asked' | 'cut' = 'asked'): void {
    const gone = this.#connected;
    // Nothing more is sent on a connection that is to go; what waits on it may still be acknowledged if it was asked.
    this.#connected = [];
    for (const socket of gone) {
      if (how === 'cut') socket.terminate();
      else
        socket.send(
          JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'sandbox' } }),
        );
    }
  }

  close(): void {
    clearInterval(this.#pinger);
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }
}
