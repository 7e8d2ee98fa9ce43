// Which job queues an app may have: told from its add-ons, from the names of its config vars and from the programs that its
// process types start. Values are never looked at. A hint opens nothing: an app's settings have to name a queue for that.
import type { SystemName } from '../../model/queue-systems.ts';
import type { Cx } from '../../model/step.ts';
import { command } from '../shell.ts';

export interface QueueHint {
  /** Null where maint knows of no way to read it. */
  readonly system: SystemName | null;
  readonly title: string;
  /** Where it was seen: "CELERY_BROKER_URL", "the command of worker". */
  readonly seen: string;
}

interface Known {
  readonly system: SystemName | null;
  readonly title: string;
  readonly over: 'redis' | 'postgres' | null;
  readonly variables: RegExp;
  readonly commands: RegExp;
  /** Config vars that would have its address before all others. */
  readonly at?: readonly string[];
}

const NEVER = /(?!)/;

const known: readonly Known[] = [
  of('sidekiq', 'Sidekiq', 'redis', /^SIDEKIQ_/, /\bsidekiq\b/),
  of('resque', 'Resque', 'redis', /^RESQUE_/, /\bresque(:work(ers)?|-pool)?\b/, ['RESQUE_REDIS_URL']),
  of('bullmq', 'BullMQ', 'redis', /^BULL_?MQ_/, /\bbullmq\b/),
  of('bull', 'Bull', 'redis', /^BULL_(?!MQ)/, NEVER),
  of('rq', 'RQ', 'redis', /^RQ_/, /\brq worker\b|\brqworker\b/, ['RQ_REDIS_URL']),
  of('celery', 'Celery', 'redis', /^CELERY_/, /\bcelery\b/, ['CELERY_BROKER_URL', 'BROKER_URL']),
  of('solid-queue', 'Solid Queue', 'postgres', /^SOLID_QUEUE_/, /\bsolid_queue\b|\bbin\/jobs(?![\w-])/, [
    'QUEUE_DATABASE_URL',
  ]),
  of('good-job', 'GoodJob', 'postgres', /^GOOD_JOB_/, /\bgood_job\b/),
  of('delayed-job', 'Delayed Job', 'postgres', /^DELAYED_JOB_/, /\bdelayed_job\b|\bjobs:work(off)?\b/),
  of('que', 'Que', 'postgres', /^QUE_/, /\bque\b/),
  of('pg-boss', 'pg-boss', 'postgres', /^PG_?BOSS_/, /\bpg-?boss\b/),
  of('graphile-worker', 'Graphile Worker', 'postgres', /^GRAPHILE_WORKER_/, /\bgraphile-worker\b/),
  of(null, 'RabbitMQ', null, /^(CLOUDAMQP|RABBITMQ\w*)_URL$/, NEVER),
  of(null, 'Kafka', null, /^(KAFKA_URL|CLOUDKARAFKA_BROKERS)$/, NEVER),
];

function of(
  system: SystemName | null,
  title: string,
  over: Known['over'],
  variables: RegExp,
  commands: RegExp,
  at: readonly string[] = [],
): Known {
  return { system, title, over, variables, commands, at };
}

const services: Readonly<Record<string, string>> = {
  cloudamqp: 'RabbitMQ',
  'stackhero-rabbitmq': 'RabbitMQ',
  'heroku-kafka': 'Kafka',
  cloudkarafka: 'Kafka',
};

const REDIS = /^(REDIS|REDIS_TLS|REDISCLOUD|REDISTOGO|VALKEY|KEY_VALUE_STORE|HEROKU_REDIS_\w+|\w+_REDIS(_TLS)?)_URL$/;
const POSTGRES = /^(DATABASE|POSTGRES|POSTGRESQL|HEROKU_POSTGRESQL_\w+|\w+_DATABASE)_URL$/;

export interface Signs {
  readonly services: readonly string[];
  /** Names of config vars. */
  readonly variables: readonly string[];
  readonly commands: readonly { readonly type: string; readonly command: string }[];
}

/** Each system once, with the first sign of it. */
export function queueHints(signs: Signs): readonly QueueHint[] {
  return known.flatMap((one): QueueHint[] => {
    const seen = seenAs(one, signs);
    return seen === null ? [] : [{ system: one.system, title: one.title, seen }];
  });
}

/** The config var that its address is probably in; null where none looks like it. */
export function addressOf(system: SystemName, variables: readonly string[]): string | null {
  const { over = null, at = [] } = known.find((one) => one.system === system) ?? {};
  return over === 'redis'
    ? first(variables, [...at, 'REDIS_URL'], REDIS)
    : first(variables, [...at, 'DATABASE_URL'], POSTGRES);
}

/** How a queue is named in the settings of the app. The command would replace those that are named already. */
export function optIn({ app, settings }: Pick<Cx, 'app' | 'settings'>, system: SystemName, at: string | null): string {
  if (at === null) {
    return 'To have its jobs waited for, name it under "queues" in the settings of the app, with the config var of its address.';
  }
  const queue = { system, at };
  if (settings.queues.length > 0) {
    return `To have its jobs waited for, add ${JSON.stringify(queue)} to "queues" in the settings of the app.`;
  }
  const json = JSON.stringify({ queues: [queue] });
  return `To have its jobs waited for: ${command('echo', json)} | npm run maint -- ${command('settings', app.name, '--from', '-', '--yes')}`;
}

/** A Redis of the app, in which there may be a queue that nothing tells of. */
export function redisOf(variables: readonly string[]): string | null {
  return first(variables, ['REDIS_URL'], REDIS);
}

function seenAs({ title, variables, commands }: Known, signs: Signs): string | null {
  const program = signs.commands.find(({ command }) => commands.test(command));
  if (program !== undefined) return `the command of ${program.type}`;
  const variable = signs.variables.toSorted().find((name) => variables.test(name));
  if (variable !== undefined) return variable;
  const service = signs.services.find((name) => Object.hasOwn(services, name) && services[name] === title);
  return service === undefined ? null : `the add-on ${service}`;
}

function first(variables: readonly string[], best: readonly string[], any: RegExp): string | null {
  return best.find((name) => variables.includes(name)) ?? variables.toSorted().find((name) => any.test(name)) ?? null;
}
