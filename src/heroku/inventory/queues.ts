// The job queues: those that the settings of the app name, with what waits and runs in them, and those that it seems to have.
import type { Entry, LongestJob } from '../../model/inventory.ts';
import type { Json } from '../../model/json.ts';
import type { Look } from '../../model/step.ts';
import type { Reading } from '../../queues/queue.ts';
import { hasIntake, isOfQueue } from '../../steps/intake.ts';
import { type Looked, unreadableName } from '../../steps/queues.ts';
import { systemsInWeb } from './background.ts';
import { type Read, unusable } from './entry.ts';
import { addressOf, optIn, queueHints, redisOf } from './queue-hints.ts';

const LOST = 'at work when its worker stops has 30 seconds to end';

export function queueEntries(read: Read, looked: readonly Looked[]): readonly Entry[] {
  const hinted = hints(read);
  return [...looked.map((one) => named(read, one)), ...hinted, ...(hinted.length === 0 ? nameless(read, looked) : [])];
}

/** Of all that run in queues that could be read. */
export function longestJob(looked: readonly Looked[]): LongestJob | null {
  const running = looked.flatMap(({ title, found }): LongestJob[] =>
    found.is === 'read' && found.reading.oldest !== null
      ? [{ ms: found.reading.oldest.ageMs, what: `${found.reading.oldest.what} of ${title}` }]
      : [],
  );
  return running.toSorted((a, b) => b.ms - a.ms)[0] ?? null;
}

function named({ looks }: Read, queue: Looked): Entry {
  const { title, setting, found } = queue;
  const base = { kind: 'queue', name: title, system: setting.system, item: null } as const;
  if (found.is === 'unreadable') {
    const asked = ['intake', 'quieted', 'contract'].find((step) => unusable(looks, step) !== null);
    return {
      ...base,
      jobs: null,
      says: `it cannot be read: ${found.why}`,
      does: 'not held',
      remedy: 'See that its config var is right, or accept that jobs in flight are not waited for.',
      concern: asked ?? unreadableName(queue),
    };
  }
  const { queued, running, oldest, doubt } = found.reading;
  const numbers = [
    `${queued} queued`,
    running === null ? 'how many run is not known' : `${running} running`,
    ...(oldest === null ? [] : [`the oldest for ${minutes(oldest.ageMs)} (${oldest.what})`]),
    ...(doubt === null ? [] : [doubt]),
  ];
  const not = notWaitedFor(queue, found.reading, looks);
  return {
    ...base,
    jobs: { queued, running, oldest: oldest?.ageMs ?? null },
    says: `${numbers.join(', ')}: ${not === null ? 'jobs in flight are waited for' : `${not.why}, and one ${LOST}`}`,
    does: not === null ? 'held' : 'not held',
    remedy: not?.remedy ?? null,
    concern: null,
  };
}

/** As the drain has it: what it cannot count, and what nobody can keep from giving out the next job, it goes past. */
function notWaitedFor(
  queue: Looked,
  { running, queued }: Reading,
  looks: Read['looks'],
): { why: string; remedy: string } | null {
  if (running === null) {
    return {
      why: 'jobs in flight are not waited for',
      remedy: 'See by hand that its workers have nothing in hand before you start.',
    };
  }
  const stops =
    queue.system.over === 'http' ||
    queue.setting.system === 'sidekiq' ||
    (hasIntake(queue) && isPausable(queue, looks.get('intake')));
  if (stops || queued === 0) return null;
  const heeded =
    queue.setting.system === 'good-job'
      ? ' Where the app heeds its pauses, say so in its settings: "pauses": true.'
      : '';
  return {
    why: 'nothing pauses it, so each job is followed by another as long as some wait; they are not waited for',
    remedy: `Let it become empty before you start, or see that its jobs can be done twice.${heeded}`,
  };
}

/** Of what the intake has seen of it, something; none of a BullMQ that is too old to be paused. */
function isPausable(queue: Looked, intake: Look<Json> | undefined): boolean {
  return intake?.is !== 'seen' || intake.items.some(({ key }) => isOfQueue(queue, key));
}

function minutes(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}

function hints(read: Read): readonly Entry[] {
  const { cx, addons, vars, formation } = read;
  // Told of by what web does in the background.
  const known = [...cx.settings.queues.map(({ system }) => system), ...systemsInWeb(read)];
  const names = Object.keys(vars);
  const found = queueHints({
    services: addons.flatMap(({ addon_service: { name } }) => name ?? []),
    variables: names,
    commands: formation.flatMap(({ type, command }) => (command === undefined ? [] : [{ type, command }])),
  });
  return found
    .filter(({ system }) => system === null || !known.includes(system))
    .map(({ system, title, seen }) => ({
      kind: 'queue',
      name: title,
      system,
      jobs: null,
      item: null,
      says: `the app seems to have it (${seen}); maint does not look into it, so a job ${LOST}`,
      does: 'not held',
      remedy:
        system === null
          ? 'maint cannot read it: see by hand that nothing is at work, and that nobody outside the app takes its messages.'
          : optIn(cx, system, addressOf(system, names)),
      concern: null,
    }));
}

/** What has no other sign than the store that most queues are kept in. */
function nameless({ cx, vars }: Read, looked: readonly Looked[]): readonly Entry[] {
  const at = redisOf(Object.keys(vars));
  if (at === null || looked.some(({ system }) => system.over === 'redis')) return [];
  return [
    {
      kind: 'queue',
      name: at,
      system: null,
      jobs: null,
      item: null,
      says: `the app has a Redis: if job queues are in it, a job ${LOST}`,
      does: 'not held',
      remedy: `Where it has queues, name them: ${optIn(cx, 'sidekiq', at)}`,
      concern: null,
    },
  ];
}
