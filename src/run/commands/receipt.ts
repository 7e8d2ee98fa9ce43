// What a way back has changed, item by item, and what was right already: for whoever brings an app back by hand.

import type { Logged } from '../../model/event.ts';
import type { Json } from '../../model/json.ts';
import type { Person } from '../../model/person.ts';
import { type ItemState, type Run, touched } from '../../model/run.ts';
import { holds } from '../stock.ts';
import { admitted } from './admission.ts';
import { type Door, refused } from './door.ts';
import type { Receipt, ReceiptLine, Refused } from './reply.ts';

/** `after`: what happened up to that event is not this command's doing. */
export async function receipt(door: Door, by: Person, id: string, after: number): Promise<Receipt | Refused> {
  const run = await door.store.load(id);
  const entry = await admitted(door, by, 'look', run?.app.id ?? null, `receipt of run ${id}`);
  if (entry.is === 'refused') return entry;
  if (run === null) return refused('This maintenance is not known.', '/maint status shows what is under way.');
  const log = await door.store.log(id);
  const show = shower(door);
  const changed: ReceiptLine[] = [];
  const already: ReceiptLine[] = [];
  const other: ReceiptLine[] = [];
  for (const item of run.items.filter(touched)) {
    const { step, key, label } = item;
    const was = startOf(log, item, after);
    const line = { step, key, label, from: was === undefined ? null : show(item, was), to: show(item, item.before) };
    if (item.settled?.as !== 'before') other.push({ ...line, to: otherwise(item) });
    else if (was === undefined) already.push(line);
    else changed.push(line);
  }
  return { is: 'receipt', run, changed, already, other };
}

/** The value from which the way back took an item after that event; undefined where it sent nothing for it. */
function startOf(log: readonly Logged[], { step, key }: ItemState, after: number): Json | undefined {
  let now: Json = null;
  // Sent on the way back, and not answered: whether it took effect nobody knows, and a refusal is as likely.
  let unanswered: Json | undefined;
  for (const { seq, event } of log) {
    // Somebody else's value, which a person had put back.
    if (event.is === 'asked' && event.about.is === 'drift' && event.about.step === step && event.about.key === key) {
      now = event.about.now;
    }
    if (event.is === 'sent' && event.step === step && unanswered !== undefined) now = unanswered;
    if (event.is !== 'sending' || event.step !== step) continue;
    const change = event.changes.find((one) => one.key === key);
    if (change === undefined) continue;
    if (event.way === 'back' && seq > after) return now;
    if (event.way === 'back') unanswered = change.value;
    else now = change.value;
  }
  return undefined;
}

function shower(door: Door): (item: ItemState, value: Json) => string {
  const known = new Map(holds(door.platform).map((hold) => [hold.name, hold]));
  return (item, value) => known.get(item.step)?.show(value) ?? 'of a step that this version does not know';
}

function otherwise({ settled }: Run['items'][number]): string {
  switch (settled?.as) {
    case 'gone':
      return 'gone, removed by somebody else';
    case 'kept':
      return `kept as it is, decided by ${settled.by?.name ?? '?'}`;
    case 'left':
      return `left as it is, decided by ${settled.by?.name ?? '?'}`;
    default:
      return 'not back yet';
  }
}
