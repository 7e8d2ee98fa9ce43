// A Heroku and a Slack on this machine, for trying, rehearsing and testing: starts them, and holds what tests, the demo and
// the bench take them by.

import { startAdvancedScheduler } from './advanced-scheduler.ts';
import { startAutoscaling } from './autoscaling.ts';
import { SandboxClock } from './clock.ts';
import { controlRoutes } from './control.ts';
import { startCronToGo } from './cron-to-go.ts';
import { furnish, WITH_SIDEKIQ } from './furnish.ts';
import { examples } from './heroku/examples.ts';
import { locateHeroku, SCHEDULER_BASE, serveHeroku } from './heroku/server.ts';
import { World } from './heroku/world.ts';
import { startHireFire } from './hirefire.ts';
import { createServer, createTraffic, listen, watchTraffic } from './http.ts';
import { startSidekiq } from './sidekiq.ts';
import { type SlackOptions, startSlack } from './slack/index.ts';
import { slackControlRoutes } from './slack-control.ts';

export { SandboxClock } from './clock.ts';
export type { ActiveFault, Fault, FaultKind, Service } from './faults.ts';
export type { AppDescription } from './heroku/description.ts';
export { examples } from './heroku/examples.ts';
export type { App, Delivery, Dyno, Release, ScheduledJob, Webhook } from './heroku/state.ts';
export type { Settings, World } from './heroku/world.ts';
export type { LoggedRequest, RequestFilter } from './requests.ts';

export interface SandboxOptions {
  /** By default one that runs as fast as the machine's. A clock that is given is left to its owner to close. */
  readonly clock?: SandboxClock;
  /** Of Heroku and the control API; 0, the default, takes a free one. */
  readonly port?: number;
  readonly slackPort?: number;
  readonly host?: string;
  /** Of the Heroku account, with the scope `global`. */
  readonly token?: string;
  /** Whether the example apps are there. */
  readonly examples?: boolean;
  readonly slack?: Omit<SlackOptions, 'clock' | 'traffic' | 'port'>;
}

export type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

export async function startSandbox(options: SandboxOptions = {}) {
  const clock = options.clock ?? new SandboxClock();
  const traffic = createTraffic(clock);
  const world = new World(clock);
  const token = options.token ?? 'HRKU-sandbox';
  const seed = () => {
    world.addToken(token);
    if (options.examples === true) for (const example of examples) world.addApp(example);
  };
  seed();

  const cronToGo = await startCronToGo({ clock, world });
  const advancedScheduler = await startAdvancedScheduler({ clock, world });
  const autoscaling = await startAutoscaling({ clock, world });
  const hireFire = await startHireFire({ clock, world });
  const sidekiq = options.examples === true ? await startSidekiq({ world, app: WITH_SIDEKIQ }) : null;
  const furnished = () => {
    if (sidekiq !== null) furnish(world, { cronToGo, autoscaling, sidekiq });
  };
  furnished();
  const slack = await startSlack({ ...options.slack, clock, traffic, port: options.slackPort ?? 0 });
  const server = createServer();
  watchTraffic(server, traffic, locateHeroku);
  serveHeroku(server, world);
  controlRoutes(server, {
    world,
    traffic,
    reset: () => {
      world.reset();
      for (const addOn of [cronToGo, advancedScheduler]) addOn.reset();
      seed();
      furnished();
      traffic.faults.clear();
      traffic.requests.clear();
      Object.assign(traffic.latencyMs, { heroku: 0, scheduler: 0, slack: 0 });
    },
    otherState: () => ({ slack: { sockets: slack.connectedSockets() } }),
  });
  slackControlRoutes(server, slack);
  const { url } = await listen(server, {
    port: options.port ?? 0,
    ...(options.host === undefined ? {} : { host: options.host }),
  });

  return {
    clock,
    world,
    heroku: { url, schedulerUrl: `${url}${SCHEDULER_BASE}`, token, world },
    /** Servers of their own, with faults and request logs of their own. */
    addOns: { cronToGo, advancedScheduler, autoscaling, hireFire },
    slack,
    faults: traffic.faults,
    requests: traffic.requests,
    /** Real milliseconds that every answer of a service takes; may be changed at any time. */
    latencyMs: traffic.latencyMs,
    controlUrl: `${url}/sandbox`,
    /** What a program needs to use this instead of the real services. */
    env: {
      HEROKU_API_URL: url,
      HEROKU_API_KEY: token,
      HEROKU_SCHEDULER_URL: `${url}${SCHEDULER_BASE}`,
      HEROKU_HOST: url,
      CRONTOGO_HOST: cronToGo.url,
      ADVANCED_SCHEDULER_URL: advancedScheduler.url,
      HEROKU_METRICS_URL: autoscaling.url,
      HIREFIRE_URL: hireFire.url,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
    } satisfies Record<string, string>,
    close: async () => {
      world.timers.cancelAll();
      world.deliveries.close();
      if (options.clock === undefined) clock.close();
      const all = [
        server,
        slack,
        cronToGo,
        advancedScheduler,
        autoscaling,
        hireFire,
        ...(sidekiq === null ? [] : [sidekiq]),
      ];
      await Promise.all(all.map((one) => one.close()));
    },
  };
}
