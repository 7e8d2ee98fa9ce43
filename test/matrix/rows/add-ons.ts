// The app with add-ons: at places chosen by a seed, for each of its cells takes twice the time of another.
import { placeOf, type RowOfCells } from '../cells.ts';
import { type Crossing, type Fate, pass, type Via } from '../crossing.ts';
import { Aim, type Trouble } from '../trouble.ts';
import { chosen } from './chosen.ts';
import { once } from './cut.ts';

const MINUTE = 60_000;
const vias: readonly Via[] = ['store', 'heroku', 'slack', 'add-on'];
const fates: Readonly<Record<string, Fate>> = {
  500: { is: 'status', status: 500 },
  422: { is: 'status', status: 422 },
  429: { is: 'status', status: 429, retryAfter: 5 },
  'reset-before': { is: 'reset', when: 'before' },
  'reset-after': { is: 'reset', when: 'after' },
  'cut-body': { is: 'cut-body' },
  'wrong-shape': { is: 'answer', body: 'wrong-shape' },
};

export const addOnRows: readonly RowOfCells[] = [
  {
    name: 'addons-cut',
    cells: (_, seed) =>
      chosen(28, seed, (one) => {
        const via = one(vias);
        return [via, `${via} ${one(['before', 'after'])}`];
      }),
    play(cell) {
      const { phase, n, more } = placeOf(cell);
      const [via = '', when] = more.split(' ');
      const writes = ({ writes: does }: Crossing): boolean => via !== 'store' || does;
      const aim = new Aim(vias.find((one) => one === via) ?? 'add-on', phase, n, writes);
      return { addOns: true, trouble: once(aim, { is: 'die', when: when === 'after' ? 'after' : 'before' }) };
    },
  },
  {
    name: 'addons-once',
    cells: (_, seed) => chosen(24, seed, (one) => ['add-on', one(Object.keys(fates))]),
    play(cell) {
      const { phase, n, more } = placeOf(cell);
      const fate = fates[more];
      if (fate === undefined) throw new Error(`Expected one of ${Object.keys(fates).join(', ')}, got ${more}`);
      return { addOns: true, trouble: once(new Aim('add-on', phase, n), fate) };
    },
  },
  {
    name: 'addons-lasting',
    cells: (_, seed) => chosen(16, seed, () => ['add-on', '']),
    play(cell) {
      const { phase, n } = placeOf(cell);
      return { addOns: true, trouble: away(new Aim('add-on', phase, n), 10 * MINUTE) };
    },
  },
];

/** The add-on that was asked first, for so long: the others answer. */
function away(aim: Aim, ms: number): Trouble {
  let until: number | null = null;
  const addOn = ({ what }: Crossing): string => what.split(' ')[0] ?? '';
  return {
    meet(crossing, { clock }) {
      if (aim.hit(crossing)) until = clock.now() + ms;
      const its = crossing.via === 'add-on' && aim.met !== null && addOn(crossing) === addOn(aim.met);
      return its && until !== null && clock.now() < until ? { is: 'reset', when: 'before' } : pass;
    },
    endsAt: () => until,
    began: () => aim.met?.phase ?? null,
  };
}
