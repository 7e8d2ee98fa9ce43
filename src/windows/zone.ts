// Time zones, by what the platform's own tz database says (Intl; Node 24 has no Temporal): which instants a local time
// means, which may be none or two when clocks change, and what a clock on the wall shows at an instant.
import type { LocalDate, LocalTime } from '../model/window.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

export interface Local {
  readonly date: LocalDate;
  readonly time: LocalTime;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes some hundred times as long as using it. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, format);
  return format;
}

/** Milliseconds that the zone's clocks are ahead of UTC at `at`. Throws a RangeError for a zone that is none. */
export function offsetAt(zone: string, at: number): number {
  const day = Math.floor(at / DAY);
  const before = atMidnight(zone, day);
  // No zone changes its clocks and back within a day, so that most instants need no asking: years of windows are compared.
  return before === atMidnight(zone, day + 1) ? before : asked(zone, at);
}

function asked(zone: string, at: number): number {
  // "11/29/2026, 01:00:00"
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = formatOf(zone)
    .format(at)
    .split(/\D+/u)
    .map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

const midnights = new Map<string, Map<number, number>>();
/** Days a zone: some 25 years. */
const MOST_KEPT = 10_000;

/** The offset at the beginning of a day in UTC, its number counted from 1970-01-01. */
function atMidnight(zone: string, day: number): number {
  const kept = midnights.get(zone);
  const known = kept?.get(day);
  if (known !== undefined) return known;
  const offset = asked(zone, day * DAY);
  if (kept === undefined || kept.size >= MOST_KEPT) midnights.set(zone, new Map([[day, offset]]));
  else kept.set(day, offset);
  return offset;
}

export function localOf(zone: string, at: number): Local {
  const iso = new Date(at + offsetAt(zone, at)).toISOString();
  return { date: iso.slice(0, 10), time: iso.slice(11, 16) };
}

export type Instants =
  | { readonly is: 'one'; readonly at: number }
  /** The clocks jump over it. `earlier`, `later`: by as much as they jump. */
  | { readonly is: 'missing'; readonly earlier: number; readonly later: number }
  /** The clocks go back and show it once more. */
  | { readonly is: 'twice'; readonly first: number; readonly second: number };

/** As Temporal's GetPossibleEpochNanoseconds does it: no zone changes its clocks twice in two days. */
export function instantsOf(zone: string, { date, time }: Local): Instants {
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  const before = offsetAt(zone, asUtc - DAY);
  const after = offsetAt(zone, asUtc + DAY);
  const [first, second] = [...new Set([before, after])]
    .map((offset) => ({ at: asUtc - offset, offset }))
    .filter(({ at, offset }) => offsetAt(zone, at) === offset)
    .map(({ at }) => at)
    .sort((a, b) => a - b);
  if (first === undefined) return { is: 'missing', earlier: asUtc - after, later: asUtc - before };
  return second === undefined ? { is: 'one', at: first } : { is: 'twice', first, second };
}

/** The clocks of a zone going forward or back. Milliseconds. */
export interface Change {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** Looked for week by week: Morocco's clocks went back for Ramadan, some five weeks, and no zone's for less. */
export function changesIn(zone: string, from: number, to: number): readonly Change[] {
  const found: Change[] = [];
  for (let start = from; start < to; start += 7 * DAY) {
    const end = Math.min(start + 7 * DAY, to);
    const before = offsetAt(zone, start);
    const after = offsetAt(zone, end);
    if (before === after) continue;
    let [low, high] = [Math.floor(start / MINUTE), Math.ceil(end / MINUTE)];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(zone, middle * MINUTE) === before) low = middle;
      else high = middle;
    }
    found.push({ at: high * MINUTE, before, after });
  }
  return found;
}

/** Case is mended, and an alias stays what people call it: Asia/Kolkata, which Node makes Asia/Calcutta. Null: no zone. */
export function zoneNamed(name: string): string | null {
  // Intl also takes offsets, +01:00, which say nothing about the summer.
  if (!/^[a-z]/iu.test(name)) return null;
  try {
    const known = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
    if (known.toLowerCase() === name.toLowerCase()) return known;
    return name
      .toLowerCase()
      .replace(/(^|[/_-])([a-z])/gu, (_, sign: string, letter: string) => sign + letter.toUpperCase());
  } catch {
    return null;
  }
}

/** "UTC+1", "UTC-3:30", "UTC". */
export function offsetWords(zone: string, at: number): string {
  const minutes = Math.round(offsetAt(zone, at) / MINUTE);
  if (minutes === 0) return 'UTC';
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(Math.abs(minutes) / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}
