// The gate of one maint process: everything that it asks of the world passes here, is counted by phase, and meets what
// the cell has in store for it. Once the process is dead nothing passes any more.
import type { Run } from '../../src/model/run.ts';
import { type Crossing, type Fate, type Phase, phaseOf, type Via } from './crossing.ts';

/** What a dead process gets from everything it still tries. */
export class Died extends Error {
  override readonly name = 'Died';
}

/** Counts over all processes of a cell, and knows how far the run is. */
export class Passage {
  readonly #meet: (crossing: Crossing) => Fate;
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  run: Run | null = null;
  /** Their ids, in the order in which they came. */
  readonly runs: string[] = [];

  constructor(meet: (crossing: Crossing) => Fate, now: () => number) {
    this.#meet = meet;
    this.#now = now;
  }

  get phase(): Phase {
    return phaseOf(this.run);
  }

  meet(via: Via, what: string, path: string, writes: boolean): Fate {
    const { phase } = this;
    const round = Math.max(1, this.runs.length);
    const kind = `${round} ${via} ${phase}`;
    const n = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, n);
    const quietAt = phase === 'holding' ? (this.run?.quietAt ?? null) : null;
    const quietFor = quietAt === null ? null : this.#now() - quietAt;
    return this.#meet({ via, phase, round, n, what, path, writes, quietFor });
  }

  /** The run as a process has just seen it. */
  saw(run: Run | null): void {
    if (run === null) return;
    const fresh = !this.runs.includes(run.id);
    if (fresh) this.runs.push(run.id);
    // What is still to be told of one that has ended is no way of the next.
    if (fresh || (run.id === this.run?.id && run.seq >= this.run.seq)) this.run = run;
  }
}

export class Gate {
  readonly #passage: Passage;
  dead = false;
  /** Requests that are being answered. */
  under = 0;

  constructor(passage: Passage) {
    this.#passage = passage;
  }

  meet(via: Via, what: string, path: string, writes: boolean): Fate {
    if (this.dead) return { is: 'die', when: 'before' };
    return this.#passage.meet(via, what, path, writes);
  }

  /** One call to the database, or the commit of a transaction, which `work` has brought so far. */
  async store<T>(what: string, path: string, writes: boolean, work: () => Promise<T>): Promise<T> {
    const after = this.#before(what, path, writes);
    const answer = await work();
    after();
    return answer;
  }

  /** The same for what has its middle inside of something else: asked before it, and what it returns, after it. */
  #before(what: string, path: string, writes: boolean): () => void {
    const fate = this.meet('store', what, path, writes);
    if (fate.is === 'die' && fate.when === 'before') this.die();
    if (fate.is === 'fail' && fate.when === 'before') throw new Error('the connection to the database was cut');
    return () => {
      if (fate.is === 'die' || this.dead) this.die();
      if (fate.is === 'fail') throw new Error('the connection to the database was cut before its answer');
    };
  }

  async transaction<T>(begin: (commit: () => void) => Promise<T>): Promise<T> {
    let after = (): void => {};
    const answer = await begin(() => {
      after = this.#before('commit', 'commit', true);
    });
    after();
    return answer;
  }

  die(): never {
    this.dead = true;
    throw new Died('this process is dead');
  }
}
