// Lengths of time as people type them: 30m, 1h30m, 90 min, 2 hours. parse-duration reads them; it also reads "30" as
// milliseconds and skips words that it does not know, so the shape is checked here first.
import parseDuration from 'parse-duration';

const unit = '(?:h|hr|hrs|hour|hours|m|min|mins|minute|minutes)';
const part = `\\d{1,6}(?:\\.\\d{1,3})?\\s*${unit}(?![a-z])`;
const compact = `\\d{1,6}(?:\\.\\d{1,3})?\\s*h\\s*\\d{1,3}(?:\\s*(?:m|min|mins|minute|minutes)(?![a-z]))?`;

/** A length at the beginning of a text, whatever follows it. */
const leading = new RegExp(`^(?:${compact}|${part}(?:(?:\\s*,\\s*|\\s+and\\s+|\\s*)${part})*)(?=$|[\\s,.;])`, 'iu');

export const LEAST = 60_000;
export const MOST = 24 * 60 * 60_000;

export interface Length {
  readonly ms: number;
  /** What comes after it. */
  readonly rest: string;
}

/** Null where the text does not begin with a length. */
export function lengthAtStart(text: string): Length | null {
  const found = leading.exec(text)?.[0];
  if (found === undefined) return null;
  // "1h30" means minutes to everybody but the parser.
  const spelt = /h\s*\d+$/iu.test(found) ? `${found}m` : found;
  const ms = parseDuration(spelt.replaceAll(/\s*,\s*|\s+and\s+/giu, ' '));
  return ms === null || !Number.isFinite(ms)
    ? null
    : {
        ms: Math.round(ms),
        rest: text
          .slice(found.length)
          .replace(/^[,.;]/u, '')
          .trim(),
      };
}
