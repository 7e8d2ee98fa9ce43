// Until when a run rests where nothing else is to be done: people are reminded of its planned end and of what was asked.
import type { Action } from '../action.ts';
import type { Event } from '../event.ts';
import { open } from '../questions.ts';
import { type Question, type Run, touched } from '../run.ts';

const MINUTE = 60_000;

/** At most until then: a reminder may be due sooner. */
export function rest(run: Run, now: number, until: number | null): Action {
  const times = [nextReminder(run), ...run.questions.filter(reminds).map(nextQuestionReminder)];
  const soonest = times.filter(Number.isFinite).reduce<number | null>(earlier, until);
  return { do: 'rest', until: soonest === null ? null : Math.max(soonest, now) };
}

/** Null: no time is known. */
export function earlier(a: number | null, b: number): number {
  return a === null ? b : Math.min(a, b);
}

/** The planned end only reminds: at the end, and every so often after it (I11). Open questions remind after 15 min, then hourly. */
export function reminderDue(run: Run, now: number): Event | null {
  if (now >= nextReminder(run)) return { is: 'reminded', question: null };
  const question = run.questions.find((q) => reminds(q) && now >= nextQuestionReminder(q));
  return question === undefined ? null : { is: 'reminded', question: question.id };
}

function reminds(question: Question): boolean {
  return open(question) && ['drift', 'stuck', 'step', 'work'].includes(question.about.is);
}

function nextReminder(run: Run): number {
  if (run.way !== 'quiet' || (run.quietAt === null && !run.items.some(touched))) return Number.POSITIVE_INFINITY;
  return run.remindedAt === null ? run.endsAt : run.remindedAt + run.settings.remindEvery;
}

function nextQuestionReminder(question: Question): number {
  const since = question.answered?.at ?? question.askedAt;
  return question.remindedAt === null ? since + 15 * MINUTE : question.remindedAt + 60 * MINUTE;
}
