// The proof on a stage, driven as the engine drives it: what it waits for passes, its memo is kept as JSON, and people answer.
import { type ProofOptions, quietProof } from '../../../src/heroku/steps/quiet-proof.ts';
import { schedulerJobs } from '../../../src/heroku/steps/scheduler-jobs.ts';
import type { Json } from '../../../src/model/json.ts';
import type { Person } from '../../../src/model/person.ts';
import type { Finding } from '../../../src/model/proof.ts';
import { type Answered, type StepAnswer, type Verdict, waited } from '../../../src/model/step.ts';
import type { AppDescription } from '../../../src/sandbox/index.ts';
import { shop } from '../../helpers/engine.ts';
import type { Stage } from './stage.ts';

export const grace: Person = { id: 'UGRACE', name: 'Grace', via: 'slack' };

/** Quiet in every respect, but for what `over` says. */
export const quiet = (over: Partial<AppDescription> = {}): AppDescription =>
  shop({ maintenance: true, formation: { web: { quantity: 2 }, worker: { quantity: 0 } }, ...over });

export type Asking = Verdict<Json> & { is: 'ask' };

/** `holding`: it is proved once more, of an app that is held. */
export function observing(stage: Stage, options: ProofOptions = {}, holding = false) {
  const build = () =>
    waited(
      quietProof(stage.heroku, schedulerJobs(stage.heroku, stage.scheduler), {
        scheduler: stage.scheduler,
        ...options,
      }),
    );
  let proof = build();
  let memo: Json = null;
  let since = stage.clock.now();
  let answered: Answered[] = [];
  let last: Verdict<Json> | null = null;

  /** One look, at this moment. */
  async function settle(): Promise<Verdict<Json>> {
    last = await proof.settle({ ...stage.cx(since), answered, holding }, 'quiet', memo);
    if ('memo' in last) memo = JSON.parse(JSON.stringify(last.memo));
    return last;
  }

  /** Looks, and lets the time pass that it asks for, until `done`; `between`: told of each verdict before that. */
  async function until(
    done: (verdict: Verdict<Json>) => boolean,
    between: (looks: number) => void | Promise<void> = () => {},
  ): Promise<Verdict<Json>> {
    for (let looks = 1; looks < 100; looks += 1) {
      const verdict = await settle();
      if (done(verdict) || verdict.is === 'done') return verdict;
      await between(looks);
      if ('look' in verdict) stage.clock.advance(verdict.look);
    }
    throw new Error(`Expected the proof to come to that, got ${JSON.stringify(last)}`);
  }

  return {
    settle,
    until,
    /** Through to its findings. Throws where it asks. */
    async proved(between?: (looks: number) => void | Promise<void>): Promise<readonly Finding[]> {
      const verdict = await until(({ is }) => is === 'ask' || is === 'failed', between);
      if (verdict.is !== 'done') throw new Error(`Expected a proof, got ${JSON.stringify(verdict)}`);
      return verdict.findings ?? [];
    },
    async asked(between?: (looks: number) => void | Promise<void>): Promise<Asking> {
      const verdict = await until(({ is }) => is === 'ask', between);
      if (verdict.is !== 'ask') throw new Error(`Expected a question, got ${JSON.stringify(verdict)}`);
      return verdict;
    },
    answer(asking: Asking, answer: StepAnswer): void {
      const { key, says } = asking.ask;
      answered = [...answered, { key, says, answer, by: grace, at: stage.clock.now() }];
    },
    /** The process ends, and another one goes on with what is stored. */
    restart(): void {
      proof = build();
    },
    /** As after `Quiet again`. */
    again(): void {
      since = stage.clock.now();
    },
    memo: () => JSON.stringify(memo),
  };
}

export function named(findings: readonly Finding[]): string[] {
  return findings.map(({ subject, is }) => `${subject}: ${is}`);
}

export function says(findings: readonly Finding[]): string {
  return findings.map((finding) => finding.says).join('\n');
}
