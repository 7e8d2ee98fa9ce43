// A bot may end while a terminal follows it: Heroku ends every dyno once a day, and each deploy does. Whoever comes after it
// is reached anew, or the database is opened here once the bot has let go of it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from './protocol.ts';
import type { Reached } from './reach.ts';

/** The bot has ten seconds to hand over. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 300;

export class BotEnded extends Error {
  override readonly name = 'BotEnded';
  constructor(cause: unknown) {
    super('The bot ended in the middle. Say the same command again: it goes on from where it is.', { cause });
  }
}

/** Throws BotEnded where nobody is reached in time, or where a change may have got through before the bot ended. */
export function lasting(first: Reached, anew: () => Promise<Reached>, patience = PATIENCE_MS): Reached {
  let now = first;
  return {
    get drives() {
      return now.drives;
    },
    async call(call) {
      for (const until = Date.now() + patience; ; ) {
        try {
          return await now.call(call);
        } catch (error) {
          const ended = now.drives === 'the bot' && endedBy(error);
          if (ended === false) throw error;
          // Said twice, some changes would be made twice.
          if (ended === 'in the middle' && !readsOnly(call)) throw new BotEnded(error);
          now = await again(anew, until, error);
        }
      }
    },
    close: () => now.close(),
  };
}

/** What was refused at the door was not heard; what was cut off may have been. */
function endedBy(error: unknown): 'before' | 'in the middle' | false {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'before';
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'in the middle' : false;
}

function readsOnly({ method }: Call): boolean {
  return [
    'plan',
    'doctor',
    'status',
    'run',
    'export',
    'proof',
    'output',
    'preview',
    'receipt',
    'settings',
    'propose-settings',
  ].includes(method);
}

async function again(anew: () => Promise<Reached>, until: number, why: unknown): Promise<Reached> {
  let last = why;
  while (Date.now() < until) {
    await sleep(LOOK_MS);
    try {
      return await anew();
    } catch (error) {
      // The bot that ends still has the database.
      last = error;
    }
  }
  throw new BotEnded(last);
}
