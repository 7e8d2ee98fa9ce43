// Signs that web dynos work in the background: config vars that the libraries themselves read, and a web command that starts
// more than a web server. Only values that are switches are looked at, and nothing else of them is said.
import type { Does, Entry } from '../../model/inventory.ts';
import type { SystemName } from '../../model/queue-systems.ts';
import type { Settings } from '../../model/settings.ts';
import { entry, type Read } from './entry.ts';
import { addressOf, optIn } from './queue-hints.ts';

interface Sign {
  readonly name: string;
  readonly says: string;
  /** Whose jobs these are; where the settings name that queue, it is paused, or at least looked into. */
  readonly system: SystemName | null;
}

export function background(read: Read): readonly Entry[] {
  return signsIn(read).map((sign) => {
    const does = doesWith(read.cx.settings, sign);
    return entry('background', sign.name, does, `${sign.says}${become(does, read.cx.settings)}`, {
      remedy: does === 'held' ? null : remedyFor(read, sign),
    });
  });
}

/** The systems whose jobs web dynos do: no worker of theirs is stopped. */
export function systemsInWeb(read: Read): readonly SystemName[] {
  return signsIn(read).flatMap(({ system }) => system ?? []);
}

function signsIn({ formation, vars }: Read): readonly Sign[] {
  const web = formation.find(({ type }) => type === 'web');
  return web === undefined || web.quantity === 0 ? [] : [...variables(vars), ...inCommand(web.command ?? '')];
}

function remedyFor({ cx, vars }: Read, { system }: Sign): string {
  const scale = 'Scale web down too ("web": "zero" in the settings of the app)';
  const named = cx.settings.queues.some((queue) => queue.system === system);
  if (system === null || named) return `${scale}, or switch it off.`;
  return `${scale}, or name its queue. ${optIn(cx, system, addressOf(system, Object.keys(vars)))}`;
}

function variables(vars: Readonly<Record<string, string>>): readonly Sign[] {
  const value = (name: string): string | null => (Object.hasOwn(vars, name) ? (vars[name] ?? '') : null);
  const signs: Sign[] = [];
  // Rails' own puma.rb has `plugin :solid_queue if ENV["SOLID_QUEUE_IN_PUMA"]`: whatever the value, in Ruby even "false".
  if (value('SOLID_QUEUE_IN_PUMA') !== null) {
    signs.push({
      name: 'SOLID_QUEUE_IN_PUMA',
      says: 'it is set, so Solid Queue works inside the web dynos',
      system: 'solid-queue',
    });
  }
  // GoodJob's adapter: async and async_server in web processes, async_all (older: async) in every one; external and inline not.
  const mode = value('GOOD_JOB_EXECUTION_MODE')?.trim().toLowerCase();
  if (mode !== undefined && ['async', 'async_server', 'async_all'].includes(mode)) {
    signs.push({
      name: 'GOOD_JOB_EXECUTION_MODE',
      says: `it is ${mode}, so GoodJob works inside the web dynos`,
      system: 'good-job',
    });
    const cron = value('GOOD_JOB_ENABLE_CRON')?.trim().toLowerCase();
    if (cron !== undefined && ['true', '1', 'yes', 't'].includes(cron)) {
      signs.push({
        name: 'GOOD_JOB_ENABLE_CRON',
        says: 'it is on, so GoodJob gives out its scheduled jobs from the web dynos',
        system: null,
      });
    }
  }
  return signs;
}

const STARTERS = /\b(foreman|honcho|supervisord|concurrently|hivemind|overmind|pm2)\b/;
const RUNNERS = /\b(sidekiq|celery|good_job|solid_queue|resque|delayed_job|rqworker|graphile-worker)\b/;

/** A web command that starts several processes, or a queue's own program. Nothing of it is repeated but a name from here. */
function inCommand(command: string): readonly Sign[] {
  const found = STARTERS.exec(command)?.[1] ?? RUNNERS.exec(command)?.[1];
  const several = /[^&]&(?![&\d])/.test(command.replace(/\d?>&\d?|&>/g, ' '));
  if (found === undefined && !several) return [];
  const what = found === undefined ? 'a process in the background' : found;
  return [{ name: 'the command of web', says: `it starts ${what} in the web dynos`, system: null }];
}

function doesWith({ web, queues }: Settings, { system }: Sign): Does {
  if (web === 'zero') return 'held';
  const named = queues.filter((queue) => queue.system === system);
  if (named.length === 0) return 'not held';
  // GoodJob's pause is used only where the settings say that the app heeds it: nothing else tells.
  const paused = system === 'solid-queue' || named.every(({ pauses }) => pauses === true);
  return paused ? 'held' : 'watched';
}

function become(does: Does, { web }: Settings): string {
  switch (does) {
    case 'held':
      return web === 'zero' ? '; web is scaled down too' : '; its queues are paused';
    case 'watched':
      return ', which go on behind the maintenance page; its queue is looked into';
    default:
      return ', which go on behind the maintenance page';
  }
}
