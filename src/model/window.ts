// A planned time for maintenance: the window as people save it, and each time that it comes round, an occurrence. Plain
// data; when it comes round, what is announced and what is refused is decided in `windows`.
import { z } from 'zod';
import { Person } from './person.ts';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

const Milliseconds = z.number().int().nonnegative();

/** A day in a zone's calendar, `2026-11-29`. Dates compare as text. */
export const LocalDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
export type LocalDate = z.infer<typeof LocalDate>;

/** What a clock on the wall shows, `01:30`: 00:00 to 23:59. */
export const LocalTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);
export type LocalTime = z.infer<typeof LocalTime>;

const Every = z.number().int().min(1).max(52);

/** Which days a rule names. `n`: every n-th of them, counted from the day, week (from Monday) or month of the rule's `from`. */
export const Days = z.discriminatedUnion('every', [
  z.object({ every: z.literal('day'), n: Every }),
  z.object({ every: z.literal('week'), n: Every, on: z.array(z.enum(weekdays)).min(1) }),
  z.object({
    every: z.literal('month'),
    n: Every,
    on: z.union([
      /** `short`: in a month that has no such day none, or its last one. */
      z.object({ day: z.number().int().min(1).max(31), short: z.enum(['skip', 'last']) }),
      z.object({ day: z.literal('last') }),
      /** A month without a fifth one is left out. */
      z.object({ nth: z.union([z.number().int().min(1).max(5), z.literal('last')]), weekday: z.enum(weekdays) }),
    ]),
  }),
]);
export type Days = z.infer<typeof Days>;

/** A window that comes again and again, always at the same local time. */
export const Rule = z.object({
  days: Days,
  at: LocalTime,
  /** The first day that it may fall on. */
  from: LocalDate,
  /** The last one; null: it comes until it is cancelled. */
  until: LocalDate.nullable(),
  /**
   * Where the clocks jump over `at`: by as much earlier or later as they jump, which is 01:30 or 03:30 for 02:30 in Berlin,
   * or not at all on that day. Asked when it is saved wherever it will happen.
   */
  missing: z.enum(['earlier', 'later', 'skip']),
  /** Where the clocks go back and show `at` twice. Asked likewise. */
  twice: z.enum(['first', 'second']),
});
export type Rule = z.infer<typeof Rule>;

/** Once is an instant: what was asked about its local time has been answered. Milliseconds since the epoch. */
export const When = z.discriminatedUnion('is', [
  z.object({ is: z.literal('once'), startAt: z.number().int() }),
  z.object({ is: z.literal('rule'), rule: Rule }),
]);
export type When = z.infer<typeof When>;

/** One day of a rule that is not as the rule says. */
export const Exception = z.discriminatedUnion('is', [
  z.object({ is: z.literal('skipped'), date: LocalDate }),
  z.object({ is: z.literal('moved'), date: LocalDate, startAt: z.number().int() }),
]);
export type Exception = z.infer<typeof Exception>;

const MINUTE = 60_000;
export const announceBeforeDefault: readonly number[] = [24 * 60 * MINUTE, 60 * MINUTE, 10 * MINUTE];

export const Window = z.object({
  id: z.string().min(1),
  apps: z.array(z.object({ id: z.string().min(1), name: z.string().min(1) })).min(1),
  when: When,
  /** An IANA name. The local times and dates of the rule are this zone's. */
  zone: z.string().min(1),
  /** Milliseconds that pass, whatever the clocks do meanwhile: 1 minute to 24 hours. */
  lengthMs: z
    .number()
    .int()
    .min(MINUTE)
    .max(24 * 60 * MINUTE),
  reason: z.string().nullable(),
  /** Slack channel ids. `short`: one line for each announcement, without the details. */
  channels: z.array(z.object({ id: z.string().min(1), notices: z.enum(['full', 'short']) })),
  /** Slack user ids. */
  leads: z.array(z.string()),
  /** `asking`: with a button, when the time has come. */
  startsBy: z.enum(['itself', 'asking']),
  /** How long before its start it is announced, besides when it is planned. */
  announceBefore: z.array(Milliseconds.min(MINUTE)).max(10),
  exceptions: z.array(Exception),
  createdBy: Person,
  /** Who saved it last: it begins by itself for them, with the rights that they have then. Absent: who created it. */
  savedBy: Person.optional(),
  createdAt: z.number().int(),
  /** When it was last saved: what an edit would have announced before that is not announced. */
  changedAt: z.number().int(),
});
export type Window = z.infer<typeof Window>;

/** What an instant of a window's life was. Only ever added to; what stands is derived from it. */
export const Fact = z.discriminatedUnion('is', [
  /** Nobody started it yet: the channel is asked. */
  z.object({
    is: z.literal('asked'),
    at: z.number().int(),
    /** What kept it from beginning by itself, as a sentence. */
    why: z.string().optional(),
  }),
  z.object({
    is: z.literal('started'),
    at: z.number().int(),
    /** One an app. They are begun after this was written down: their ids follow from the occurrence and the app. */
    runs: z.array(z.string()),
    /** Absent: it began by itself. */
    by: Person.optional(),
  }),
  /** Of each app by itself: `app` is its id. `called-off`: its run ended before anything was sent, or never began. */
  z.object({
    is: z.enum(['quiet', 'restoring', 'restored', 'called-off']),
    at: z.number().int(),
    app: z.string(),
    why: z.string().optional(),
  }),
  z.object({ is: z.literal('extended'), at: z.number().int(), endAt: z.number().int() }),
  z.object({ is: z.literal('moved'), at: z.number().int(), startAt: z.number().int(), endAt: z.number().int() }),
  /** Its end has come and something is still held. */
  z.object({ is: z.literal('overrun'), at: z.number().int() }),
  z.object({ is: z.enum(['skipped', 'cancelled']), at: z.number().int(), by: Person }),
  /** Its time passed without it: maint was down, or nobody answered. `also`: so many more that passed meanwhile. */
  z.object({
    is: z.literal('missed'),
    at: z.number().int(),
    why: z.enum(['down', 'unanswered']),
    also: z.number().int().nonnegative(),
  }),
  /** Every app of it is restored or called off. */
  z.object({ is: z.literal('ended'), at: z.number().int() }),
]);
export type Fact = z.infer<typeof Fact>;

export type OccurrenceState = 'planned' | 'asked' | 'started' | 'ended' | 'skipped' | 'cancelled' | 'missed';

/** One time that a window comes round. */
export interface Occurrence {
  /** The window's id and the date: at most one that comes falls on a day. */
  readonly id: string;
  readonly window: string;
  /** The day that the rule names, in the window's zone; it stays where the occurrence is moved. */
  readonly date: LocalDate;
  /** When it was made known: what would have been announced before that is not announced any more. */
  readonly plannedAt: number;
  /** As they are by now. */
  readonly startAt: number;
  readonly endAt: number;
  readonly facts: readonly Fact[];
  /** Follows from the facts. */
  readonly state: OccurrenceState;
  /** Ids of its runs, one an app; none before it has started. */
  readonly runs: readonly string[];
}

/** `n`: the n-th of that day, for one that was taken back by an edit may be planned anew by another. */
export function planned(window: Window, date: LocalDate, n: number, startAt: number, plannedAt: number): Occurrence {
  return {
    id: `${window.id}/${date}${n === 1 ? '' : `/${n}`}`,
    window: window.id,
    date,
    plannedAt,
    startAt,
    endAt: startAt + window.lengthMs,
    facts: [],
    state: 'planned',
    runs: [],
  };
}

/** Throws where a fact cannot be: a window that has begun is never cancelled, one that is over never begins. */
export function withFact(occurrence: Occurrence, fact: Fact): Occurrence {
  const { state } = occurrence;
  const from = comesFrom[fact.is];
  if (!from.includes(state)) {
    throw new Error(`Expected "${fact.is}" of a window that is ${from.join(' or ')}, got one that is ${state}`);
  }
  const next = { ...occurrence, facts: [...occurrence.facts, fact] };
  switch (fact.is) {
    case 'started':
      return { ...next, state: 'started', runs: fact.runs };
    case 'asked':
    case 'ended':
    case 'skipped':
    case 'cancelled':
    case 'missed':
      return { ...next, state: fact.is };
    case 'extended':
      return { ...next, endAt: fact.endAt };
    case 'moved':
      return { ...next, startAt: fact.startAt, endAt: fact.endAt };
    default:
      return next;
  }
}

const toCome: readonly OccurrenceState[] = ['planned', 'asked'];
const begun: readonly OccurrenceState[] = ['started'];

const comesFrom: Readonly<Record<Fact['is'], readonly OccurrenceState[]>> = {
  asked: ['planned'],
  // A person may still begin one that was missed: that is what is asked.
  started: ['planned', 'asked', 'missed'],
  quiet: begun,
  restoring: begun,
  restored: begun,
  'called-off': begun,
  extended: begun,
  overrun: begun,
  ended: begun,
  moved: ['planned'],
  skipped: toCome,
  cancelled: [...toCome, 'missed'],
  missed: toCome,
};

/** It does not come: its day is free for another. */
export function isTakenBack(state: OccurrenceState): boolean {
  return state === 'skipped' || state === 'cancelled';
}
