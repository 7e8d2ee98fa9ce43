// What samples of an app's job queues prove: nothing runs, for two of the system's heartbeats, and meanwhile nobody takes jobs
// and none land.
import type { Finding } from '../../model/proof.ts';
import type { QueueSeen, Sample } from './sample.ts';
import { clock, count, each, few, over, type Rests, rested, span } from './words.ts';

/** `people`: those of them, or of their one-off dynos, that may have added the jobs that were added. */
export function queueFindings(samples: readonly Sample[], people: readonly string[]): readonly Finding[] {
  const keys = each(samples.flatMap(({ queues }) => queues.map(({ key }) => key)));
  return keys.map((key) => queue(samples, people, (sample) => sample.queues.find((one) => one.key === key)));
}

function queue(
  samples: readonly Sample[],
  people: readonly string[],
  pick: (sample: Sample) => QueueSeen | undefined,
): Finding {
  const seen = samples.map((sample) => ({ at: sample.at, one: pick(sample) }));
  const { title = '', beat = 0 } = seen.findLast(({ one }) => one !== undefined)?.one ?? {};
  const of = (is: Finding['is'], says: string, what: readonly string[] = []): Finding =>
    rested(title, is, says, samples, (sample) => numbers(pick(sample)), what);

  const read = seen.flatMap(({ at, one }) => (one?.found.is === 'read' ? [{ at, ...one.found }] : []));
  const busy = read.findLast(({ running }) => running !== null && running > 0);
  if (busy !== undefined) {
    const { running, oldest, at } = busy;
    const which = oldest === null ? '' : `, the oldest (${oldest.what}) for ${span(oldest.ageMs)}`;
    const says = `${count(running ?? 0, 'job')} ${running === 1 ? 'runs' : 'run'}${which}, at ${clock(at)} UTC`;
    return of('violated', says);
  }
  const dark = seen.find(({ one }) => one?.found.is !== 'read');
  if (dark !== undefined) {
    const why = dark.one?.found.is === 'unread' ? dark.one.found.why : 'it was not among the queues';
    return of('not provable', `it could not be read at ${clock(dark.at)} UTC: ${why}`);
  }
  const [first, last] = [read[0], read.at(-1)];
  if (first === undefined || last === undefined) return of('not provable', 'it was not looked at');
  const silent = read.some(({ running }) => running === null);
  const before = (i: number) => read[i - 1];
  // What becomes due goes from later to queued, and nobody has taken it; what is to be tried again goes the other way, and was taken.
  const fell = read.some((one, i) => one.queued < (before(i)?.queued ?? 0) || more(before(i) ?? one, one) < 0);
  const trend = trendOf(first, last);
  if (fell) return of('violated', `somebody takes jobs: ${trend}, ${over(samples)}`);
  if (read.some((one, i) => more(before(i) ?? one, one) > 0)) {
    const lands = `jobs still land: ${trend}, ${over(samples)}`;
    if (people.length > 0) return of('not provable', `${lands}; ${few(people)} may have added them`);
    return of('violated', lands);
  }
  if (silent) return of('not provable', 'it does not say how many jobs run');
  const doubt = read.find((one) => one.doubt !== null)?.doubt ?? null;
  if (doubt !== null) return of('not provable', `0 running, ${trend}, ${over(samples)}, but ${doubt}`);
  const watched = last.at - first.at;
  if (watched < 2 * beat || (beat > 0 && read.length < 2)) {
    return of(
      'not provable',
      `0 running, but watched for ${span(watched)} only: it tells of its jobs every ${span(beat)}`,
    );
  }
  return of('proved', `0 running, ${trend}, ${over(samples)}`);
}

interface Waiting {
  readonly queued: number;
  readonly later: number | null;
}

/** How many more wait at the second time, now or for later. */
function more(first: Waiting, then: Waiting): number {
  const later = first.later === null || then.later === null ? 0 : then.later - first.later;
  return then.queued - first.queued + later;
}

/** "14 waiting, then 16", "4 waiting and 3 due later, then 6 waiting and 1 due later". */
function trendOf(first: Waiting, last: Waiting): string {
  const waits = ({ queued, later }: Waiting) => `${queued} waiting${later ? ` and ${later} due later` : ''}`;
  if (waits(first) === waits(last)) return waits(first);
  return first.later || last.later ? `${waits(first)}, then ${waits(last)}` : `${waits(first)}, then ${last.queued}`;
}

function numbers(one: QueueSeen | undefined): Rests {
  if (one === undefined) return {};
  const { found } = one;
  if (found.is === 'unread') return { unread: found.why };
  return { queued: found.queued, later: found.later, running: found.running, oldestMs: found.oldest?.ageMs ?? null };
}
