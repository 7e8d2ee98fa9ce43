// Windows that have begun and not ended, as what is planned is compared with them.

import type { Occurrence, Window } from '../../model/window.ts';
import type { Running } from '../../windows/overlaps.ts';
import type { Door } from '../commands/door.ts';

export async function runningOf({ store }: Door): Promise<readonly Running[]> {
  const started = await store.windows.occurrencesThatAre(['started']);
  const found = await Promise.all(
    started.map(async ({ occurrence }) => ({ occurrence, stored: await store.windows.load(occurrence.window) })),
  );
  return found.flatMap(({ occurrence, stored }) => (stored === null ? [] : [running(occurrence, stored.window)]));
}

export function running(occurrence: Occurrence, { id, apps }: Pick<Window, 'id' | 'apps'>): Running {
  return { window: id, apps, endAt: occurrence.endAt };
}
