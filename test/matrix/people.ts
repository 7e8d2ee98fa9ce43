// The people of a cell. They do what the messages ask of them and nothing else: start, resume and approve; when something is
// stuck they mend the cause, give it time to go on by itself, and only then press. What they are told by a refusal they
// do again a little later, as people do.
import type { Answer } from '../../src/model/event.ts';
import type { Person } from '../../src/model/person.ts';
import { open } from '../../src/model/questions.ts';
import type { Question, Run } from '../../src/model/run.ts';
import type { StepAnswer } from '../../src/model/step.ts';
import { workUnderWay } from '../../src/model/work.ts';
import type { Commands } from '../../src/run/commands/reply.ts';

export const ada: Person = { id: 'U0ADA', name: 'Ada', via: 'slack' };
export const grace: Person = { id: 'U0GRACE', name: 'Grace', via: 'slack' };

const MINUTE = 60_000;
/** How long the app is held still: a patrol goes through in that time. */
export const WORK = 90_000;
/** How long a question waits for its answer. */
export const THINK = 20_000;
/** From quiet to the command that is run. */
const BEFORE_WORK = 5_000;
/** From mending a cause to pressing a button about it. */
const SEE_FIRST = 8 * MINUTE;
/** Before a refused or failed command is given again. */
const AGAIN = 15_000;

export interface Habits {
  readonly drift: 'restore' | 'keep';
  readonly violation: 'quiet-again' | 'accept';
  /** For a question that nothing can be done about. */
  readonly stuck: 'try-again' | 'give-up';
  /** Milliseconds for which the app is held still before somebody resumes. */
  readonly workFor: number;
  /** Milliseconds before a violation is answered. */
  readonly violationAfter: number;
  /** Whether the approval is given for all at once, or layer by layer. */
  readonly approves: 'approve' | 'approve-layers';
  /** Whether one person opens the app alone, where several would have to. */
  readonly glass: boolean;
  /** What is run in the app while it is held; null: nothing. */
  readonly command: string | null;
  /** Answers to what a step asks that are given before others. */
  readonly prefers: readonly StepAnswer[];
  /** Whether what stands against the start, and passes by itself, is waited for rather than accepted. */
  readonly waits: boolean;
  /** What they do about the cause of a trouble. */
  readonly mend: () => void;
  /** When it goes away by itself, domain time; null where it does not. */
  readonly endsAt: () => number | null;
  /** The app as it is called now. */
  readonly app: () => string;
}

export class People {
  readonly #habits: Habits;
  readonly #channel: string;
  /** When each question was first seen. */
  readonly #seen = new Map<string, number>();
  readonly #mended = new Set<string>();
  #notBefore = 0;

  constructor(habits: Habits, channel: string) {
    this.#habits = habits;
    this.#channel = channel;
  }

  /** Asks for the maintenance. Returns the run's id, or null where it was refused; throws what the process throws. */
  async start(commands: Commands): Promise<{ readonly id: string | null; readonly why: string }> {
    const started = await commands.start(ada, {
      app: this.#habits.app(),
      length: null,
      because: 'matrix',
      channel: this.#channel,
      accepted: [],
    });
    return started.is === 'started'
      ? { id: started.run.id, why: '' }
      : { id: null, why: `${started.says} ${started.remedy}` };
  }

  /** Does the one next thing, if its time has come. Returns when to look again, domain time; null: nothing to do. */
  async act(
    commands: Commands,
    run: Run,
    now: number,
  ): Promise<{ readonly did: boolean; readonly next: number | null }> {
    const wants = this.#wants(run, now);
    if (wants === null) return { did: false, next: null };
    const at = Math.max(wants.at, this.#notBefore);
    if (now < at) return { did: false, next: at };
    // Whatever comes of it, not the same again at once.
    this.#notBefore = now + AGAIN;
    const did = await wants.does(commands);
    if (did) this.#notBefore = 0;
    return { did: true, next: null };
  }

  #wants(run: Run, now: number): { at: number; does: (commands: Commands) => Promise<boolean> } | null {
    if (run.ended !== null) return null;
    for (const question of run.questions.filter((q) => open(q) || (q.about.is === 'resume' && awaited(q)))) {
      const first = this.#seen.get(question.id) ?? now;
      this.#seen.set(question.id, first);
      if (waitsForAMend(question) && !this.#mended.has(question.id)) {
        return { at: first + THINK, does: async () => this.#mend(question) };
      }
      const [at, answer] = this.#answer(question, first);
      if (answer === null) continue;
      return { at, does: (commands) => this.#say(commands, run, question, answer) };
    }
    if (run.way === 'back' || run.quietAt === null) return null;
    const { command } = this.#habits;
    if (command !== null && run.works.length === 0) {
      const asked = { app: run.app.name, command, size: null };
      return {
        at: run.quietAt + BEFORE_WORK,
        does: async (commands) => (await commands.work(grace, asked)).is === 'working',
      };
    }
    if (workUnderWay(run) !== null) return null;
    const busy = run.questions.some((q) => q.about.is === 'resume' && awaited(q));
    if (busy) return null;
    const before = run.questions.filter((q) => q.about.is === 'resume').length;
    return {
      at: before === 0 ? run.quietAt + this.#habits.workFor : this.#again(before, now),
      does: async (commands) => (await commands.resume(grace, run.app.name)).is === 'changed',
    };
  }

  /** The approval was withdrawn: its cause is mended, then it is asked for again. */
  #again(times: number, now: number): number {
    const key = `resume ${times}`;
    if (!this.#seen.has(key)) this.#habits.mend();
    const first = this.#seen.get(key) ?? now;
    this.#seen.set(key, first);
    return Math.max(first, this.#habits.endsAt() ?? 0) + MINUTE;
  }

  #answer(question: Question, first: number): readonly [number, Answer | null] {
    switch (question.about.is) {
      case 'start':
        return [first + THINK, this.#habits.waits && question.about.waits !== undefined ? 'wait' : 'accept'];
      case 'resume':
        return open(question) && question.shown !== null
          ? [question.shown.at + THINK, this.#habits.approves]
          : [0, null];
      case 'drift':
        return [first + THINK, this.#habits.drift];
      case 'stuck':
        return [Math.max(first + THINK, this.#habits.endsAt() ?? 0) + SEE_FIRST, this.#habits.stuck];
      case 'step':
        return [
          first + (waitsForAMend(question) ? SEE_FIRST : THINK),
          this.#preferred(question.about.answers) ??
            question.about.answers.find((one) => one !== 'look-again' && one !== 'turn-back') ??
            null,
        ];
      case 'work':
        return [first + THINK, 'done-by-hand'];
      case 'violation':
        return [first + this.#habits.violationAfter, this.#habits.violation];
    }
  }

  #preferred(answers: readonly StepAnswer[]): StepAnswer | undefined {
    return answers.find((one) => this.#habits.prefers.includes(one));
  }

  #mend(question: Question): boolean {
    this.#mended.add(question.id);
    this.#habits.mend();
    return true;
  }

  async #say(commands: Commands, run: Run, question: Question, answer: Answer): Promise<boolean> {
    const hash = question.shown?.hash ?? null;
    if (question.about.is === 'resume' && this.#habits.glass) {
      return (await commands.breakGlass(grace, run.app.name, 'nobody else is awake')).is === 'changed';
    }
    const said = await commands.answer(grace, { run: run.id, question: question.id, answer, hash });
    return said.is === 'changed';
  }
}

/** It names what is not well, and goes on by itself once that is mended. */
function waitsForAMend({ about }: Question): boolean {
  return about.is === 'stuck' || (about.is === 'step' && (about.key === 'canary' || about.key === 'health'));
}

function awaited(question: Question): boolean {
  return question.withdrawn === null && (question.answered === null || question.answered.answer === 'approve');
}
