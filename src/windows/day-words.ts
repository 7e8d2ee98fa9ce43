// Days, times and lengths in words, the same in every message: "Sunday 29 November 2026", "2 h 30 min".
import type { LocalDate } from '../model/window.ts';
import { partsOf, weekdayOf } from './calendar.ts';
import { localOf, offsetWords } from './zone.ts';

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

export function title(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

export function dayWords(date: LocalDate): string {
  const { year, month, day } = partsOf(date);
  return `${title(weekdayOf(date))} ${day} ${monthNames[month - 1] ?? ''} ${year}`;
}

/** "1st", "2nd", "23rd". */
export function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}

/** In minutes: "2 h 30 min". */
export function lengthWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 || hours === 0 ? [`${rest} min`] : [])].join(' ');
}

/** "Sunday 29 November 2026, 01:00 to 03:00 in Europe/Berlin (UTC+1)", with both offsets where the clocks change in it. */
export function spanWords(zone: string, startAt: number, lengthMs: number): string {
  const start = localOf(zone, startAt);
  const end = localOf(zone, startAt + lengthMs);
  const until = end.date === start.date ? end.time : `${end.time} on ${dayWords(end.date)}`;
  const [before, after] = [offsetWords(zone, startAt), offsetWords(zone, startAt + lengthMs)];
  const where =
    zone === 'UTC'
      ? 'UTC'
      : `in ${zone} (${before}${before === after ? '' : `, then ${after}: the clocks change in it`})`;
  return `${dayWords(start.date)}, ${start.time} to ${until} ${where}`;
}
