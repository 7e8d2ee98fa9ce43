// What a question about an item says that is not as quiet wants it while the app is held.
import type { About } from '../model/event.ts';
import type { Json } from '../model/json.ts';
import { wanted } from '../model/patrol.ts';
import type { ItemState } from '../model/run.ts';
import type { AnyHold, Cx, Seen } from '../model/step.ts';

/** What quiet wants of it; `known`: as it was captured, where it was. */
export function aimOf(cx: Cx, hold: AnyHold, known: ItemState | undefined, seen: Seen<Json>): Json {
  if (known !== undefined) return wanted(known);
  return hold.aim(cx, { key: seen.key, label: seen.label, before: seen.value, sent: [] }, 'quiet', null);
}

export function violation(hold: AnyHold, seen: Seen<Json>, aim: Json, known: ItemState | undefined): About {
  const before = known === undefined ? 'was not there' : hold.show(known.before);
  const shows = { before, wanted: hold.show(aim), now: hold.show(seen.value) };
  return { is: 'violation', step: hold.name, key: seen.key, label: seen.label, now: seen.value, shows };
}
