// The process that is alive in a cell, and the next one when it dies. Fencing time passes here: what a dead process held
// has run out when the next one begins.
import type { MaintProcess } from './process.ts';
import type { Session } from './session.ts';

export class Living {
  readonly #session: Session;
  readonly #begin: (number: number) => MaintProcess;
  readonly #failed: (error: unknown) => void;
  #number = 1;
  #maint: MaintProcess;

  constructor(session: Session, begin: (number: number) => MaintProcess, failed: (error: unknown) => void) {
    this.#session = session;
    this.#begin = begin;
    this.#failed = failed;
    this.#maint = begin(1);
  }

  get deaths(): number {
    return this.#number - 1;
  }

  /** Does something in it. What fails is somebody's to repeat, and null; what kills it brings the next one. */
  async attempt<T>(work: (maint: MaintProcess) => Promise<T>): Promise<T | null> {
    const maint = this.#maint;
    let answer: T | null = null;
    try {
      answer = await work(maint);
    } catch (error) {
      if (!maint.gate.dead) this.#failed(error);
    }
    if (!maint.gate.dead) return answer;
    await maint.settled();
    maint.close();
    await this.freeLeases();
    this.#number += 1;
    this.#maint = this.#begin(this.#number);
    return null;
  }

  async freeLeases(): Promise<void> {
    await this.#session.query(
      `update maint.run set lease_until = case when lease_until is null then null else clock_timestamp() end,
        teller_until = case when teller_until is null then null else clock_timestamp() end`,
    );
  }

  close(): void {
    this.#maint.close();
  }
}
