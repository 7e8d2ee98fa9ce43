// The sandbox's Heroku as tests and the demo see it, without HTTP: seed an app, look at it, make something happen to it.

import { randomFrom } from '../random.ts';
import type { Timers } from '../timers.ts';
import { TimerScope } from '../timers.ts';
import { RateBucket } from './bucket.ts';
import type { AppDescription, Attached, ScriptDescription } from './description.ts';
import { crashDyno, fitToFormation, runOneOff, stopDyno } from './dynos.ts';
import { Logs } from './logs.ts';
import { addJob, startProducers } from './queue.ts';
import { type ConfigChange, changeConfig, type Deploy, deploy } from './releases.ts';
import { schedule } from './scheduler.ts';
import { addonsOf, attach, buildApp, newJob, newScript } from './seeding.ts';
import type {
  Addon,
  App,
  Attachment,
  Build,
  Change,
  Dyno,
  Land,
  Release,
  ScheduledJob,
  Scope,
  Token,
} from './state.ts';
import { tellScaled } from './telling.ts';
import { Deliveries } from './webhooks.ts';

/** What somebody set, and what a maintenance has to give back: equal before and after. */
export interface Settings {
  readonly maintenance: boolean;
  readonly formation: Readonly<Record<string, { quantity: number; size: string }>>;
  readonly configVars: Readonly<Record<string, string>>;
  readonly jobs: readonly { id: string; command: string; every: number; at: number; size: string }[];
  /** Where there are any. */
  readonly webhooks?: readonly { url: string; include: readonly string[]; level: string }[];
}

export class World implements Land {
  readonly timers: TimerScope;
  readonly bucket: RateBucket;
  readonly account: Land['account'];
  readonly logs: Logs;
  readonly deliveries = new Deliveries(this);
  tokens: Token[] = [];
  apps: App[] = [];
  addons: Addon[] = [];
  attachments: Attachment[] = [];
  #random = randomFrom(1);

  constructor(clock: Timers) {
    this.timers = new TimerScope(clock);
    this.logs = new Logs(this.timers);
    this.bucket = new RateBucket(clock);
    this.account = {
      id: this.newId(),
      email: 'ada@example.com',
      name: 'Ada',
      createdAt: clock.now() - 86_400_000 * 400,
    };
  }

  newId(): string {
    const hex = (digits: number) => Array.from({ length: digits }, () => this.random(0, 15).toString(16)).join('');
    return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  }

  random(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  changed(app: App, change: Change): void {
    this.deliveries.changed(app, change);
  }

  /** A token of the account. The Heroku CLI's own has the scope `global`. */
  addToken(token: string, scopes: readonly Scope[] = ['global']): Token {
    const added = { id: this.newId(), token, scopes, description: 'sandbox', createdAt: this.timers.now() };
    this.tokens.push(added);
    return added;
  }

  /** An app as described, with its dynos up and its last release a day old. */
  addApp(description: AppDescription): App {
    if (this.apps.some(({ name }) => name === description.name))
      throw new Error(`There is an app ${description.name} already`);
    const app = buildApp(this, description);
    this.apps.push(app);
    for (const attached of addonsOf(description)) attach(this, app, attached);
    // Everything that is there from the start has started long ago.
    const { startMs } = app.times;
    app.times.startMs = 0;
    for (const processType of app.formation) fitToFormation(this, app, processType);
    app.times.startMs = startMs;
    this.logs.forget(app);
    // Heroku restarts every dyno about once a day.
    for (const dyno of app.dynos) {
      dyno.createdAt = this.timers.now() - this.random(1, 23) * 3_600_000;
      dyno.updatedAt = dyno.createdAt;
    }
    for (const job of app.jobs) schedule(this, app, job);
    startProducers(this, app);
    return app;
  }

  removeApp(nameOrId: string): void {
    const app = this.app(nameOrId);
    for (const job of app.jobs) job.cancel();
    app.formation = [];
    for (const dyno of [...app.dynos]) stopDyno(this, app, dyno);
    this.logs.forget(app);
    this.apps = this.apps.filter((other) => other !== app);
    this.attachments = this.attachments.filter(({ appId }) => appId !== app.id);
    this.addons = this.addons.filter(({ appId }) => appId !== app.id);
  }

  /** Throws where there is none. */
  app(nameOrId: string): App {
    const app = this.findApp(nameOrId);
    if (app === null)
      throw new Error(`Expected an app called ${nameOrId}, there are: ${this.apps.map(({ name }) => name).join(', ')}`);
    return app;
  }

  findApp(nameOrId: string): App | null {
    return this.apps.find(({ name, id }) => name === nameOrId || id === nameOrId) ?? null;
  }

  settings(nameOrId: string): Settings {
    const app = this.app(nameOrId);
    return {
      maintenance: app.maintenance,
      formation: Object.fromEntries(app.formation.map(({ type, quantity, size }) => [type, { quantity, size }])),
      configVars: { ...app.configVars },
      jobs: app.jobs.map(({ id, command, every, at, size }) => ({ id, command, every, at, size })),
      ...(app.webhooks.length === 0
        ? {}
        : { webhooks: app.webhooks.map(({ url, include, level }) => ({ url, include, level })) }),
    };
  }

  /** How many dynos of each type there are, those that are still stopping included. */
  dynoCounts(nameOrId: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { type } of this.app(nameOrId).dynos) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
  }

  /** As somebody else would, with the CLI. */
  scale(nameOrId: string, type: string, quantity: number): void {
    const app = this.app(nameOrId);
    const processType = app.formation.find((candidate) => candidate.type === type);
    if (processType === undefined) throw new Error(`Expected a process type ${type} in ${app.name}`);
    processType.quantity = quantity;
    processType.updatedAt = this.timers.now();
    this.changed(app, { action: 'update', what: 'formation', processType });
    tellScaled(this, app, [processType]);
    fitToFormation(this, app, processType);
  }

  setConfig(nameOrId: string, change: ConfigChange): Release | null {
    return changeConfig(this, this.app(nameOrId), change);
  }

  setMaintenance(nameOrId: string, on: boolean): void {
    const app = this.app(nameOrId);
    app.maintenance = on;
    this.changed(app, { action: 'update', what: 'app' });
  }

  rename(nameOrId: string, name: string): void {
    const app = this.app(nameOrId);
    app.name = name;
    this.changed(app, { action: 'update', what: 'app' });
  }

  deploy(nameOrId: string, what: Deploy = {}): Build {
    return deploy(this, this.app(nameOrId), what);
  }

  runOneOff(nameOrId: string, command: string, runMs?: number): Dyno {
    const app = this.app(nameOrId);
    return runOneOff(this, app, {
      type: 'run',
      command,
      size: 'Standard-1X',
      ...(runMs === undefined ? {} : { runMs }),
    });
  }

  /** From now on, one-offs with this command do that. */
  script(nameOrId: string, script: ScriptDescription): void {
    const app = this.app(nameOrId);
    app.scripts = [newScript(script), ...app.scripts];
  }

  /** Somebody puts one more job into the app's queue. */
  enqueue(nameOrId: string): void {
    addJob(this, this.app(nameOrId), null);
  }

  /** From now on the dynos of a process type crash as they start, or not any more; a text is what they print before that. */
  setCrashes(nameOrId: string, type: string, crashes: boolean | string): void {
    const processType = this.app(nameOrId).formation.find((one) => one.type === type);
    if (processType === undefined) throw new Error(`Expected a process type ${type} in ${nameOrId}`);
    processType.crashes = crashes;
  }

  crash(nameOrId: string, dynoName: string): void {
    const app = this.app(nameOrId);
    const dyno = app.dynos.find(({ name }) => name === dynoName);
    if (dyno === undefined) throw new Error(`Expected a dyno ${dynoName} in ${app.name}`);
    crashDyno(this, app, dyno);
  }

  job(nameOrId: string, id: string): ScheduledJob {
    const job = this.app(nameOrId).jobs.find((candidate) => candidate.id === id);
    if (job === undefined) throw new Error(`Expected a scheduled job ${id} in ${nameOrId}`);
    return job;
  }

  addJob(nameOrId: string, job: Parameters<typeof newJob>[1]): ScheduledJob {
    const app = this.app(nameOrId);
    const added = newJob(this, job);
    app.jobs.push(added);
    schedule(this, app, added);
    return added;
  }

  removeJob(nameOrId: string, id: string): void {
    const app = this.app(nameOrId);
    this.job(nameOrId, id).cancel();
    app.jobs = app.jobs.filter((job) => job.id !== id);
  }

  /** Gives an app an add-on of its own, or one that another app has. */
  attach(nameOrId: string, attached: Attached): Attachment {
    return attach(this, this.app(nameOrId), attached);
  }

  /** Empty again, as new, but for the account. */
  reset(): void {
    this.timers.cancelAll();
    this.logs.reset();
    this.tokens = [];
    this.apps = [];
    this.addons = [];
    this.attachments = [];
    this.bucket.fill();
  }
}
