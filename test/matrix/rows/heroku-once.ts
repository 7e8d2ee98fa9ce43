// One call to Heroku goes wrong, in every way that a call can. The client sends it again by itself, so a call that goes wrong
// "as a whole" goes wrong in all its attempts; of a write there is a cell too in which only the first one does.
import { each, named, placeOf, type RowOfCells } from '../cells.ts';
import { type Crossing, type Fate, pass } from '../crossing.ts';
import { Aim, type Scene, type Trouble } from '../trouble.ts';

/** As many as the client makes. */
const ATTEMPTS = 3;
/** Long enough for an answer of the sandbox on a busy machine, short for a call that hangs. */
const HANGS = 250;

/** Of the reads that such a call can be: all of them, none where it makes no difference to a read, or few, where another row meets the same code. */
type Reads = 'all' | 'none' | 'few';
const FEW = 4;

export const herokuOnce: readonly RowOfCells[] = [
  row('500', { is: 'status', status: 500 }),
  // As 500.
  row('503', { is: 'status', status: 503 }, 'few'),
  // A read waits for a call to spend, whichever it is.
  row('429', { is: 'status', status: 429 }, 'few'),
  row('reset-before', { is: 'reset', when: 'before' }),
  row('reset-after', { is: 'reset', when: 'after' }, 'none'),
  // As reset-before.
  row('hang', { is: 'hang', when: 'before' }, 'few'),
  row('hang-after', { is: 'hang', when: 'after' }, 'none'),
  // As reset-before.
  row('cut-body', { is: 'cut-body' }, 'few'),
  row('wrong-shape', { is: 'answer', body: 'wrong-shape' }),
  // As cut-body.
  row('too-big', { is: 'answer', body: 'too-big' }, 'few'),
  // As wrong-shape.
  row('too-deep', { is: 'answer', body: 'too-deep' }, 'few'),
  row('401', { is: 'status', status: 401 }),
  row('404', { is: 'status', status: 404 }),
  // As 404.
  row('422', { is: 'status', status: 422 }, 'few'),
];

/** After these the client sends the call again. */
const repeated = (fate: Fate): boolean =>
  fate.is === 'reset' || fate.is === 'hang' || fate.is === 'cut-body' || (fate.is === 'status' && fate.status >= 429);

function row(kind: string, fate: Fate, reads: Reads = 'all'): RowOfCells {
  const first = (crossing: Crossing): string[] =>
    crossing.writes && repeated(fate) ? [named(crossing), named(crossing, 'first attempt')] : [named(crossing)];
  return {
    name: `heroku-${kind}-once`,
    cells(crossings, seed) {
      const calls = crossings.filter(({ via }) => via === 'heroku');
      const chosen = new Set(
        reads === 'few'
          ? each(
              FEW,
              calls.filter((c) => !c.writes),
              seed,
            )
          : [],
      );
      return calls.filter((c) => c.writes || reads === 'all' || chosen.has(c)).flatMap(first);
    },
    play(cell) {
      const { phase, n, more } = placeOf(cell);
      const attempts = repeated(fate) && more === '' ? ATTEMPTS : 1;
      return {
        trouble: failing(new Aim('heroku', phase, n), fate, attempts),
        ...(fate.is === 'hang' ? { patience: HANGS } : {}),
      };
    },
  };
}

/** The call at the aim, and its repeats. */
function failing(aim: Aim, fate: Fate, attempts: number): Trouble {
  let left = attempts;
  let at = 0;
  const same = (crossing: Crossing): boolean =>
    aim.met !== null && crossing.path === aim.met.path && crossing.what === aim.met.what;
  return {
    meet(crossing, scene) {
      const { clock, world } = scene;
      if (crossing.via !== 'heroku') return pass;
      // An account that waits as long as it was told finds calls to spend: else each of the next ones would wait for its own.
      if (aim.met !== null && emptied(fate) && clock.now() > at) world.bucket.fill();
      if (!(aim.hit(crossing) || (aim.met !== null && left > 0 && same(crossing)))) return pass;
      left -= 1;
      at = clock.now();
      return fateOf(fate, crossing, scene);
    },
    began: () => aim.met?.phase ?? null,
  };
}

const emptied = (fate: Fate): boolean => fate.is === 'status' && fate.status === 429;

/** An empty bucket is Heroku's own, and fills again by and by; the Scheduler has none and only says so. */
function fateOf(fate: Fate, crossing: Crossing, { world }: Scene): Fate {
  if (!emptied(fate) || crossing.path.startsWith('/scheduler')) return fate;
  world.bucket.remaining = 0;
  return pass;
}
