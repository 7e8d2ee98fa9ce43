// The words that findings are made of: times, counts and short lists.
import type { Finding } from '../../model/proof.ts';
import type { Sample } from './sample.ts';

export type Rests = NonNullable<Finding['rests']>[number]['on'];

/** A finding that rests on these samples, with the numbers that each of them had. */
export function rested(
  subject: string,
  is: Finding['is'],
  says: string,
  samples: readonly Sample[],
  numbers: (sample: Sample) => Rests,
  what: readonly string[] = [],
): Finding {
  const [first, last] = [samples[0], samples.at(-1)];
  return {
    subject,
    is,
    says,
    at: last?.at ?? 0,
    from: first?.at ?? 0,
    rests: samples.map((sample) => ({ at: sample.at, on: numbers(sample) })),
    ...(what.length === 0 ? {} : { what: [...what] }),
  };
}

/** "in 3 samples over 30 s", and "at 12:30:05 UTC" of one. */
export function over(samples: readonly Sample[]): string {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return 'in no sample';
  return samples.length === 1
    ? `at ${clock(first.at)} UTC`
    : `in ${samples.length} samples over ${span(last.at - first.at)}`;
}

export function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

export function span(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

export function few(list: readonly string[]): string {
  return list.length <= 5 ? list.join(', ') : `${list.slice(0, 5).join(', ')} and ${list.length - 5} more`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

export function each<T>(list: readonly T[]): readonly T[] {
  return [...new Set(list)];
}
