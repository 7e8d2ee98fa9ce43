// The time of day in what a person typed: 1am, 01:00, 1.30 pm, noon, midnight, from 1am to 3am.
import type { LocalTime } from '../model/window.ts';
import { examples, type Text, wrong } from './reading.ts';

const twelve = String.raw`(\d{1,2})(?:[:.](\d{2}))?\s?(?:(a|p)\.?\s?m\.?)`;
const full = String.raw`(\d{1,2}):(\d{2})(?::00)?`;
const named = '(noon|midday|midnight)';
const clock = `(?:${twelve}|${full}|${named})`;
/** Only where something says that it is a time. */
const bare = String.raw`(\d{1,2})(?:\s?o\s?clock)?`;

export interface TypedTime {
  readonly at: LocalTime;
  /** Midnight belongs to two days. */
  readonly midnight: boolean;
  /** Of "from 1am to 3am". */
  readonly end: LocalTime | null;
}

/** Null where no time is in it. */
export function timeIn(text: Text): TypedTime | null {
  const range = text.take(`(?:from |between |at )?(?:${clock}|${bare})\\s?(?:-|to|until|till|and)\\s?(?:at )?${clock}`);
  if (range !== null) {
    // Seven groups for the first, six for the last.
    const last = timeOf(range.slice(8, 14));
    // "1-3am" is 1am: what is said of the end holds for the beginning.
    const half = last.half !== null && last.minutes >= hourMinutes(range[7], last.half) ? last.half : null;
    const first = timeOf(range.slice(1, 7)).minutes >= 0 ? timeOf(range.slice(1, 7)) : bareTime(text, range[7], half);
    return { at: shown(first.minutes), midnight: first.midnight, end: shown(last.minutes) };
  }
  const one = text.take(`(?:at )?${clock}`);
  if (one !== null) {
    const time = timeOf(one.slice(1, 7));
    return { at: shown(time.minutes), midnight: time.midnight, end: null };
  }
  const hour = text.take(`at ${bare}`);
  if (hour === null) return null;
  return { at: shown(bareTime(text, hour[1], null).minutes), midnight: false, end: null };
}

interface Time {
  /** Since midnight; -1: the groups hold none. */
  readonly minutes: number;
  readonly midnight: boolean;
  readonly half: 'a' | 'p' | null;
}

function timeOf(groups: readonly (string | undefined)[]): Time {
  const [hour12, minute12, letter, hour24, minute24, name] = groups;
  if (name !== undefined) return { minutes: name === 'midnight' ? 0 : 720, midnight: name === 'midnight', half: null };
  if (hour12 !== undefined) {
    const half = letter === 'p' ? 'p' : 'a';
    const [hour, minute] = [Number(hour12), Number(minute12 ?? 0)];
    if (hour < 1 || hour > 12 || minute > 59)
      throw noTime(`${hour12}${minute12 === undefined ? '' : `:${minute12}`}${half}m`);
    return { minutes: (hour % 12) * 60 + minute + (half === 'p' ? 720 : 0), midnight: false, half };
  }
  if (hour24 === undefined) return { minutes: -1, midnight: false, half: null };
  const [hour, minute] = [Number(hour24), Number(minute24)];
  if (hour === 24 && minute === 0) {
    throw wrong('24:00 is the next day: write 00:00 with that day.', [
      'monday 00:00 for 2h',
      'every monday 00:00 for 1h',
    ]);
  }
  if (hour > 23 || minute > 59) throw noTime(`${hour24}:${minute24}`);
  return { minutes: hour * 60 + minute, midnight: false, half: null };
}

function bareTime(text: Text, digits: string | undefined, half: 'a' | 'p' | null): Time {
  const hour = Number(digits);
  if (hour > 23) throw noTime(String(digits));
  if (half !== null && hour >= 1 && hour <= 12) return { minutes: hourMinutes(digits, half), midnight: false, half };
  if (hour === 0 || hour > 12) return { minutes: hour * 60, midnight: false, half: null };
  const [morning, evening] = [shown((hour % 12) * 60), shown((hour % 12) * 60 + 720)];
  const chosen = text.choose('hour', `${hour} o'clock is twice a day. Which one?`, [
    { answer: morning, words: `${morning} (${hour}am)` },
    { answer: evening, words: `${evening} (${hour}pm)` },
  ]);
  return { minutes: minutesOf(chosen), midnight: false, half: null };
}

function hourMinutes(digits: string | undefined, half: 'a' | 'p'): number {
  return (Number(digits ?? 0) % 12) * 60 + (half === 'p' ? 720 : 0);
}

function noTime(got: string) {
  return wrong(`There is no time "${got}": expected 00:00 to 23:59, or 12am to 11:59pm.`, examples.once);
}

/** Since midnight. */
export function minutesOf(time: LocalTime): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

function shown(minutes: number): LocalTime {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
