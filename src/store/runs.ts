// Runs: created once an app, found, and changed in a transaction that locks their row first. The lock is what puts a
// person's command and the driver's writes in one order.

import { fold } from '../model/apply.ts';
import type { Decision } from '../model/decide.ts';
import { Event, type Logged } from '../model/event.ts';
import { notesOf } from '../model/notes.ts';
import type { Run } from '../model/run.ts';
import { holds, type Lease } from './leases.ts';
import { add, type Head, headColumns, insert, type Logs } from './logs.ts';
import { insertCard, insertNotes } from './messages.ts';
import type { Decided, ImportedRun, Mover, NewRun } from './store.ts';
import type { Db, Tx } from './tables.ts';

interface Beginning {
  readonly wanted: NewRun;
  readonly first: Logged;
  readonly run: Run;
}

function beginning(wanted: NewRun): Beginning {
  const { id, app, channel } = wanted;
  const first: Logged = { seq: 1, at: instant(wanted.at), event: Event.parse(wanted.requested) };
  return { wanted, first, run: fold({ id, app, channel }, [first]) };
}

/** False where the app has an unfinished run already (I2), or this one was begun before. */
async function begin(tx: Tx, { wanted: { id, app, channel }, first }: Beginning): Promise<boolean> {
  const at = new Date(first.at);
  const row = await tx
    .insertInto('run')
    .values({ id, app_id: app.id, app_name: app.name, channel, asked_at: at, wake_at: at, seq: first.seq })
    // Of any key: of two processes that begin the same run one may meet its id before its app.
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return false;
  await insert(tx, id, [first]);
  if (channel !== null) {
    await insertCard(tx, id, first.at);
    await insertNotes(tx, id, first.at, notesOf(first));
  }
  return true;
}

export class Runs {
  readonly #db: Db;
  readonly #logs: Logs;
  readonly #moved: (run: Run, by: Mover) => void;

  constructor(db: Db, logs: Logs, moved: (run: Run, by: Mover) => void) {
    this.#db = db;
    this.#logs = logs;
    this.#moved = moved;
  }

  async create(wanted: NewRun): Promise<{ is: 'created' | 'taken'; run: Run }> {
    const begun = beginning(wanted);
    // The unfinished run that is in the way can end before it is read: then the app is free after all.
    for (let tries = 0; tries < 10; tries += 1) {
      const created = await this.#db.transaction().execute((tx) => begin(tx, begun));
      if (created) return { is: 'created', run: this.#committed(begun.run, 'other') };
      const there = (await this.unfinishedOf(wanted.app.id)) ?? (await this.load(wanted.id));
      if (there !== null) return { is: 'taken', run: there };
    }
    throw new Error(
      `Expected a run of ${wanted.app.name} to begin, or one that is under way, got neither in ten tries`,
    );
  }

  async replace(id: string, decision: (run: Run) => Decision, wanted: NewRun): Promise<Decided> {
    const begun = beginning(wanted);
    let ended: Run | null = null;
    const decided = await this.#db.transaction().execute(async (tx): Promise<Decided> => {
      const row = await locked(tx, id);
      if (row === undefined) return { is: 'unknown' };
      const run = await this.#logs.run(tx, row);
      const what = decision(run);
      if (what.is === 'refused') return what;
      ended = await add(tx, run, begun.first.at, what.events);
      if (!(await begin(tx, begun))) {
        throw new Error(`Expected the end of run ${id} to let run ${wanted.id} begin, the app has another one`);
      }
      return { is: 'changed', run: begun.run };
    });
    if (ended !== null) this.#committed(ended, 'other');
    return decided.is === 'changed' ? { is: 'changed', run: this.#committed(begun.run, 'other') } : decided;
  }

  async importRun({ id, app, channel, at: when, log, news }: ImportedRun) {
    const at = instant(when);
    const run = fold({ id, app, channel }, log);
    const known = await this.load(id);
    if (known !== null) return { is: 'known' as const, run: known };
    const imported = await this.#db.transaction().execute(async (tx): Promise<Run | null> => {
      const row = await tx
        .insertInto('run')
        .values({
          id,
          app_id: app.id,
          app_name: run.app.name,
          channel,
          asked_at: new Date(run.askedAt),
          ended_at: run.ended === null ? null : new Date(run.ended.at),
          wake_at: run.ended === null ? new Date(at) : null,
          seq: run.seq,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (row === undefined) return null;
      await insert(tx, id, log);
      if (channel !== null) await insertCard(tx, id, at);
      return add(tx, run, at, news);
    });
    if (imported !== null) return { is: 'imported' as const, run: this.#committed(imported, 'other') };
    const there = (await this.load(id)) ?? (await this.unfinishedOf(app.id));
    if (there === null) throw new Error(`Expected the run in the way of run ${id} to be there, it has ended meanwhile`);
    return { is: there.id === id ? ('known' as const) : ('taken' as const), run: there };
  }

  async load(id: string): Promise<Run | null> {
    return this.#found(await this.#heads().where('id', '=', id).executeTakeFirst());
  }

  async unfinished(): Promise<readonly Run[]> {
    const heads = await this.#heads().where('ended_at', 'is', null).orderBy('asked_at').orderBy('id').execute();
    return Promise.all(heads.map((head) => this.#folded(head)));
  }

  async unfinishedOf(appId: string): Promise<Run | null> {
    return this.#found(
      await this.#heads().where('app_id', '=', appId).where('ended_at', 'is', null).executeTakeFirst(),
    );
  }

  async any(): Promise<boolean> {
    return (await this.#latest().executeTakeFirst()) !== undefined;
  }

  async lastOf(appId: string): Promise<Run | null> {
    return this.#found(await this.#latest().where('app_id', '=', appId).executeTakeFirst());
  }

  async byAppName(name: string): Promise<Run | null> {
    return this.#found(await this.#latest().where('app_name', '=', name).executeTakeFirst());
  }

  async history(appId: string | null, most: number): Promise<readonly Run[]> {
    const all = this.#heads().orderBy('asked_at', 'desc').orderBy('id').limit(most);
    const heads = await (appId === null ? all : all.where('app_id', '=', appId)).execute();
    return Promise.all(heads.map((head) => this.#folded(head)));
  }

  async decide(id: string, when: number, decision: (run: Run) => Decision): Promise<Decided> {
    const at = instant(when);
    let moved = false;
    const decided = await this.#db.transaction().execute(async (tx): Promise<Decided> => {
      const row = await locked(tx, id);
      if (row === undefined) return { is: 'unknown' };
      const run = await this.#logs.run(tx, row);
      const what = decision(run);
      if (what.is === 'refused') return what;
      if (run.ended !== null && what.events.length > 0) {
        throw new Error(`Expected no more events for run ${id}, which has ended, got ${what.events[0]?.is}`);
      }
      moved = what.events.length > 0;
      return { is: 'changed', run: await add(tx, run, at, what.events) };
    });
    if (decided.is === 'changed' && moved) this.#committed(decided.run, 'other');
    return decided;
  }

  async append(lease: Lease, when: number, events: readonly Event[], after: number | null) {
    const at = instant(when);
    const outcome = await this.#db.transaction().execute(async (tx): Promise<Run | 'moved' | 'lost'> => {
      const row = await locked(tx, lease.runId);
      if (row === undefined || !holds(row, lease)) return 'lost';
      if (row.ended_at !== null || (after !== null && row.seq !== after)) return 'moved';
      return add(tx, await this.#logs.run(tx, row), at, events);
    });
    if (typeof outcome === 'string') return { is: outcome };
    return { is: 'ok' as const, run: this.#committed(outcome, 'driver') };
  }

  async emergencyTold(id: string, when: number): Promise<void> {
    await this.#heard(id, when, (run) => (run.emergencyToldAt === null ? { is: 'emergency-told' } : null));
  }

  async unheard(id: string, when: number, why: string): Promise<void> {
    await this.#heard(id, when, (run) => (run.unheard === null ? { is: 'unheard', why } : null));
  }

  /** What Slack's side has to tell the run: no command of a person, and not the driver's doing. */
  async #heard(id: string, when: number, news: (run: Run) => Event | null): Promise<void> {
    const at = instant(when);
    const outcome = await this.#db.transaction().execute(async (tx): Promise<Run | null> => {
      const row = await locked(tx, id);
      if (row === undefined || row.ended_at !== null) return null;
      const run = await this.#logs.run(tx, row);
      const event = news(run);
      return event === null ? null : add(tx, run, at, [event]);
    });
    if (outcome !== null) this.#committed(outcome, 'other');
  }

  #heads() {
    return this.#db.selectFrom('run').select(headColumns);
  }

  /** An unfinished run before a finished one, then the newest. */
  #latest() {
    return this.#heads()
      .orderBy((eb) => eb('ended_at', 'is', null), 'desc')
      .orderBy('asked_at', 'desc')
      .limit(1);
  }

  async #found(head: Head | undefined): Promise<Run | null> {
    return head === undefined ? null : this.#folded(head);
  }

  async #folded(head: Head): Promise<Run> {
    return this.#logs.remember(await this.#logs.run(this.#db, head));
  }

  #committed(run: Run, by: Mover): Run {
    this.#logs.remember(run);
    this.#moved(run, by);
    return run;
  }
}

function locked(tx: Tx, id: string) {
  return tx
    .selectFrom('run')
    .select([...headColumns, 'seq', 'ended_at', 'lease_owner', 'lease_until', 'epoch'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** Whole milliseconds, as the database keeps them: what is returned equals what will be read. */
function instant(at: number): number {
  return Math.trunc(at);
}
