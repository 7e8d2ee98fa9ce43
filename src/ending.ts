// How a process ends: Heroku restarts every dyno daily and on each deploy, and kills what is still there after 30 seconds;
// we promise ten, and keep two of them for a machine that is busy. Nothing that hangs (a call to Heroku, to Slack, a dead database) may hold up the rest, and the next
// process must not have to wait for what this one had claimed.
import type { Logger } from './log.ts';

/** For calls that are under way: most answer in a second. What is cut off is looked at first by whoever goes on (I7). */
const GRACE_MS = 5_000;
/** More for what is cut off then, to say so. */
const AFTER_MS = 500;
const LAST_MS = 700;

export interface Ending {
  /** Begins nothing new and lets what is under way finish; all of these at once. */
  first(end: (graceMs: number) => Promise<void>): void;
  /** After that, one after the other, in the order in which they were given; each has a share of a second. */
  last(end: () => Promise<void>): void;
  /** Never rejects. Asked twice, it happens once. */
  end(): Promise<void>;
}

export function createEnding(log: Logger): Ending {
  const firsts: ((graceMs: number) => Promise<void>)[] = [];
  const lasts: (() => Promise<void>)[] = [];
  let ending: Promise<void> | null = null;

  const end = async (): Promise<void> => {
    await within(GRACE_MS + AFTER_MS, Promise.all(firsts.map((one) => settled(() => one(GRACE_MS), log))), log);
    for (const one of lasts) await within(LAST_MS, settled(one, log), log);
  };
  return {
    first: (one) => firsts.push(one),
    last: (one) => lasts.push(one),
    end() {
      ending ??= end();
      return ending;
    },
  };
}

async function settled(end: () => Promise<void>, log: Logger): Promise<void> {
  try {
    await end();
  } catch (error) {
    log.warn({ err: error }, 'a part of maint did not end cleanly');
  }
}

async function within(ms: number, ending: Promise<unknown>, log: Logger): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    log.warn({ ms }, 'a part of maint does not end; it is left behind');
    late.resolve();
  }, ms);
  await Promise.race([ending, late.promise]);
  clearTimeout(timer);
}
