// A cable to a server that can go dead: connections stay open, and nothing comes through any more. What a network does
// that loses a machine without a word.
import { connect, createServer, type Socket } from 'node:net';

export interface Cable {
  readonly port: number;
  goDead(): void;
  close(): Promise<void>;
}

/** `port`: where it begins; any that is free where not said. */
export async function layCable(to: number, port = 0): Promise<Cable> {
  const ends = new Set<Socket>();
  let dead = false;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [from, onto] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.on('data', (bytes) => dead || onto.write(bytes));
      from.on('error', () => onto.destroy());
      from.on('close', () => {
        ends.delete(from);
        if (!dead) onto.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return {
    port: address.port,
    goDead() {
      dead = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const end of ends) end.destroy();
      }),
  };
}
