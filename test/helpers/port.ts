// Ports for what cannot choose one by itself: a server of another language, or one whose address must be known before it listens.
import { createServer } from 'node:net';

/** Linux takes ports for outgoing connections from 32,768 on: whatever else runs here would be given one of those at any time. */
const [FROM, TO] = [12_000, 32_000];

/** A port that nobody listens at. It is not kept: only somebody who looks for one at random can take it first. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FROM + Math.floor(Math.random() * (TO - FROM));
    if (await free(port)) return port;
  }
}

function free(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
