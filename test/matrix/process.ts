// One maint process as the bot runs it: store, driver, commands and the telling in Slack, with everything that leaves it
// going through its gate. It is driven by hand, for there are no timers in a cell; when it is killed, nothing of it acts.
import { LogLevel } from '@slack/web-api';
import type { Clock } from '../../src/clock.ts';
import { herokuPlatform } from '../../src/heroku/platform.ts';
import { createServices } from '../../src/heroku/services.ts';
import { type Logger, silentLog } from '../../src/log.ts';
import type { Settings } from '../../src/model/settings.ts';
import { nobody } from '../../src/policy/policy.ts';
import { createCommands } from '../../src/run/commands/index.ts';
import type { Commands } from '../../src/run/commands/reply.ts';
import { createDriver } from '../../src/run/driver.ts';
import { createPost } from '../../src/slack/notifier/post.ts';
import { type Told, tell } from '../../src/slack/notifier/telling.ts';
import { createWarnings } from '../../src/slack/notifier/warning.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { members } from '../helpers/members.ts';
import type { Front } from './front.ts';
import type { Gate, Passage } from './gate.ts';
import { gatedDatabase } from './gated-database.ts';
import type { Session } from './session.ts';

export interface MaintProcess {
  readonly gate: Gate;
  readonly commands: Commands;
  /** One turn of the run. Throws what the driver throws. */
  drive(runId: string): Promise<void>;
  /** One pass over what the run has to tell. */
  tell(runId: string): Promise<Told>;
  /** Everything that it had under way is over. */
  settled(): Promise<void>;
  close(): void;
}

export interface ProcessParts {
  readonly number: number;
  readonly gate: Gate;
  readonly passage: Passage;
  readonly session: Session;
  readonly front: Front;
  readonly clock: Clock;
  readonly began: number;
  readonly tokens: { readonly heroku: string; readonly slack: string };
  /** Milliseconds of real time that a call to Heroku is waited for. */
  readonly patience: number;
  readonly channel: string;
  readonly fallback: string;
  readonly settings: Settings;
  /** Whether it knows of add-ons: with them a run has more steps, so it is played where the app has some. */
  readonly addOns: boolean;
  readonly log?: Logger;
}

/** Longer than a cell takes in real time. */
const CLAIM = 15_000;

export function startProcess(parts: ProcessParts): MaintProcess {
  const { gate, front, clock, log = silentLog } = parts;
  const owner = `process-${parts.number}`;
  const store = watched(openStore(gatedDatabase(parts.session, gate)), parts.passage);
  const herokuUrl = front.way(gate, 'heroku');
  const line = (request: object): void => log.debug(request, 'a call to Heroku');
  const calls = {
    timeouts: { read: parts.patience, write: parts.patience },
    // Repeated as often as for real, only sooner.
    pauses: [1, 1],
    // The bucket fills as domain time moves: Heroku's does too.
    now: () => performance.now() + clock.now() - parts.began,
    log: line,
  };
  const services = createServices(
    {
      apiKey: parts.tokens.heroku,
      apiUrl: herokuUrl,
      schedulerUrl: `${herokuUrl}/scheduler`,
      cronToGoUrl: front.way(gate, 'cronToGo'),
      advancedSchedulerUrl: front.way(gate, 'advancedScheduler'),
      autoscalingUrl: front.way(gate, 'autoscaling'),
      hireFireUrl: front.way(gate, 'hireFire'),
    },
    calls,
  );
  const { heroku, scheduler, addOns } = services;
  const itself = { app: null, databaseUrl: null };
  const platform = herokuPlatform(heroku, scheduler, itself, null, parts.addOns ? addOns : null);
  const driver = createDriver({ store, platform, clock, log, owner });
  const commands = createCommands({
    store,
    platform,
    clock,
    log,
    who: nobody,
    whoIs: members,
    wake: () => {},
    settings: parts.settings,
    defaultChannel: parts.channel,
  });
  const post = createPost(parts.tokens.slack, {
    slackApiUrl: `${front.way(gate, 'slack')}/api/`,
    logLevel: LogLevel.ERROR,
  });
  const telling = {
    store,
    post,
    warnings: createWarnings(post, log),
    clock,
    log,
    defaultChannel: parts.fallback,
    claimed: (runId: string) => store.claimTelling(runId, owner, CLAIM),
    pace: () => 0,
    settled: () => {},
  };
  return {
    gate,
    commands,
    drive: (runId) => driver.drive(runId),
    async tell(runId) {
      const told = await tell(telling, runId);
      if (told.is !== 'elsewhere') await store.endTelling(runId, owner);
      return told;
    },
    async settled() {
      while (gate.under > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    close() {
      services.close();
    },
  };
}

/** Tells the passage how far the run is. */
function watched(store: Store, passage: Passage): Store {
  return {
    ...store,
    async load(id) {
      const run = await store.load(id);
      passage.saw(run);
      return run;
    },
    async create(run) {
      const created = await store.create(run);
      passage.saw(created.run);
      return created;
    },
    async replace(id, decision, run) {
      const replaced = await store.replace(id, decision, run);
      if (replaced.is === 'changed') passage.saw(replaced.run);
      return replaced;
    },
    async decide(id, at, decision) {
      const decided = await store.decide(id, at, decision);
      if (decided.is === 'changed') passage.saw(decided.run);
      return decided;
    },
    async append(lease, at, events, options) {
      const appended = await store.append(lease, at, events, options);
      if (appended.is === 'ok') passage.saw(appended.run);
      return appended;
    },
  };
}
