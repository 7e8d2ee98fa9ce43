// The zone in what a person typed: an IANA name, UTC, or a city that has a zone of its name. Abbreviations are refused: most
// are those of several zones, and none says what it does in the other half of the year.
import { type Text, wrong } from './reading.ts';
import { weekdayPattern } from './typed-date.ts';
import { zoneNamed } from './zone.ts';

const abbreviations: Readonly<Record<string, string>> = {
  cet: 'Europe/Berlin',
  cest: 'Europe/Berlin',
  mez: 'Europe/Berlin',
  mesz: 'Europe/Berlin',
  wet: 'Europe/Lisbon',
  west: 'Europe/Lisbon',
  eet: 'Europe/Athens',
  eest: 'Europe/Athens',
  bst: 'Europe/London',
  msk: 'Europe/Moscow',
  et: 'America/New_York',
  est: 'America/New_York',
  edt: 'America/New_York',
  ct: 'America/Chicago',
  cst: 'America/Chicago',
  cdt: 'America/Chicago',
  mt: 'America/Denver',
  mst: 'America/Denver',
  mdt: 'America/Denver',
  pt: 'America/Los_Angeles',
  pst: 'America/Los_Angeles',
  pdt: 'America/Los_Angeles',
  nst: 'America/St_Johns',
  ist: 'Asia/Kolkata',
  jst: 'Asia/Tokyo',
  kst: 'Asia/Seoul',
  sgt: 'Asia/Singapore',
  aest: 'Australia/Sydney',
  aedt: 'Australia/Sydney',
  acst: 'Australia/Adelaide',
  awst: 'Australia/Perth',
  nzst: 'Pacific/Auckland',
  nzdt: 'Pacific/Auckland',
};

/** Takes it out of a tidied text; null where none is in it. */
export function zoneIn(text: Text): string | null {
  const offset = text.take('(?:utc|gmt)?[+-](?:0?\\d|1[0-4])(?::?\\d{2})?|(?:utc|gmt) [+-]\\s?\\d{1,2}');
  if (offset !== null) {
    throw wrong(
      `"${offset[0]}" does not say what its clocks do in the summer: name the zone, or give the time in UTC.`,
      ['sunday 1am Europe/Berlin for 2h', 'sunday 00:00 UTC for 2h'],
    );
  }
  if (text.take('(?:in )?(?:my|local)(?: local)? (?:time ?zone|time|zone)') !== null) return null;
  const named = text.take(`(?:in )?(?!${weekdayPattern}/)([a-z][a-z_]*(?:/[a-z][a-z0-9_+-]*)+)(?: time)?`);
  if (named !== null) {
    const zone = zoneNamed(named[2] ?? '');
    if (zone !== null) return zone;
    throw wrong(`There is no time zone "${named[2]}".`, [
      'sunday 1am Europe/Berlin for 2h',
      'sunday 1am America/New_York for 2h',
    ]);
  }
  if (text.take('(?:in )?(?:utc|gmt|zulu)') !== null) return 'UTC';
  const short = text.take(`(?:in )?(${Object.keys(abbreviations).join('|')})`);
  if (short === null) return null;
  const typed = short[1] ?? '';
  const meant = abbreviations[typed] ?? 'Europe/Berlin';
  throw wrong(`"${typed.toUpperCase()}" does not say which place's clocks are meant: name the zone.`, [
    `sunday 1am ${meant} for 2h`,
    'sunday 00:00 UTC for 2h',
  ]);
}

/** What is left at the end may be a city: "berlin", "in new york", "tokyo time". Null where no zone, or several, are called so. */
export function zoneOfCity(left: string): string | null {
  const city = left
    .replace(/^in /u, '')
    .replace(/ time$/u, '')
    .replaceAll(' ', '_');
  if (!/^[a-z_]{3,}$/u.test(city)) return null;
  const found = Intl.supportedValuesOf('timeZone').filter((zone) => zone.toLowerCase().split('/').at(-1) === city);
  const [only, another] = found;
  return only === undefined || another !== undefined ? null : only;
}
