// Maintenances that are not the ordinary one: of an app with queues, with a command of the operators, opened layer by layer, by one
// person alone, or begun anew out of the watch. Each is cut, and some of what it alone asks for goes wrong.
import { type Run, touched } from '../../../src/model/run.ts';
import { crashDyno, restartDyno } from '../../../src/sandbox/heroku/dynos.ts';
import { type Playable, placeOf, type RowOfCells } from '../cells.ts';
import { type Crossing, type Fate, type Phase, pass, phases, type Via } from '../crossing.ts';
import { FEW } from '../queues.ts';
import { Aim, type Trouble, together } from '../trouble.ts';
import { appOf } from './app.ts';
import { chosen } from './chosen.ts';
import { once } from './cut.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const withQueues: Journey = { queues: 'several' };
/** Its processes were told to take no more, and are let work again. */
const withSidekiq: Journey = { queues: 'sidekiq', went: ({ run }) => touchedOf(run, 'quieted') };
/** Still at work when the door is shut. */
const waiting: Journey = {
  oneOff: 90_000,
  habits: { waits: true },
  went: ({ log }) => log.some(({ event }) => event.is === 'waiting' && event.step === 'one-offs'),
};
const layered: Journey = {
  habits: { approves: 'approve-layers' },
  went: ({ run }) => answeredSo(run, 'layer', 'go-on'),
};
/** Two would have to approve, and there is one. */
const alone: Journey = {
  habits: { glass: true },
  settings: { approvals: { count: 2, asker: true } },
  went: ({ log }) => log.some(({ event }) => event.is === 'glass-broken'),
};
/** Under way when the first patrol comes, and ended when the app is opened. */
const working: Journey = { habits: { command: 'sleep 40' }, went: ({ run }) => run?.works.length === 1 };
const slowly: Journey = {
  queues: 'several',
  habits: { prefers: ['go-slowly'] },
  settings: { backlog: { jobs: FEW, age: HOUR } },
  went: ({ run }) => answeredSo(run, 'backlog', 'go-slowly'),
};
const anew: Journey = { habits: { prefers: ['quiet-again'] }, went: ({ earlier }) => earlier.length === 1 };

type Journey = Omit<Playable, 'trouble' | 'allows'>;

const fates: Readonly<Record<string, Fate>> = {
  500: { is: 'status', status: 500 },
  404: { is: 'status', status: 404 },
  'reset-before': { is: 'reset', when: 'before' },
  'reset-after': { is: 'reset', when: 'after' },
  'cut-body': { is: 'cut-body' },
  'wrong-shape': { is: 'answer', body: 'wrong-shape' },
};

export const journeyRows: readonly RowOfCells[] = [
  cut('queues-cut', 24, ['store', 'heroku', 'jobs', 'jobs'], {
    ...withQueues,
    went: ({ run }) => touchedOf(run, 'contract'),
  }),
  onceOf('queues-once', 24, 'jobs', withQueues),
  {
    name: 'queues-away',
    cells: (_, seed) => chosen(12, seed, () => ['jobs', '']),
    play(cell) {
      const { phase, n } = placeOf(cell);
      return { ...withQueues, trouble: away('jobs', new Aim('jobs', phase, n), 10 * MINUTE) };
    },
  },
  cut('sidekiq-cut', 24, ['store', 'heroku', 'redis', 'redis'], withSidekiq),
  ...sidekiqTroubled(),
  cut('one-offs-cut', 16, ['store', 'heroku', 'slack'], waiting, ['planning', 'quieting', 'quieting', 'holding']),
  { ...cut('slowly-cut', 16, ['store', 'heroku'], slowly, ['back']), server: true },
  cut('work-cut', 28, ['store', 'store', 'heroku', 'slack'], working, ['holding', 'holding', 'holding', 'back']),
  workOnce(),
  cut('layers-cut', 24, ['store', 'store', 'heroku', 'slack'], layered, ['back', 'back', 'holding']),
  cut('glass-cut', 24, ['store', 'store', 'heroku', 'slack'], alone, ['holding', 'holding', 'back']),
  begunAnew(),
];

function touchedOf(run: Run | null, step: string): boolean {
  return run?.items.some((item) => item.step === step && touched(item)) === true;
}

/** Whether a step asked that, and was answered so. */
function answeredSo(run: Run | null, key: string, answer: string): boolean {
  return (
    run?.questions.some((q) => q.about.is === 'step' && q.about.key === key && q.answered?.answer === answer) === true
  );
}

/** The process dies once. */
function cut(
  name: string,
  many: number,
  vias: readonly Via[],
  journey: Journey,
  within?: readonly Phase[],
): RowOfCells {
  return {
    name,
    cells: (_, seed) => chosen(many, seed, (one) => dying(one, vias), within),
    play: (cell) => ({ ...journey, trouble: dies(cell, 1) }),
  };
}

function dying(one: <T>(list: readonly T[]) => T, vias: readonly Via[]): readonly [Via, string] {
  const via = one(vias);
  return [via, `${via} ${one(['before', 'after'])}`];
}

/** Before or after a call, as the cell says: "back/17/store after". What a read of the store changes nobody can see. */
function dies(cell: string, round: number): Trouble {
  const { phase, n, more } = placeOf(cell);
  const [said = '', when] = more.split(' ');
  const via = (['store', 'heroku', 'slack', 'jobs', 'redis'] as const).find((one) => one === said);
  if (via === undefined) throw new Error(`Expected a cell like back/17/store after, got ${cell}`);
  const aim = new Aim(via, phase, n, ({ writes }) => via !== 'store' || writes, round);
  return once(aim, { is: 'die', when: when === 'after' ? 'after' : 'before' });
}

/** One call goes wrong, once. */
function onceOf(
  name: string,
  many: number,
  via: Via,
  journey: Journey,
  within: readonly Phase[] = phases,
  kinds: readonly string[] = Object.keys(fates),
): RowOfCells {
  return {
    name,
    cells: (_, seed) => chosen(many, seed, (one) => [via, one(kinds)], within),
    play(cell) {
      const { phase, n, more } = placeOf(cell);
      const fate = fates[more];
      if (fate === undefined) throw new Error(`Expected one of ${Object.keys(fates).join(', ')}, got ${more}`);
      return { ...journey, trouble: once(new Aim(via, phase, n), fate) };
    },
  };
}

/** A Redis answers, or the connection breaks: once, or for so long that people turn back what they cannot prove. */
function sidekiqTroubled(): readonly RowOfCells[] {
  const breaks = ['reset-before', 'reset-after', 'cut-body'];
  const once = onceOf('sidekiq-once', 20, 'redis', { queues: 'sidekiq' }, phases, breaks);
  return [
    once,
    {
      name: 'sidekiq-away',
      cells: (_, seed) =>
        chosen(20, seed, () => ['redis', ''], ['quieting', 'quieting', 'planning', 'holding', 'back']),
      play(cell) {
        const { phase, n } = placeOf(cell);
        return {
          queues: 'sidekiq',
          habits: { prefers: ['turn-back'] },
          trouble: away('redis', new Aim('redis', phase, n), 10 * MINUTE),
          // Told to take no more, with jobs in their hands: the restart that lets them work again kills those.
          allows: (run, difference) =>
            run.turned !== null && run.quietAt === null && difference.startsWith('other.killed'),
        };
      },
    },
  ];
}

/** Anywhere while the app is held, and each of them at the one call that begins the command. */
function workOnce(): RowOfCells {
  const AT_START = 'at its start';
  const anywhere = onceOf('work-once', 16, 'heroku', working, ['holding']);
  return {
    ...anywhere,
    cells: (crossings, seed) => [
      ...anywhere.cells(crossings, seed),
      ...Object.keys(fates).map((fate) => `holding/1/${fate} ${AT_START}`),
    ],
    play(cell) {
      const { more } = placeOf(cell);
      if (!more.endsWith(AT_START)) return anywhere.play(cell);
      const fate = fates[more.slice(0, -AT_START.length - 1)];
      if (fate === undefined) throw new Error(`Expected one of ${Object.keys(fates).join(', ')}, got ${more}`);
      const aim = new Aim('heroku', 'holding', 1, ({ what }) => /^POST .*\/dynos$/.test(what));
      return { ...working, trouble: once(aim, fate) };
    },
  };
}

/** Nothing answers there, for so long. */
function away(via: Via, aim: Aim, ms: number): Trouble {
  let until: number | null = null;
  return {
    meet(crossing, { clock }) {
      if (aim.hit(crossing)) until = clock.now() + ms;
      return crossing.via === via && until !== null && clock.now() < until ? { is: 'reset', when: 'before' } : pass;
    },
    endsAt: () => until,
    began: () => aim.met?.phase ?? null,
  };
}

/** The workers crash when everything is back; `Quiet again` begins another maintenance, and what was wrong with them is mended in it. */
function begunAnew(): RowOfCells {
  return {
    name: 'anew-cut',
    cells: (_, seed) => [
      ...chosen(12, seed, (one) => dying(one, ['store', 'store', 'heroku']), ['back']).map((cell) => `${cell} first`),
      ...chosen(16, seed, (one) => dying(one, ['store', 'store', 'heroku', 'slack'])).map((cell) => `${cell} second`),
    ],
    play(cell) {
      const death = dies(cell, cell.endsWith('first') ? 1 : 2);
      return { ...anew, trouble: together([crashing(), death].map(startedBy(death))) };
    },
  };
}

/** Its phase is that of `death`, whatever else happens. */
function startedBy(death: Trouble): (trouble: Trouble) => Trouble {
  return (trouble) => ({ ...trouble, began: () => death.began() });
}

function crashing(): Trouble {
  let [crashed, mended] = [false, false];
  return {
    meet({ round }: Crossing, scene) {
      const watched = scene.run()?.steps.back.find(({ name }) => name === 'watch')?.state === 'done';
      const { world } = scene;
      const app = appOf(scene);
      if (round === 1 && watched && !crashed) {
        crashed = true;
        for (const dyno of app.dynos.filter(({ type }) => type === 'worker')) crashDyno(world, app, dyno);
      }
      if (round === 2 && crashed && !mended) {
        mended = true;
        for (const dyno of app.dynos.filter(({ state }) => state === 'crashed')) restartDyno(world, app, dyno);
      }
      return pass;
    },
    began: () => null,
  };
}
