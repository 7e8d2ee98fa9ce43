// The inventory of a plan in a terminal: what is not held first, what is held or watched beside the plan's items last; and all of
// it as JSON.
import { besides, type Entry, type Inventory, loose } from '../model/inventory.ts';
import type { Plan } from '../run/commands/reply.ts';
import { limitsWords } from '../run/commands/settings-words.ts';
import { clean } from './screen.ts';

export function looseText({ inventory, concerns }: Pick<Plan, 'inventory' | 'concerns'>): string[] {
  const all = loose(inventory, concerns);
  return all.length === 0 ? [] : ['', 'Not held, so see to it:', ...all.map(line)];
}

export function besidesText({ inventory, items }: Pick<Plan, 'inventory' | 'items'>): string[] {
  const { limits } = inventory;
  const told = [
    ...besides(inventory, items).map(line),
    ...(limits === null ? [] : [`  The drain: ${clean(limitsWords(limits))}.`]),
  ];
  return told.length === 0 ? [] : ['', 'Besides:', ...told];
}

function line({ name, does, says, remedy }: Entry): string {
  const yours = does === 'yours?' ? ' (yours?)' : '';
  return `  ${clean(name)}${yours}: ${clean(says)}.${remedy === null ? '' : ` ${clean(remedy)}`}`;
}

/** Times in ISO 8601, lengths in milliseconds. */
export function inventoryJson({ window, entries, limits }: Inventory) {
  return {
    window: { from: iso(window.from), to: iso(window.to) },
    entries: entries.map(entryJson),
    limits,
  };
}

function entryJson(entry: Entry) {
  switch (entry.kind) {
    case 'scheduled job':
      return { ...entry, next: entry.next === null ? null : iso(entry.next) };
    case 'one-off':
      return { ...entry, since: entry.since === null ? null : iso(entry.since) };
    default:
      return entry;
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
