// What a person filled into a modal, by the ids of its blocks: each block of ours holds one element.
import type { ViewStateValue } from '@slack/bolt';
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
