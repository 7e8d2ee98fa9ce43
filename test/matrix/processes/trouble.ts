// When something happens to a real process, and what. Instants come from a seed; what real processes then make of them is
// theirs, so a cell that went wrong need not do so again.
import type { Passing } from '../../helpers/front.ts';
import { Lost, type Place, type Stage } from './stage.ts';

/** When people have just asked for it: the start, nothing, the approval's list, the approval itself. */
export type During = 'quieting' | 'holding' | 'asking' | 'back';

export type Instant =
  | { readonly is: 'after'; readonly ms: number }
  /** The nth request to Heroku from then on, before it has its effect or after it. */
  | { readonly is: 'request'; readonly nth: number; readonly when: 'before' | 'after' };

export interface Trouble {
  readonly row: string;
  readonly cell: string;
  readonly during: During;
  readonly at: Instant;
  readonly strike: Strike;
}

export interface Strike {
  /** Resolves when the run can go on, here or elsewhere. `place`: where the bot is that drives it. */
  readonly begin: (stage: Stage, place: Place) => Promise<void>;
  /** When it has gone on: makes everything run again that ought to. Throws where harm was done. */
  readonly end: (stage: Stage, place: Place) => Promise<void>;
}

/** Strikes at its instant, or when `over` comes before that. Returns where. */
export async function meet(stage: Stage, { at, strike }: Trouble, over: Promise<unknown>): Promise<Place> {
  if (at.is === 'after') {
    await Promise.race([pause(at.ms), over]);
    return struckAt(stage, strike, driving(stage));
  }
  const { promise: struck, resolve, reject } = Promise.withResolvers<Place>();
  let left = at.nth;
  let hit = false;
  stage.watcher = async (place: Place, _: Passing, when) => {
    if (hit || when !== at.when) return;
    left -= 1;
    if (left > 0) return;
    hit = true;
    stage.watcher = null;
    struckAt(stage, strike, place).then(resolve, reject);
    // The rest of it may last; that the bot is gone may not wait.
    await place.bot?.exited();
    throw new Lost();
  };
  await Promise.race([struck, over]);
  stage.watcher = null;
  // The phase was over before there were so many requests.
  return hit ? struck : struckAt(stage, strike, driving(stage));
}

async function struckAt(stage: Stage, strike: Strike, place: Place): Promise<Place> {
  await strike.begin(stage, place);
  return place;
}

/** Where the last request to Heroku came from. */
function driving(stage: Stage): Place {
  const place = stage.traffic.last ?? stage.places[0];
  if (place === undefined) throw new Error('Expected a place, got none');
  return place;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
