// The text that a person typed while it is being read: pieces are taken out of it until nothing is left. What is left, or
// has two readings, ends the reading: with a refusal that gives examples, or with a question.
import type { Local } from './zone.ts';

/** One way to read what was typed; `answer` is what `answers` gets under the question's `id` to have it read so. */
export interface Reading {
  readonly answer: string;
  readonly words: string;
}

export interface Question {
  readonly is: 'question';
  readonly id: QuestionId;
  readonly says: string;
  readonly readings: readonly Reading[];
}

/** - `missing`, `twice`: local times when clocks change; `end-…`: the same of the end; `rule-…`: of a rule. */
export const questionIds = [
  'date',
  'next',
  'nth',
  'short',
  'hour',
  'end-hour',
  'midnight',
  'missing',
  'twice',
  'end-missing',
  'end-twice',
  'rule-missing',
  'rule-twice',
] as const;
export type QuestionId = (typeof questionIds)[number];

/** What a person has answered so far. */
export type Answers = Readonly<Partial<Record<QuestionId, string>>>;

export interface Wrong {
  readonly is: 'wrong';
  /** What was not understood. */
  readonly says: string;
  /** With two examples. */
  readonly remedy: string;
}

/** Thrown from anywhere in the reading, caught by `when`, and by nothing else. */
export class Unread extends Error {
  override readonly name = 'Unread';
  readonly outcome: Question | Wrong;
  constructor(outcome: Question | Wrong) {
    super(outcome.says);
    this.outcome = outcome;
  }
}

export const examples = {
  once: ['sunday 1am for 2h', '2026-12-01 01:00 Europe/Berlin for 90m'],
  again: ['every weekday 02:00 for 30m', 'every month on the 1st 03:00 for 1h'],
  both: ['sunday 1am for 2h', 'every other tuesday 02:00 for 1h'],
} as const;

export function wrong(says: string, like: readonly [string, string] = examples.both): Unread {
  return new Unread({ is: 'wrong', says, remedy: `Like this: "${like[0]}" or "${like[1]}".` });
}

export class Text {
  readonly now: number;
  readonly today: Local;
  readonly #answers: Answers;
  #rest: string;

  /** `today`: date and time of `now` where the window is. */
  constructor(typed: string, now: number, today: Local, answers: Answers) {
    this.#rest = typed;
    this.now = now;
    this.today = today;
    this.#answers = answers;
  }

  get rest(): string {
    return this.#rest.trim();
  }

  /** Takes the first place where the pattern stands between spaces, commas or the ends. Patterns have no `^` or `$`. */
  take(pattern: string): RegExpExecArray | null {
    const found = new RegExp(`(?<=^|[\\s,;(])(?:${pattern})(?=$|[\\s,;).])`, 'u').exec(this.#rest);
    if (found !== null) {
      this.#rest = `${this.#rest.slice(0, found.index)} ${this.#rest.slice(found.index + found[0].length)}`;
    }
    return found;
  }

  /** What stands after a place that was taken. */
  after(index: number): string {
    return this.#rest.slice(index).trim();
  }

  /** Takes everything from the place on, and puts `back` there instead. */
  takeFrom(index: number, back: string): void {
    this.#rest = `${this.#rest.slice(0, index)} ${back}`;
  }

  /** The answer where there is one among the readings; the only reading where there is one; else the question. */
  choose(id: QuestionId, says: string, readings: readonly Reading[]): string {
    const answer = this.#answers[id];
    const [only, ...others] = readings;
    if (only !== undefined && others.length === 0) return only.answer;
    if (readings.some((reading) => reading.answer === answer) && answer !== undefined) return answer;
    throw new Unread({ is: 'question', id, says, readings });
  }
}

/** Slack's entities, the typographic quotes, dashes and spaces of phones, and capitals. */
export function tidy(typed: string): string {
  return (
    typed
      .normalize('NFKC')
      // Zero width, joiners, soft hyphens and marks of direction: they are in what is pasted from a phone.
      .replace(/\p{Cf}|\p{Variation_Selector}/gu, '')
      .replace(/[\u2010-\u2015\u2212\u2043]/gu, '-')
      .replace(/["'`\u2018-\u201f\u00ab\u00bb*]/gu, '')
      .replaceAll('&amp;', '&')
      .replace(/\s+/gu, ' ')
      .trim()
      .toLowerCase()
  );
}
