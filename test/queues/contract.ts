// What holds for every queue system that maint can read, whatever it keeps its jobs in. Each runs it over a bed of its own: a
// real store with what the real system has put there.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Trouble } from '../../src/errors.ts';
import type { Intake, Queue, QueueOptions, QueueSystem, Reading } from '../../src/queues/queue.ts';

/** What is said of an app that has none. */
export const noJobs: Reading = {
  queues: [],
  queued: 0,
  later: 0,
  running: 0,
  oldest: null,
  waiting: null,
  failed: 0,
  doubt: null,
};

/** A store with jobs in it, and nobody who works on them at the moment: nothing changes by itself. */
export interface Bed extends AsyncDisposable {
  readonly url: string;
  readonly options?: QueueOptions;
  /** Everything in the store, to be compared; in an order that does not change. */
  dump(): Promise<unknown>;
}

export interface ContractOptions<B extends Bed> {
  /** The server is not on this machine: skipped, and counted as skipped. */
  readonly skip?: boolean;
  /** Nothing pauses it from outside: then there is nothing to be said of its pauses. */
  readonly withoutPause?: boolean;
  /**
   * Ways to spoil what the system wrote: values of a wrong type, broken JSON, half a row. By what is spoilt, as it is to
   * stand in the test's name. Empty only where nothing can be spoilt.
   */
  readonly garbage: Readonly<Record<string, (bed: B) => Promise<unknown>>>;
}

/** `make`: a fresh bed for each test, with jobs in it; ended with `await using`. */
export function queueContract<B extends Bed>(
  system: QueueSystem,
  make: () => Promise<B>,
  { skip = false, withoutPause = false, garbage }: ContractOptions<B>,
): void {
  describe.skipIf(skip)(`${system.title} keeps the contract of all queue systems`, () => {
    let bed: B;
    beforeEach(async () => {
      bed = await make();
    });
    afterEach(async () => {
      await bed[Symbol.asyncDispose]();
    });

    const open = (url = bed.url, signal = new AbortController().signal): Promise<Queue> =>
      system.open({ url, options: bed.options ?? {}, signal });

    it('says the same twice, and changes nothing in the store', async () => {
      const before = await bed.dump();
      const said = await everything(open);
      expect(await everything(open)).toEqual(said);
      expect(await bed.dump()).toEqual(before);
    });

    it('says as much as its queues add up to', async () => {
      await using queue = await open();
      const { queues, queued, running, oldest, waiting } = await queue.read();
      expect(queues.reduce((total, each) => total + each.queued, 0)).toBe(queued);
      if (running === null || running === 0) expect(oldest).toBeNull();
      if (queued === 0) expect(waiting).toBeNull();
    });

    it('says nothing of the address or the password of a store that cannot be reached', async () => {
      const { url, secrets } = await nobodyAt(bed.url);
      const trouble = await troubleOf(looking(() => open(url)));
      expect(trouble.kind).toBe('retryable');
      expect(trouble.remedy).not.toBe('');
      for (const secret of secrets) expect(inspect(trouble, { depth: 9 })).not.toContain(secret);
    });

    it('says nothing of an address that is none', async () => {
      for (const url of ['', 'a-secret', 'ftp://a-secret@a-secret/a-secret']) {
        const trouble = await troubleOf(looking(() => open(url)));
        expect(inspect(trouble, { depth: 9 })).not.toContain('a-secret');
      }
    });

    it('does not begin when it is told to stop already', async () => {
      const trouble = await troubleOf(looking(() => open(bed.url, AbortSignal.abort())));
      expect(trouble.kind).toBe('retryable');
    });

    it('stops at once, also while it waits for a store that does not answer', async () => {
      await using silent = await silentServer();
      const stop = new AbortController();
      const looked = troubleOf(looking(() => open(silent.instead(bed.url), stop.signal)));
      await silent.reached();
      const asked = Date.now();
      stop.abort();
      expect((await looked).kind).toBe('retryable');
      // And not only when it would have given up by itself.
      expect(Date.now() - asked).toBeLessThan(3_000);
    });

    it('stops between two looks', async () => {
      const stop = new AbortController();
      await using queue = await open(bed.url, stop.signal);
      await queue.read();
      stop.abort();
      expect((await troubleOf(queue.read())).kind).toBe('retryable');
    });

    if (withoutPause) {
      it('has no pause, and says so', async () => {
        await using queue = await open();
        expect(queue.intake).toBeNull();
      });
    } else {
      pauses(open, () => bed.dump());
    }

    it.each(Object.keys(garbage))('%s: a Trouble or a doubt, and never a number alone', async (spoilt) => {
      const { doubt: anyway } = await looking(open);
      await garbage[spoilt]?.(bed);
      const before = await bed.dump();
      const outcome = await looking(open).then(
        ({ doubt }) => doubt,
        (error: unknown) => error,
      );
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(Trouble);
      else expect(outcome, 'a doubt of its own').not.toBe(anyway);
      expect(await bed.dump()).toEqual(before);
    });
  });
}

/** Of what has a pause. */
function pauses(open: () => Promise<Queue>, dump: () => Promise<unknown>): void {
  it('paused twice is paused once', async () => {
    await using queue = await open();
    const intake = intakeOf(queue);
    const rows = await intake.look();
    expect(rows.length).toBeGreaterThan(0);
    await intake.set(rows.map(({ key }) => ({ key, paused: true })));
    const paused = await dump();
    await intake.set(rows.map(({ key }) => ({ key, paused: true })));
    expect(await dump()).toEqual(paused);
    expect((await intake.look()).map((row) => row.paused)).toEqual(rows.map(() => true));
  });

  it('a queue that is not paused is not changed by being resumed', async () => {
    await using queue = await open();
    const intake = intakeOf(queue);
    const free = (await intake.look()).filter(({ paused }) => !paused);
    expect(free.length).toBeGreaterThan(0);
    const before = await dump();
    await intake.set(free.map(({ key }) => ({ key, paused: false })));
    expect(await dump()).toEqual(before);
  });

  it('paused one by one and resumed, it says what it said before', async () => {
    const before = await everything(open);
    await using queue = await open();
    const intake = intakeOf(queue);
    const rows = await intake.look();
    for (const [at, { key }] of rows.entries()) {
      await intake.set([{ key, paused: true }]);
      const now = await intake.look();
      expect(now.map(({ paused }) => paused)).toEqual(rows.map((row, of) => of <= at || row.paused));
    }
    await intake.set(rows.map(({ key, paused }) => ({ key, paused })));
    expect(await everything(open)).toEqual(before);
  });
}

function intakeOf({ intake }: Queue): Intake {
  if (intake === null) throw new Error('Expected an intake, got none');
  return intake;
}

async function looking(open: () => Promise<Queue>): Promise<Reading> {
  await using queue = await open();
  return await queue.read();
}

/** All that can be looked at, but for ages, which grow. */
async function everything(open: () => Promise<Queue>) {
  await using queue = await open();
  const { oldest, waiting, ...reading } = await queue.read();
  return {
    ...reading,
    oldest: oldest?.what ?? null,
    waits: waiting !== null,
    intake: (await queue.intake?.look()) ?? null,
    processes: (await queue.processes?.list()) ?? null,
  };
}

export async function troubleOf(work: Promise<unknown>): Promise<Trouble> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Trouble) return error;
    throw error;
  }
  throw new Error('Expected a Trouble, got an answer');
}

/** The same kind of address, where nobody answers, with a user and a password. */
async function nobodyAt(like: string): Promise<{ url: string; secrets: string[] }> {
  await using closed = await silentServer();
  const url = new URL(closed.instead(like));
  url.username = 'somebody';
  url.password = 'hunter2';
  return { url: url.href, secrets: ['somebody', 'hunter2', url.port, '127.0.0.1'] };
}

/** Takes connections, and says nothing. */
async function silentServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    // Read and thrown away, or its end would not be seen.
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port on the loopback interface');
  const { port } = address;
  return {
    instead: (like: string): string => {
      const url = new URL(like);
      url.hostname = '127.0.0.1';
      url.port = String(port);
      return url.href;
    },
    reached: async (): Promise<void> => {
      if (sockets.size === 0) await once(server, 'connection');
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
