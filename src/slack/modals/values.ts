// What a person filled into a modal, by the ids of its blocks: each block of ours holds one element.
import type { ViewStateValue } from '@slack/bolt';
import { LEAST, lengthAtStart, MOST } from '../../windows/duration.ts';
import { VALUE } from '../views/modal.ts';

type State = Readonly<Record<string, Readonly<Record<string, ViewStateValue>>>>;

export interface Filled {
  /** Typed or chosen, without what surrounds it; empty where nothing is. A date as 2026-11-29, a time as 01:00. */
  one(id: string): string;
  /** People or channels. */
  many(id: string): readonly string[];
}

export function filled(state: State): Filled {
  const at = (id: string): ViewStateValue | undefined => state[id]?.[VALUE];
  return {
    one(id) {
      const held = at(id);
      const one = held?.value ?? held?.selected_option?.value ?? held?.selected_date ?? held?.selected_time;
      return (one ?? '').trim();
    },
    many(id) {
      const held = at(id);
      return held?.selected_users ?? held?.selected_conversations ?? [];
    },
  };
}

/** Milliseconds, null where nothing is typed; a text: what is wrong with it. */
export function lengthOf(typed: string): number | null | string {
  if (typed === '') return null;
  const found = lengthAtStart(typed);
  if (found === null || found.rest !== '') return 'Expected a length of time, such as 30m, 1h30m or 2 hours.';
  if (found.ms < LEAST || found.ms > MOST) return 'Expected a length between 1 minute and 24 hours.';
  return found.ms;
}
