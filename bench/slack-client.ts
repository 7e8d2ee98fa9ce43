// Slack's side of the acknowledgements over HTTP, in a process of its own that does nothing else: what the sandbox has to do for the
// commands behind them would be measured with them. Sends whole requests, made before, over connections that are kept open as
// Slack keeps its own; each is timed from its bytes being handed to the kernel to the first of its answer.
import { connect, type Socket } from 'node:net';
import { z } from 'zod';

const Told = z.object({ port: z.number(), requests: z.array(z.string()) });

const free: Socket[] = [];

process.on('message', (message: unknown) => {
  const { port, requests } = Told.parse(message);
  void Promise.all(requests.map((request) => timed(port, request))).then((ms) => process.send?.(ms));
});

async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Milliseconds until it was acknowledged. */
async function timed(port: number, request: string): Promise<number> {
  const socket = free.pop() ?? (await connected(port));
  const began = performance.now();
  socket.write(request);
  const answer = await new Promise<Buffer>((resolve, reject) => {
    socket.once('data', resolve).once('error', reject);
    socket.once('close', () => reject(new Error('Expected an acknowledgement, the connection was closed')));
  });
  const ms = performance.now() - began;
  if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error(`Expected 200, got ${answer}`);
  socket.removeAllListeners();
  free.push(socket);
  return ms;
}
