// What a plan tells of the inventory: first, and short, what is not held and what to do about it; last what is held or watched
// and stands nowhere else. A message holds only so much, so the rest is counted.
import { besides, type Entry, loose } from '../../model/inventory.ts';
import type { Plan } from '../../run/commands/reply.ts';
import { limitsWords } from '../../run/commands/settings-words.ts';
import { code, count, duration, said, sentence } from './text.ts';

const MOST = 15;

export function looseLines({ inventory, concerns }: Plan): string[] {
  const all = loose(inventory, concerns);
  if (all.length === 0) return [];
  // Those that a person has to say something about come first.
  const sorted = all.toSorted((a, b) => Number(b.does === 'yours?') - Number(a.does === 'yours?'));
  return ['*Not held: see to it*', ...few(sorted)];
}

export function besidesLines({ inventory, items }: Plan): string[] {
  const told = [
    ...few(besides(inventory, items)),
    ...(inventory.limits === null ? [] : [`• ${said(limitsWords(inventory.limits), 400)}`]),
  ];
  return told.length === 0 ? [] : ['*Besides*', ...told];
}

/** How many jobs would run while the app is held, were they not paused; empty where there are none. */
export function fallingLine({ inventory: { entries, window } }: Plan): string[] {
  const of = (falls: boolean | null): number =>
    entries.filter((entry) => entry.kind === 'scheduled job' && entry.falls === falls).length;
  const [falling, unknown] = [of(true), of(null)];
  if (falling + unknown === 0) return [];
  const doubt = unknown === 0 ? '' : `; of ${unknown} it is not known`;
  return [
    `${count(falling, 'scheduled job')} would run in the window, ${duration(window.to - window.from)} from now, if nobody paused them${doubt}.`,
  ];
}

function few(entries: readonly Entry[]): string[] {
  const rest = entries.length - MOST;
  return [...entries.slice(0, MOST).map(line), ...(rest > 0 ? [`• and ${rest} more, which the terminal shows`] : [])];
}

function line({ name, does, says, remedy }: Entry): string {
  const yours = does === 'yours?' ? ' *Yours?*' : '';
  return `• ${code(name, 60)}${yours} ${sentence(said(says, 220))}${remedy === null ? '' : ` ${said(remedy, 260)}`}`;
}
