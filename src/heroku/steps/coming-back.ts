// How far process types are on their way back, kept with the run: how many dynos of each there may be by now, what is watched,
// and what a person was asked. The first of them are the canary: what broke in the maintenance shows in one dyno, not in all.
import { z } from 'zod';
import type { Answered, Cx, Item, StepAnswer, Verdict } from '../../model/step.ts';

const Asked = z.object({
  key: z.enum(['backlog', 'canary']),
  says: z.string(),
  details: z.array(z.string()),
  at: z.number(),
  /** Dynos with their ids, or queues: while it is about these, it is the same question. */
  about: z.array(z.string()),
  /** Whether it is over once the dynos have stayed up for a whole watch. */
  passes: z.boolean(),
});
export type Asked = z.infer<typeof Asked>;

const Watch = z.object({
  from: z.number(),
  /** Their ids. */
  dynos: z.array(z.string()),
  /** As they were at its begin, by key; `moved`: jobs have been taken since. */
  queues: z.record(z.string(), z.object({ queued: z.number(), failed: z.number().nullable(), moved: z.boolean() })),
});
export type Watch = z.infer<typeof Watch>;

export const ComingBack = z.object({
  /** So many dynos of a type at most; 0: the backlog is looked at first, null: all. */
  most: z.number().nullable(),
  /** By twice as many each time. */
  slowly: z.boolean(),
  watch: Watch.nullable(),
  asked: Asked.nullable(),
  /** How many answers have been taken in. */
  heard: z.number(),
  /** Types that a person has gone on with although their dynos crash: they are set, and not waited for. */
  anyway: z.array(z.string()),
});
export type ComingBack = z.infer<typeof ComingBack>;

export type Said = Verdict<ComingBack>;

/** Each part of a slow return is watched for so long at least, milliseconds. */
const A_WHILE = 30_000;

/** Doubled up to here; then all come. Heroku's own limit is 100 of a type. */
const LAST_PART = 64;

/** All at once, and nothing is watched. */
export const ALL: ComingBack = { most: null, slowly: false, watch: null, asked: null, heard: 0, anyway: [] };

/** Before anything was written. */
export function begun(cx: Cx, backlog: boolean): ComingBack {
  const most = backlog ? 0 : cx.settings.canary > 0 ? 1 : null;
  return { ...ALL, most };
}

/** How many dynos of a type come now. */
export function atMost(before: number, { most }: ComingBack): number {
  return most === null ? before : Math.min(most, before);
}

export function watchFor(cx: Cx, { slowly }: ComingBack): number {
  return slowly ? Math.max(cx.settings.canary, A_WHILE) : cx.settings.canary;
}

/** The next part: one dyno each, twice as many, or all. */
export function nextPart(cx: Cx, items: readonly Item<number>[], at: ComingBack): ComingBack {
  const rest = { ...at, watch: null, asked: null };
  if (at.most === 0) return { ...rest, most: cx.settings.canary > 0 || at.slowly ? 1 : null };
  if (at.most === null || !at.slowly) return { ...rest, most: null };
  const largest = Math.max(...items.map(({ before }) => before));
  const more = 2 * at.most;
  return { ...rest, most: more >= largest || more > LAST_PART ? null : more };
}

/** The answer to what is asked now, once. */
export function answerTo(cx: Cx, { asked, heard }: ComingBack): Answered | undefined {
  return (cx.answered ?? []).slice(heard).findLast(({ key }) => key === asked?.key);
}

export function heardAll(cx: Cx, at: ComingBack): ComingBack {
  return { ...at, heard: cx.answered?.length ?? 0 };
}

/** Asked, or still asked. `look`: where something else is due sooner. */
export function ask(
  cx: Cx,
  at: ComingBack,
  asked: Asked,
  answers: readonly StepAnswer[],
  look = again(cx, asked),
): Said {
  const { key, says, details } = asked;
  return { is: 'ask', ask: { key, says, details, answers }, look, memo: { ...at, asked } };
}

/** Nobody answers for long: then nobody is helped by looking all the time. */
function again(cx: Cx, asked: Asked): number {
  return cx.now - asked.at < 15 * 60_000 ? 30_000 : 5 * 60_000;
}
