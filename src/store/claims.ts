// Which runs this process drives and tells at this moment, so that it can give all of them back at once when it ends: the
// next one then goes on without waiting until they have run out.
import { type Lease, releaseLease, renewLease, takeLease } from './leases.ts';
import { claimTelling, endTelling, prolongTelling } from './messages.ts';
import type { Db } from './tables.ts';

export class Claims {
  readonly #db: Db;
  readonly #leases = new Map<string, Lease>();
  readonly #tellings = new Map<string, string>();
  #over = false;

  constructor(db: Db) {
    this.#db = db;
  }

  async takeLease(runId: string, owner: string): Promise<Lease | null> {
    if (this.#over) return null;
    const lease = await takeLease(this.#db, runId, owner);
    if (lease === null) return null;
    this.#leases.set(runId, lease);
    // It was under way when everything was given back.
    if (!this.#over) return lease;
    await this.releaseLease(lease);
    return null;
  }

  async renewLease(lease: Lease): Promise<Lease | null> {
    return this.#over ? null : renewLease(this.#db, lease);
  }

  async releaseLease(lease: Lease): Promise<void> {
    await releaseLease(this.#db, lease);
    this.#leases.delete(lease.runId);
  }

  /** What is claimed already is prolonged, and not taken anew: whoever had it in between has changed what was read. */
  async claimTelling(runId: string, owner: string, ms: number): Promise<boolean> {
    if (this.#over) return false;
    const asked = performance.now();
    const claim = this.#tellings.get(runId) === owner ? prolongTelling : claimTelling;
    if (!(await claim(this.#db, runId, owner, ms))) {
      if (this.#tellings.get(runId) === owner) this.#tellings.delete(runId);
      return false;
    }
    this.#tellings.set(runId, owner);
    if (this.#over) {
      await this.endTelling(runId, owner);
      return false;
    }
    // A process that was stopped in between reads an old answer when it wakes up, and another may be telling by then.
    return performance.now() - asked < ms / 2;
  }

  async endTelling(runId: string, owner: string): Promise<void> {
    if (this.#tellings.get(runId) === owner) this.#tellings.delete(runId);
    await endTelling(this.#db, runId, owner);
  }

  /** Nothing is claimed after this. Whoever still drives finds its lease gone, and writes nothing more. */
  async handBack(): Promise<void> {
    this.#over = true;
    await Promise.all([
      ...[...this.#leases.values()].map((lease) => this.releaseLease(lease)),
      ...[...this.#tellings].map(([runId, owner]) => this.endTelling(runId, owner)),
    ]);
  }
}

/** For a database that nobody else can be using: what a process that died had claimed is free at once. */
export async function clearClaims(db: Db): Promise<void> {
  await db
    .updateTable('run')
    .set({ lease_until: null, teller: null, teller_until: null })
    .where((eb) => eb.or([eb('lease_until', 'is not', null), eb('teller', 'is not', null)]))
    .execute();
  await db
    .updateTable('output')
    .set({ listener: null, listener_until: null })
    .where('listener', 'is not', null)
    .execute();
  await db.updateTable('announcement').set({ owner_until: null }).where('owner_until', 'is not', null).execute();
}
