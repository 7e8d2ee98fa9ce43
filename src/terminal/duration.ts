// Lengths as they are typed at a terminal: 30m, 1h30m, "90 min".
import { InvalidArgumentError } from 'commander';
import parseDuration from 'parse-duration';
import { MOST } from '../model/decide.ts';

/** Milliseconds. Throws what commander shows as an error of that option. */
export function length(text: string): number {
  const ms = /[a-z]/i.test(text) ? parseDuration(text) : null;
  if (ms === null || ms < 60_000 || ms > MOST) {
    throw new InvalidArgumentError(
      `Expected a length between 1 minute and 24 hours, such as 30m or 1h30m, got "${text}".`,
    );
  }
  return Math.round(ms);
}
