// Plays one cell: a fresh app, a run from the first command to its end, one trouble, and processes that are started again
// when they die. Time moves when nothing is to be done, and only then.
import { type Logger, silentLog } from '../../src/log.ts';
import type { Logged } from '../../src/model/event.ts';
import type { Run } from '../../src/model/run.ts';
import { defaultSettings, type Settings } from '../../src/model/settings.ts';
import { SandboxClock, startSandbox } from '../../src/sandbox/index.ts';
import { openStore } from '../../src/store/store.ts';
import { furnish, withAddOns } from './add-ons.ts';
import { APP, description, differences, START, type Standing } from './app.ts';
import type { Bed } from './bed.ts';
import type { Crossing } from './crossing.ts';
import { startFront } from './front.ts';
import { Gate, Passage } from './gate.ts';
import { gatedDatabase } from './gated-database.ts';
import { Living } from './living.ts';
import { type Habits, People, THINK, WORK } from './people.ts';
import { startProcess } from './process.ts';
import { startJobs } from './queues.ts';
import { startSidekiqJobs } from './sidekiq.ts';
import type { Scene, Trouble } from './trouble.ts';
import { Watcher } from './watcher.ts';

export interface Cell {
  readonly trouble: Trouble;
  readonly habits?: Partial<Omit<Habits, 'mend' | 'endsAt' | 'app'>>;
  /** Milliseconds of real time that a call is waited for; short where calls hang. */
  readonly patience?: number;
  /** The app with autoscalers and schedulers of add-ons in place of the ordinary one. */
  readonly addOns?: boolean;
  /** The app with queues: the HTTP contract and Solid Queue, or Sidekiq. */
  readonly queues?: 'several' | 'sidekiq';
  /** A one-off dyno that somebody has left running: for so long, milliseconds. */
  readonly oneOff?: number;
  /** Other than the defaults. */
  readonly settings?: Partial<Settings>;
  /** Whether an item was changed by somebody when maint had looked at it for the last time. */
  readonly unseen?: (run: Run, step: string, key: string) => boolean;
  /** Told of every crossing. */
  readonly onCrossing?: (crossing: Crossing) => void;
  readonly log?: Logger;
}

/** What came of it. */
export interface Played {
  /** The last maintenance of the app. */
  readonly run: Run | null;
  /** Those that it came after, the first one first. */
  readonly earlier: readonly Run[];
  /** Of all of them. */
  readonly log: readonly Logged[];
  /** Where the app is not as it was, after the end. */
  readonly differences: readonly string[];
  readonly before: Standing;
  /** What was wrong on the way, and at the end, whatever the row says. */
  readonly wrong: readonly string[];
  readonly deaths: number;
  /** Of domain time. */
  readonly minutes: number;
}

const CHANNEL = 'C0OPS';
const FALLBACK = 'C0GENERAL';
const MOST_ROUNDS = 1_500;
const LONGEST = 48 * 3_600_000;
/** A failed turn or telling is repeated after this; domain time. */
const AGAIN = 5_000;
/** Refused this often, a person lets it be. */
const MOST_STARTS = 10;

export async function play(bed: Bed, cell: Cell): Promise<Played> {
  // All apps of all cells are the same one.
  await bed.empty();
  const clock = new SandboxClock({ manual: true, start: START });
  const sandbox = await startSandbox({ clock, slack: { rates: 'off' } });
  const addOns = cell.addOns === true;
  const { world } = sandbox;
  let gate: Gate | null = null;
  const jobs =
    cell.queues === 'several'
      ? await startJobs(world, () => clock.now(), bed.url)
      : cell.queues === 'sidekiq'
        ? await startSidekiqJobs(world, () => gate)
        : null;
  sandbox.world.addApp(jobs?.description ?? (addOns ? withAddOns : description));
  if (cell.oneOff !== undefined) world.runOneOff(APP, 'bin/backfill', cell.oneOff);
  const setOfAddOns = addOns ? furnish(sandbox) : () => ({});
  const standingOf = async (app: string): Promise<Standing> => ({
    ...sandbox.world.settings(app),
    others: { ...setOfAddOns(), ...(await jobs?.standing()) },
  });
  const before = await standingOf(APP);
  const { trouble } = cell;
  const scene: Scene = { world: sandbox.world, clock, slack: sandbox.slack, run: () => passage.run };
  const passage = new Passage(
    (crossing) => {
      cell.onCrossing?.(crossing);
      return trouble.meet(crossing, scene);
    },
    () => clock.now(),
  );
  const watcher = new Watcher(sandbox.slack, before, () => passage.run);
  const front = await startFront({
    urls: {
      heroku: sandbox.heroku.url,
      slack: sandbox.slack.url,
      cronToGo: sandbox.addOns.cronToGo.url,
      advancedScheduler: sandbox.addOns.advancedScheduler.url,
      autoscaling: sandbox.addOns.autoscaling.url,
      hireFire: sandbox.addOns.hireFire.url,
      jobs: jobs?.url ?? '',
    },
    onHeroku: (passing, service) => watcher.request(passing, service),
  });
  const observer = openStore(gatedDatabase(bed.session, null));
  const people = new People(
    {
      drift: 'restore',
      violation: 'quiet-again',
      stuck: 'try-again',
      workFor: WORK,
      violationAfter: THINK,
      approves: 'approve',
      glass: false,
      command: null,
      prefers: [],
      waits: false,
      ...cell.habits,
      mend: () => trouble.mend?.(scene),
      endsAt: () => trouble.endsAt?.() ?? null,
      app: () => sandbox.world.apps[0]?.name ?? APP,
    },
    CHANNEL,
  );
  const living = new Living(
    bed.session,
    (number) => {
      gate = new Gate(passage);
      return startProcess({
        number,
        gate,
        passage,
        session: bed.session,
        front,
        clock,
        began: START,
        tokens: { heroku: sandbox.heroku.token, slack: sandbox.slack.botToken },
        patience: cell.patience ?? 5_000,
        channel: CHANNEL,
        fallback: FALLBACK,
        // As long as one look: more of them would tell nothing more.
        settings: {
          ...defaultSettings,
          canary: 10_000,
          watchAfter: 60_000,
          ...jobs?.settings(front.jobs),
          ...cell.settings,
        },
        addOns,
        log: cell.log ?? silentLog,
      });
    },
    (error) => watcher.failed(error),
  );
  /** Each begun while the one before it was watched. */
  const ids: string[] = [];

  const until = (at: number): void => {
    if (at > clock.now()) clock.advance(at - clock.now());
  };
  const outcome = async (why: string | null): Promise<Played> => {
    const gone = sandbox.world.findApp(APP) === null && sandbox.world.apps.length === 0;
    const after = gone ? before : await standingOf(sandbox.world.apps[0]?.name ?? APP);
    const runs: Run[] = [];
    const log: Logged[] = [];
    const wrong = why === null ? [] : [why];
    for (const id of ids) {
      const run = await observer.load(id);
      const its = await observer.log(id);
      wrong.push(...watcher.verdict(run, its, await observer.messages(id), after, cell.unseen ?? (() => false)));
      if (run !== null) runs.push(run);
      log.push(...its);
    }
    return {
      run: runs.at(-1) ?? null,
      earlier: runs.slice(0, -1),
      log,
      before,
      differences: differences(before, after),
      wrong: ids.length > 0 ? wrong : [...wrong, ...watcher.verdict(null, [], [], after, () => false)],
      deaths: living.deaths,
      minutes: Math.round((clock.now() - START) / 60_000),
    };
  };

  try {
    for (let starts = 0; ids.length === 0; starts += 1) {
      if (starts >= MOST_STARTS) return await outcome(null);
      const started = await living.attempt((maint) => people.start(maint.commands));
      const id = started?.id ?? (await observer.unfinished())[0]?.id;
      if (id === undefined) until(clock.now() + 30_000);
      else ids.push(id);
    }
    let tellAt = 0;
    let failures = 0;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      await jobs?.work();
      const times: number[] = [];
      let [held, over, acted] = [false, true, false];
      for (const id of [...ids]) {
        let due = await dueOf(bed, id);
        if (due.wake !== null && due.wake <= clock.now()) {
          await living.attempt((maint) => maint.drive(id));
          due = await dueOf(bed, id);
        }
        if (!due.told && clock.now() >= tellAt) {
          const told = await living.attempt((maint) => maint.tell(id));
          if (told?.is === 'failed') tellAt = clock.now() + (told.ms ?? AGAIN);
          due = await dueOf(bed, id);
        }
        const known = passage.run?.id === id && due.seq === passage.run.seq ? passage.run : null;
        const run = known ?? (await observer.load(id));
        if (run === null) return await outcome('the run is lost');
        if (due.told) watcher.looked(run);
        if (run.ended !== null && due.told) continue;
        over = false;
        const did = await living.attempt((maint) => people.act(maint.commands, run, clock.now()));
        acted ||= did?.did === true;
        held ||= due.held;
        if (due.wake !== null) times.push(due.wake);
        if (did?.next != null) times.push(did.next);
        if (!due.told) times.push(tellAt);
      }
      // A process that died right after it was begun has told nobody.
      const begun = over ? (await observer.unfinished()).map(({ id }) => id) : passage.runs;
      const next = begun.find((id) => !ids.includes(id));
      if (next !== undefined) ids.push(next);
      if (over && next === undefined) return await outcome(null);
      if (acted || next !== undefined) continue;
      const failed = watcher.failures > failures || held;
      failures = watcher.failures;
      if (held) await living.freeLeases();
      // What has failed is tried again a little later, as it is for real.
      const soonest = failed ? clock.now() + AGAIN : Math.min(...times);
      if (!Number.isFinite(soonest)) return await outcome('it rests for ever');
      if (soonest - START > LONGEST) return await outcome('it has not ended after two days');
      until(soonest);
    }
    return await outcome(`it has not ended after ${MOST_ROUNDS} rounds`);
  } finally {
    living.close();
    await front.close();
    await jobs?.close();
    await sandbox.close();
  }
}

/** What a sweep would find: when the run wants driving, and whether Slack shows everything. */
async function dueOf(bed: Bed, id: string) {
  const { rows } = await bed.session.query<{ seq: number; wake: Date | null; held: boolean; told: boolean }>(
    `select seq, wake_at as wake, lease_until is not null as held, told_seq >= seq and not exists (
      select 1 from maint.message m where m.run_id = r.id and m.state in ('pending', 'sending')) as told
    from maint.run r where id = $1`,
    [id],
  );
  const [row] = rows;
  return { seq: row?.seq ?? 0, wake: row?.wake?.getTime() ?? null, held: row?.held ?? false, told: row?.told ?? false };
}
