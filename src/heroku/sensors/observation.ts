// An observation under way: what was sampled so far, when the next sample is due and when there are enough. The plain part of
// it is kept with the run; connections and first looks live in this process alone, so that after a restart it begins anew.
import { z } from 'zod';
import type { Cx } from '../../model/step.ts';
import { AFTER_TICK } from './findings.ts';
import { Sample } from './sample.ts';
import { count, span } from './words.ts';

export const Observed = z.object({
  /** Of what lives in the process that observes. */
  mark: z.string(),
  from: z.number(),
  /** Oldest first; none: it begins with the next look. */
  samples: z.array(Sample),
  /** How often it was begun anew because nobody had looked in time. */
  late: z.number().int(),
  /** What a person is asked about, and what it rests on. `next`: when it is observed again by itself, domain time. */
  asked: z
    .object({ says: z.string(), samples: z.array(Sample), times: z.number().int(), at: z.number(), next: z.number() })
    .nullable(),
  /** What starts work and could be read at some time: from then on it has to be. */
  read: z.array(z.string()),
  /** How many answers of people have had their effect. */
  heard: z.number().int(),
});
export type Observed = z.infer<typeof Observed>;
export type Asked = NonNullable<Observed['asked']>;

/** Nothing sampled yet; what is known of it all the same stays. */
export function emptied(observed: Observed | null): Observed {
  const { late = 0, asked = null, read = [], heard = 0 } = observed ?? {};
  return { mark: '', from: 0, samples: [], late, asked, read, heard };
}

/** A sample that comes later than this is a gap. Domain time, which can run faster than ours. */
const GAP = 2 * 60_000;
/** After so many gaps the samples are taken as they come: their times are kept with them. */
const MOST_LATE = 3;

/** "Lags 10 s behind an idle pooled connection: watch longer than 20 s", for what the tables count. Milliseconds. */
const COUNTED = 20_000;

interface Length {
  readonly ms: number;
  readonly samples: number;
}

/**
 * As long as the settings say, and until the queues have told of themselves twice, no tick of the past is left, and what was
 * written into the database would be counted.
 */
function length({ settings: { observe } }: Cx, { from, samples }: Observed): Length {
  const [first] = samples;
  const beat = Math.max(0, ...(first?.queues ?? []).map((queue) => queue.beat));
  const tick = first?.jobs.is === 'read' ? first.jobs.ticked : null;
  const moved = movedAt(samples);
  const ms = Math.max(
    observe.for,
    2 * beat,
    tick === null ? 0 : tick + AFTER_TICK - from,
    // Others may move the ids all the time: they are not waited for.
    moved === null ? 0 : Math.min(moved - from, observe.for) + COUNTED,
  );
  return { ms, samples: Math.max(observe.samples, ms > 0 ? 2 : 1) };
}

/** Where nothing says yet who moved the transaction ids; null where they stand still, the tables say it, or others may anyway. */
function movedAt(samples: readonly Sample[]): number | null {
  const read = samples.flatMap(({ at, database }) => (database?.is === 'read' ? [{ at, ...database }] : []));
  const last = read.at(-1);
  if (last === undefined || last.changed.length > 0 || last.shared !== null) return null;
  return read.findLast(({ xmax }, i) => i > 0 && xmax !== read[i - 1]?.xmax)?.at ?? null;
}

/** Between two samples: the same each time. */
function interval(cx: Cx, observed: Observed): number {
  const { ms, samples } = length(cx, observed);
  return samples < 2 ? 0 : Math.max(1_000, Math.ceil(ms / (samples - 1)));
}

export function isComplete(cx: Cx, observed: Observed): boolean {
  const { ms, samples } = length(cx, observed);
  return observed.samples.length >= samples && (observed.samples.at(-1)?.at ?? 0) - observed.from >= ms;
}

/** Whether the next sample would be the first or the last. */
export function isEdge(cx: Cx, observed: Observed): boolean {
  if (observed.samples.length === 0) return true;
  const { ms, samples } = length(cx, observed);
  return observed.samples.length + 1 >= samples && cx.now - observed.from >= ms;
}

/** Milliseconds until the next sample. */
export function nextLook(cx: Cx, observed: Observed): number {
  const last = observed.samples.at(-1)?.at ?? cx.now;
  return Math.max(1_000, last + interval(cx, observed) - cx.now);
}

/** Nobody has looked for longer than a sample may be late. */
export function hasGap(cx: Cx, observed: Observed): boolean {
  const last = observed.samples.at(-1);
  if (last === undefined || observed.late >= MOST_LATE) return false;
  return cx.now - last.at > interval(cx, observed) + GAP;
}

/** Woken before the next sample is due, by something else. */
export function isEarly(cx: Cx, observed: Observed): boolean {
  const last = observed.samples.at(-1);
  return last !== undefined && cx.now - last.at < interval(cx, observed) / 2;
}

/** "observed 15 of 30 s, 2 samples: 1 dyno, transaction ids flat at 7512, Sidekiq 0 running". */
export function progress(cx: Cx, observed: Observed): string {
  const { from, samples } = observed;
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return 'the observation begins';
  const { ms } = length(cx, observed);
  const parts = [count(last.web + last.dynos.length, 'dyno')];
  if (last.jobs.is === 'read') parts.push(`${last.jobs.all - last.jobs.loud.length} of ${last.jobs.all} jobs paused`);
  if (last.database?.is === 'read' && first.database?.is === 'read') {
    const flat = last.database.xmax === first.database.xmax;
    parts.push(`transaction ids ${flat ? 'flat at' : 'moved to'} ${last.database.xmax}`);
  }
  for (const { title, found } of last.queues) {
    parts.push(found.is === 'read' ? `${title} ${found.running ?? '?'} running` : `${title} not read`);
  }
  return `observed ${Math.round((last.at - from) / 1_000)} of ${span(ms)}, ${count(samples.length, 'sample')}: ${parts.join(', ')}`;
}
