// What an operator's command prints, heard by one process after another: nothing twice, and a gap is said.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../src/log.ts';
import type { HeardLine, Hearing, Platform } from '../../src/model/platform.ts';
import type { Run, Work } from '../../src/model/run.ts';
import { createListening, type Listening } from '../../src/run/listening.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { ann, requested, T0 } from '../helpers/make-run.ts';
import { pglite } from '../helpers/pglite.ts';
import { ToyWorld, toyPlatform, toyWork } from '../helpers/toy-platform.ts';

const databases = pglite();
const dyno = { id: 'd1', name: 'run.1', at: T0, stop: 'stop run.1' };
const ref = { run: 'm1', work: 'work-1' };

/** A log that goes on: what was printed, and who hears it now. */
class Log {
  readonly past: HeardLine[] = [];
  readonly readers = new Set<Hearing>();
  /** How many lines of the past a reader gets. */
  history = 1_500;
  #n = 0;
  #hangUps: (() => void)[] = [];

  print(text: string | null, exit: number | null = null): void {
    this.#n += 1;
    const line = { at: `2026-01-05T12:00:00.${String(this.#n).padStart(6, '0')}+00:00`, text, exit };
    this.past.push(line);
    for (const { onLine } of this.readers) onLine(line);
  }

  follow(hearing: Hearing): Promise<void> {
    for (const line of this.history === 0 ? [] : this.past.slice(-this.history)) hearing.onLine(line);
    this.readers.add(hearing);
    return new Promise((resolve) => {
      const over = (): void => {
        this.readers.delete(hearing);
        resolve();
      };
      hearing.signal.addEventListener('abort', over);
      this.#hangUps.push(over);
    });
  }

  /** As Heroku does after an hour, or a network at any time. */
  hangUp(): void {
    for (const over of this.#hangUps.splice(0)) over();
  }
}

let store: Store;
let log: Log;
let platform: Platform;
let run: Run;
let work: Work;
let woken: string[];
const all: Listening[] = [];

beforeEach(async () => {
  store = openStore(await databases.open());
  log = new Log();
  const world = new ToyWorld({});
  platform = {
    ...toyPlatform(world),
    work: { ...toyWork(world), follow: (_c, _a, _d, hearing) => log.follow(hearing) },
  };
  await store.create({ id: 'm1', app: { id: 'app-1', name: 'shop' }, channel: null, at: T0, requested: requested() });
  await store.decide('m1', T0, () => ({
    is: 'events',
    events: [
      { is: 'work-asked', id: 'work-1', by: ann, command: 'x', shows: 'x …', size: null },
      { is: 'work-started', id: 'work-1', dyno },
    ],
  }));
  const loaded = await store.load('m1');
  const [first] = loaded?.works ?? [];
  if (loaded === null || first === undefined) throw new Error('Expected a work');
  [run, work, woken] = [loaded, first, []];
});
afterEach(async () => {
  for (const listening of all.splice(0)) await listening.stop();
});

function listener(owner: string, into: Store = store): Listening {
  const clock = { now: () => T0, after: () => () => {} };
  const wake = (id: string) => woken.push(id);
  const made = createListening({ store: into, platform, clock, log: silentLog, owner, wake, patienceMs: 60_000 });
  all.push(made);
  return made;
}

const printed = async () => (await store.outputParts(ref, 0)).map(({ text }) => text).join('');
const hears = (text: string) => vi.waitFor(async () => expect(await printed()).toContain(text), { timeout: 60_000 });

describe('A command that prints', () => {
  test('is heard to its end, and the run is woken then', async () => {
    const listening = listener('a');
    expect(await listening.listen(run, work, false)).toMatchObject({ exit: null, lines: 0, cut: 0 });
    await vi.waitFor(() => expect(log.readers.size).toBe(1), { timeout: 60_000 });
    log.print('one');
    await hears('one\n');
    log.print(null, 3);
    log.print('late');
    expect(await listening.listen(run, work, true)).toMatchObject({ exit: 3, lines: 2 });
    expect(await printed()).toBe('one\nlate\n');
    expect(woken).toEqual(['m1']);
    expect(log.readers.size).toBe(0);
  });

  test('is heard by one process at a time, and by the next where the first stopped', async () => {
    const [a, b] = [listener('a'), listener('b')];
    await a.listen(run, work, false);
    await vi.waitFor(() => expect(log.readers.size).toBe(1), { timeout: 60_000 });
    log.print('one');
    log.print('two');
    await hears('two\n');
    await b.listen(run, work, false);
    await vi.waitFor(async () => expect((await store.outputOf(ref))?.lines).toBe(2), { timeout: 60_000 });
    await a.stop();
    log.print('three');
    // As patrols do it, again and again.
    await vi.waitFor(
      async () => {
        await b.listen(run, work, false);
        expect(await printed()).toContain('three');
      },
      { timeout: 60_000 },
    );
    log.print(null, 0);
    expect(await b.listen(run, work, true)).toMatchObject({ exit: 0, lines: 3 });
    expect(await printed()).toBe('one\ntwo\nthree\n');
  });

  test('for longer than a connection lasts is heard on the next one, with what came in between and nothing twice', async () => {
    const a = listener('a');
    await a.listen(run, work, false);
    await vi.waitFor(() => expect(log.readers.size).toBe(1), { timeout: 60_000 });
    log.print('one');
    await hears('one\n');
    log.hangUp();
    log.print('two');
    await hears('two\n');
    log.print('three');
    log.print(null, 0);
    expect(await a.listen(run, work, true)).toMatchObject({ exit: 0, lines: 3 });
    expect(await printed()).toBe('one\ntwo\nthree\n');
  });

  test('while nobody listened says so where the log does not reach back far enough', async () => {
    const a = listener('a');
    await a.listen(run, work, false);
    await vi.waitFor(() => expect(log.readers.size).toBe(1), { timeout: 60_000 });
    log.print('one');
    await hears('one\n');
    await a.stop();
    log.print('lost');
    log.print('two');
    log.history = 1;
    const b = listener('b');
    await b.listen(run, work, false);
    await hears('two\n');
    expect(await printed()).toBe('one\n… here lines may be missing: maint was not listening …\ntwo\n');
  });

  test('has ended, also where whoever heard its end died before the exit status was stored', async () => {
    let died = false;
    // All that is left of that process: its claim, which runs out.
    const endOutput: Store['endOutput'] = async (at, owner) => {
      await store.endOutput(at, owner, null);
      died = true;
    };
    const a = listener('a', { ...store, endOutput });
    await a.listen(run, work, false);
    await vi.waitFor(() => expect(log.readers.size).toBe(1), { timeout: 60_000 });
    log.print('one');
    log.print(null, 3);
    await vi.waitFor(() => expect(died).toBe(true), { timeout: 60_000 });
    expect(await store.outputOf(ref)).toMatchObject({ exit: null, lines: 1 });
    const b = listener('b');
    await b.listen(run, work, false);
    await vi.waitFor(async () => expect((await store.outputOf(ref))?.exit).toBe(3), { timeout: 60_000 });
    expect(await printed()).toBe('one\n');
  });

  test('is not listened to any more once it has ended otherwise', async () => {
    const a = listener('a');
    await a.listen(run, work, false);
    await vi.waitFor(() => expect(log.readers.size).toBe(1), { timeout: 60_000 });
    await store.decide('m1', T0, () => ({
      is: 'events',
      events: [{ is: 'work-ended', id: 'work-1', exit: null, says: 'gone', lines: 0, cut: 0 }],
    }));
    await vi.waitFor(() => expect(log.readers.size).toBe(0), { timeout: 60_000 });
    await vi.waitFor(async () => expect(await store.claimOutput(ref, 'b', 60_000)).toBe(true), { timeout: 60_000 });
  });
});
