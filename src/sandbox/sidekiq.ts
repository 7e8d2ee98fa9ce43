// The Redis of an app whose workers are Sidekiq's processes, on this machine: the keys that Sidekiq keeps, made of the app's queue
// at the moment that they are read. It speaks as much of Redis as it takes to look at them, and to tell a process to take
// nothing more; there is nothing else in it.
import { createServer, type Socket } from 'node:net';
import { isOneOff } from './heroku/dynos.ts';
import { isQuiet, tellQuiet } from './heroku/queue.ts';
import type { App, Dyno, Queue } from './heroku/state.ts';
import type { World } from './heroku/world.ts';

type Command = readonly string[];
type Answer = string | number | null | { readonly simple: string } | { readonly error: string } | readonly Answer[];

const OK = { simple: 'OK' } as const;

export type SandboxSidekiq = Awaited<ReturnType<typeof startSidekiq>>;

/** `app`: its name; looked up at each question. */
export async function startSidekiq({ world, app }: { world: World; app: string }) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Whoever breaks it off has had what they wanted.
    socket.on('error', () => socket.destroy());
    converse(socket, (command) => answer(world, world.findApp(app), command));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `redis://127.0.0.1:${port}/0`,
    async close(): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function converse(socket: Socket, reply: (command: Command) => Answer): void {
  let unread = Buffer.alloc(0);
  let together: Command[] | null = null;
  const take = (command: Command): Answer => {
    switch (command[0]?.toLowerCase()) {
      case 'multi':
        together = [];
        return OK;
      case 'exec': {
        const answers = (together ?? []).map(reply);
        together = null;
        return answers;
      }
      default:
        if (together === null) return reply(command);
        together.push(command);
        return { simple: 'QUEUED' };
    }
  };
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    for (let read = firstOf(unread); read !== null; read = firstOf(unread)) {
      unread = unread.subarray(read.bytes);
      socket.write(encoded(take(read.command)));
    }
  });
}

/** The first whole command, as every client sends it: an array of texts. Null where the rest has not come yet. */
function firstOf(buffer: Buffer): { readonly command: Command; readonly bytes: number } | null {
  let at = 0;
  const line = (): string | null => {
    const end = buffer.indexOf('\r\n', at);
    if (end < 0) return null;
    const text = buffer.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  const head = line();
  if (head === null) return null;
  const command: string[] = [];
  for (let left = Number(head.slice(1)); left > 0; left -= 1) {
    const size = line();
    if (size === null) return null;
    const end = at + Number(size.slice(1));
    if (buffer.length < end + 2) return null;
    command.push(buffer.toString('utf8', at, end));
    at = end + 2;
  }
  return { command, bytes: at };
}

function encoded(answer: Answer): string {
  if (answer === null) return '$-1\r\n';
  if (typeof answer === 'number') return `:${answer}\r\n`;
  if (typeof answer === 'string') return `$${Buffer.byteLength(answer)}\r\n${answer}\r\n`;
  if ('simple' in answer) return `+${answer.simple}\r\n`;
  if ('error' in answer) return `-${answer.error}\r\n`;
  return `*${answer.length}\r\n${answer.map(encoded).join('')}`;
}

function answer(world: World, app: App | null, [name = '', key = '', ...rest]: Command): Answer {
  const now = world.timers.now();
  const queue = app?.queue ?? null;
  const processes = app === null || queue === null ? [] : app.dynos.filter((dyno) => isProcess(dyno, queue));
  const [, which = '', part = ''] = /^(.*?:4:[0-9a-f]{12})(.*)$/u.exec(key) ?? [];
  const dyno = processes.find((one) => idOf(one) === which);
  switch (name.toLowerCase()) {
    case 'time':
      return [String(Math.floor(now / 1_000)), String((now % 1_000) * 1_000)];
    case 'auth':
    case 'select':
      return OK;
    case 'expire':
      return 1;
    // Nothing is scheduled, and nothing is tried again.
    case 'zcard':
    case 'zcount':
      return 0;
    case 'zrange':
      return [];
    case 'get':
      return key === 'stat:failed' ? '0' : null;
    case 'smembers':
      if (key === 'queues') return app === null || queue === null ? [] : [queueName(app, queue)];
      return key === 'processes' ? processes.map(idOf) : [];
    case 'llen':
      return queue?.waiting.length ?? 0;
    case 'lindex': {
      const oldest = queue?.waiting[0];
      return oldest === undefined ? null : JSON.stringify({ ...job(oldest.id), enqueued_at: oldest.addedAt });
    }
    case 'hmget':
      return rest.map((field) => (dyno === undefined ? null : (stateOf(dyno, now)[field] ?? null)));
    case 'hvals': {
      const { work } = dyno ?? { work: null };
      if (app === null || queue === null || part !== ':work' || work === null) return [];
      const since = Math.floor((work.startedAt ?? now) / 1_000);
      return [JSON.stringify({ queue: queueName(app, queue), run_at: since, payload: JSON.stringify(job(work.id)) })];
    }
    case 'lrange':
      return [];
    case 'lpush':
      if (dyno !== undefined && part === '-signals' && rest.includes('TSTP')) tellQuiet(dyno);
      return 1;
    default:
      return { error: `ERR unknown command '${name}'` };
  }
}

function isProcess(dyno: Dyno, queue: Queue): boolean {
  return dyno.state === 'up' && !isOneOff(dyno) && queue.consumers.includes(dyno.type);
}

/** Host, process id and a number of its own, as Sidekiq makes it. */
function idOf({ name, id }: Dyno): string {
  return `${name}:4:${id.replaceAll('-', '').slice(0, 12)}`;
}

function stateOf(dyno: Dyno, now: number): Readonly<Record<string, string>> {
  return {
    info: JSON.stringify({ hostname: dyno.name, pid: 4, version: '8.0.0', identity: idOf(dyno) }),
    busy: dyno.work === null ? '0' : '1',
    quiet: String(isQuiet(dyno)),
    beat: String(now / 1_000),
  };
}

/** As its workers were told on their command line. */
function queueName(app: App, { consumers }: Queue): string {
  const commands = app.formation.filter(({ type }) => consumers.includes(type)).map(({ command }) => command);
  return /\s-q (\w+)/u.exec(commands.join(' '))?.[1] ?? 'default';
}

function job(id: number): { readonly class: string; readonly jid: string } {
  return { class: 'RenderJob', jid: String(id).padStart(24, '0') };
}
