// Places by a seed, for rows whose cells take longer than others, or whose maintenance has other calls than the undisturbed one.
import { randomFrom } from '../../../src/sandbox/random.ts';
import { type Phase, phases, type Via } from '../crossing.ts';

/** How many crossings there are in each phase, roughly: a place beyond the last is the first of the next phase. */
const MOST: Readonly<Record<Via, Readonly<Record<Phase, number>>>> = {
  store: { planning: 12, quieting: 120, holding: 60, back: 120 },
  heroku: { planning: 12, quieting: 40, holding: 40, back: 40 },
  slack: { planning: 2, quieting: 6, holding: 6, back: 4 },
  'add-on': { planning: 6, quieting: 20, holding: 20, back: 20 },
  jobs: { planning: 2, quieting: 10, holding: 4, back: 5 },
  redis: { planning: 6, quieting: 60, holding: 15, back: 20 },
};

/** So many cells, fewer where one is chosen twice: the phases in turn, and places in them. */
export function chosen(
  many: number,
  seed: number,
  choose: (one: <T>(list: readonly T[]) => T) => readonly [Via, string],
  within: readonly Phase[] = phases,
): readonly string[] {
  const random = randomFrom(seed * 1_000 + many);
  const one = <T>(list: readonly T[]): T => {
    const found = list[Math.floor(random() * list.length)];
    if (found === undefined) throw new Error('Expected something to choose from, got nothing');
    return found;
  };
  const cells = Array.from({ length: many }, (_, i) => {
    const phase = within[i % within.length] ?? 'back';
    const [via, more] = choose(one);
    const n = 1 + Math.floor(random() * MOST[via][phase]);
    return more === '' ? `${phase}/${n}` : `${phase}/${n}/${more}`;
  });
  return [...new Set(cells)];
}
