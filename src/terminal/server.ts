// The bot's side of the terminal: HTTP over a Unix socket in the data directory. Whoever can open the socket owns the
// directory, and could read everything in it anyway.
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { type Logger, messageOf } from '../log.ts';
import { MOST_EXPORT_BYTES } from '../run/commands/export-file.ts';
import type { Commands } from '../run/commands/reply.ts';
import { dispatch, Envelope, socketPath, terminalPerson } from './protocol.ts';

/** An export is handed in through it. */
const MOST_BYTES = MOST_EXPORT_BYTES + 100_000;

/** The directory's lock is held, so a socket that is there already was left behind. */
export async function listen(
  maint: { readonly commands: Commands },
  dataDir: string,
  log: Logger,
): Promise<{ close(): Promise<void> }> {
  const path = socketPath(dataDir);
  await rm(path, { force: true });
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    read(request)
      .then(async (body) => {
        const envelope = Envelope.safeParse(JSON.parse(body));
        if (!envelope.success) return answer(400, { says: envelope.error.message });
        answer(200, await dispatch(maint.commands, terminalPerson(envelope.data.by), envelope.data.call));
      })
      .catch((error: unknown) => {
        log.error({ err: error }, 'a command from the terminal failed');
        answer(500, { says: messageOf(error) });
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Bound within the call, so there is no instant at which somebody else could open it, and no other file is made meanwhile.
    const before = process.umask(0o077);
    try {
      server.listen(path, resolve);
    } finally {
      process.umask(before);
    }
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: string[] = [];
  let length = 0;
  for await (const chunk of request.setEncoding('utf8')) {
    chunks.push(String(chunk));
    length += String(chunk).length;
    if (length > MOST_BYTES) throw new Error(`Expected at most ${MOST_BYTES} bytes, got more`);
  }
  return chunks.join('');
}
