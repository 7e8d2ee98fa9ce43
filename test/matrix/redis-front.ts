// A real TCP server between the processes of a cell and an app's Redis. An app has one address, so a connection belongs to whichever
// process is there when it is opened; what the client sends in one go is one crossing.
import { connect, createServer, type Socket } from 'node:net';
import type { Fate } from './crossing.ts';
import type { Gate } from './gate.ts';

export interface RedisFront {
  readonly url: string;
  close(): Promise<void>;
}

/** `to`: the Redis. `gate`: of the process that is there now. */
export async function startRedisFront(to: string, gate: () => Gate | null): Promise<RedisFront> {
  const { hostname, port, pathname } = new URL(to);
  const open = new Set<Socket>();
  const kept = (socket: Socket): Socket => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    return socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    kept(client);
    const its = gate();
    if (its === null || its.dead) return void client.resetAndDestroy();
    const redis = kept(connect(Number(port), hostname));
    converse(client, redis, its);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port on the loopback interface');
  return {
    url: `redis://127.0.0.1:${address.port}${pathname}`,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function converse(client: Socket, redis: Socket, gate: Gate): void {
  /** What becomes of the next answer. */
  let fate: Fate = { is: 'pass' };
  let under = false;
  const asked = (is: boolean): void => {
    if (is !== under) gate.under += is ? 1 : -1;
    under = is;
  };
  client.on('close', () => {
    asked(false);
    redis.destroy();
  });
  redis.on('close', () => client.destroy());
  client.on('data', (sent: Buffer) => {
    asked(true);
    fate = gate.meet('redis', nameOf(sent), '', /\blpush\b/i.test(sent.toString('latin1')));
    const never = 'when' in fate && fate.when === 'before';
    if (!never) return void redis.write(sent);
    if (fate.is === 'die') gate.dead = true;
    client.resetAndDestroy();
  });
  redis.on('data', (answer: Buffer) => {
    if (fate.is === 'die') gate.dead = true;
    if (fate.is === 'cut-body') client.write(answer.subarray(0, Math.floor(answer.length / 2)));
    // It died while this was under way: nobody hears the answer.
    if (fate.is !== 'pass' || gate.dead) return void client.resetAndDestroy();
    asked(false);
    client.write(answer);
  });
}

/** "redis multi": the first command of those that were sent. */
function nameOf(sent: Buffer): string {
  return `redis ${/\r\n(\w+)\r\n/.exec(sent.toString('latin1'))?.[1] ?? ''}`;
}
