// The zones that tests of windows go through: both hemispheres, half hours and quarters, a change of half an hour, one around
// Ramadan, and some that never change.
export const zones = [
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'America/Los_Angeles',
  'America/Santiago',
  'America/Nuuk',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'UTC',
] as const;

export const from2026 = Date.UTC(2026, 0, 1);
export const to2028 = Date.UTC(2028, 0, 1);

const walls = new Map<string, Intl.DateTimeFormat>();

/** "2026-11-29 01:30". */
export function wall(zone: string): Intl.DateTimeFormat {
  const format =
    walls.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  walls.set(zone, format);
  return format;
}

/**
 * The instants at which a clock on the wall in `zone` shows it, found minute by minute: slow, and it knows nothing of what is
 * tested but the platform's own clock.
 */
export function shownAt(zone: string, date: string, time: string): readonly number[] {
  const about = Date.parse(`${date}T${time}:00Z`);
  const found: number[] = [];
  for (let at = about - 15 * 3_600_000; at <= about + 15 * 3_600_000; at += 15 * 60_000) {
    // Offsets are multiples of a quarter of an hour.
    if (wall(zone).format(at) === `${date} ${time}`) found.push(at);
  }
  return found;
}
