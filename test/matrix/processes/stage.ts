// What real bots play on: a Heroku and a Slack on this machine, a database, and one or two places where a bot runs. Every
// place has a way of its own to Heroku, so that it is known which bot sent what, and one can be killed at a request.
import { rm } from 'node:fs/promises';
import { type AppDescription, type Sandbox, type Settings, startSandbox } from '../../../src/sandbox/index.ts';
import { type Front, type Passing, startFront } from '../../helpers/front.ts';
import { Bot } from './bot.ts';
import { dataDirectory } from './directory.ts';

/** Thrown from `Watcher`: the request, or its answer, never arrives. */
export class Lost extends Error {}

/** Sees every request of a bot to Heroku, before and after its effect. */
export type Watcher = (place: Place, request: Passing, when: 'before' | 'after') => Promise<void>;

export interface Place {
  readonly name: string;
  readonly front: Front;
  readonly env: Readonly<Record<string, string>>;
  bot: Bot | null;
  /** Bots that ended here, for their logs. */
  readonly former: Bot[];
}

export interface Stage {
  readonly sandbox: Sandbox;
  readonly places: readonly Place[];
  /** How the app was before anything. */
  readonly before: Settings;
  /** Requests of all bots to Heroku so far, and who sent the last one. */
  readonly traffic: { count: number; last: Place | null; at: number };
  watcher: Watcher | null;
  /** How many times as long as it should take everything is waited for: 1 where the machine has nothing else to do. */
  readonly patience: number;
  /** Starts a bot at this place; resolves when it is up. */
  start(place: Place): Promise<void>;
  close(): Promise<void>;
}

export const APP = 'shop';

/** Dynos that start and stop at once, and jobs that are not due for hours: a run waits for nothing but itself. */
export function quickApp(): AppDescription {
  const now = new Date();
  const later = (hours: number): number => ((now.getUTCHours() + hours) * 60) % 1_440;
  return {
    name: APP,
    formation: { web: {}, worker: { quantity: 3 }, mailer: { quantity: 0 }, clock: {} },
    config: { LANG: 'C', MAINTENANCE: 'false' },
    jobs: [
      { id: '101', command: 'rake nightly', every: 1440, at: later(8) },
      { id: '102', command: `rake 'weekly "x"'`, every: 1440, at: later(15) },
    ],
    times: { startMs: 0, stopMs: 0, schedulerLagMs: 0 },
  };
}

export interface StageOptions {
  /** Of a Postgres database; null: a data directory of its own. */
  readonly url: string | null;
  readonly places: number;
  readonly patience: number;
  readonly app?: AppDescription;
  /** How the app was before, where it is in the middle of a maintenance already. */
  readonly before?: Settings;
}

/** The bots are not started. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const sandbox = await startSandbox();
  sandbox.world.addApp(options.app ?? quickApp());
  const directory = options.url === null ? await dataDirectory() : null;
  const { SLACK_SIGNING_SECRET: _, ...env } = sandbox.env;
  const traffic: Stage['traffic'] = { count: 0, last: null, at: 0 };
  const places: Place[] = [];

  async function place(name: string): Promise<void> {
    const watch = async (request: Passing, when: 'before' | 'after'): Promise<void> => {
      if (when === 'before') Object.assign(traffic, { count: traffic.count + 1, last: here, at: performance.now() });
      await stage.watcher?.(here, request, when);
    };
    const front = await startFront(sandbox.heroku.url, {
      before: (request) => watch(request, 'before'),
      after: (request) =>
        watch(request, 'after').then(
          () => true,
          () => false,
        ),
    });
    const through = (url: string): string => url.replace(sandbox.heroku.url, front.url);
    const here: Place = {
      name,
      front,
      bot: null,
      former: [],
      env: {
        ...env,
        HEROKU_API_URL: through(env.HEROKU_API_URL),
        HEROKU_SCHEDULER_URL: through(env.HEROKU_SCHEDULER_URL),
        ...(directory === null ? { DATABASE_URL: options.url ?? '' } : { MAINT_DATA_DIR: directory }),
      },
    };
    places.push(here);
  }

  const stage: Stage = {
    sandbox,
    places,
    before: options.before ?? sandbox.world.settings(APP),
    traffic,
    watcher: null,
    patience: options.patience,
    async start(at) {
      if (at.bot !== null) at.former.push(at.bot);
      at.bot = new Bot(at.env);
      await at.bot.up();
    },
    async close() {
      await Promise.all(places.map(({ bot }) => bot?.kill()));
      await Promise.all(places.map(({ front }) => front.close()));
      await sandbox.close();
      if (directory !== null) await rm(directory, { recursive: true, force: true });
    },
  };
  for (const name of ['one', 'other'].slice(0, options.places)) await place(name);
  return stage;
}
