// Process types to zero dynos and back: the clocks, which only give out work, and the workers, which do it. Only
// quantities are written; sizes are never touched, and a type that stood at zero stays there.
import { z } from 'zod';
import type { Cx, Hold, Item, Look } from '../../model/step.ts';
import { drainedFor, pastCap, STOPS } from '../../steps/drain-cap.ts';
import type { Queues } from '../../steps/queues.ts';
import { span } from '../../steps/standing.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import type { Formation } from '../api/formation.ts';
import { readMarker } from '../schedulers/marker.ts';
import { command } from '../shell.ts';
import { backlog, hasBacklog } from './backlog.ts';
import { isWatched, watched } from './canary.ts';
import { ALL, atMost, begun, ComingBack, nextPart, type Said } from './coming-back.ts';
import { pace, waitedFor } from './pace.ts';

/** `release` only has a formation entry; it runs when a release is made. `web` stays behind the closed door. */
const NEVER = ['web', 'release'];
/** A dyno that is crashed this long after it was started is not just being restarted. */
const CRASHED_MS = 2 * 60_000;

/** Dynos that are not up by then are worth a second call at each look. */
const LOOK_AFTER = 10_000;

/** How they come back: `begin` says what comes first. */
interface Parts {
  readonly queues: Queues | null;
  begin(cx: Cx): ComingBack;
}

export function clocks(heroku: Heroku): Hold<number, ComingBack | null> {
  const takes = (type: string, cx: Cx): boolean => cx.settings.clocks.includes(type);
  return processTypes(heroku, 'clocks', 'Clock processes', takes, { queues: null, begin: () => ALL });
}

/** They come back in parts: `queues` says what waits for them, and whether they take it. */
export function workers(heroku: Heroku, queues: Queues | null = null): Hold<number, ComingBack | null> {
  const takes = (type: string, cx: Cx): boolean => !cx.settings.clocks.includes(type);
  const begin = (cx: Cx): ComingBack => begun(cx, hasBacklog(cx, queues));
  return processTypes(heroku, 'workers', 'Workers', takes, { queues, begin });
}

function processTypes(
  heroku: Heroku,
  name: string,
  title: string,
  takes: (type: string, cx: Cx) => boolean,
  { queues, begin }: Parts,
): Hold<number, ComingBack | null> {
  const seen = (cx: Cx, formation: readonly Formation[]): Look<number> => ({
    is: 'seen',
    items: formation
      .filter(({ type }) => !NEVER.includes(type) && takes(type, cx))
      .map(({ type, quantity }) => ({ key: type, label: type, value: quantity })),
    warnings: [],
  });
  return {
    kind: 'hold',
    name,
    title,
    door: false,
    value: z.number().int().nonnegative(),
    memo: ComingBack.nullable(),
    look: async (cx) => seen(cx, await heroku.formation.list(cx, cx.app.id)),
    aim: (cx, item, way, memo) => (way === 'quiet' ? 0 : atMost(item.before, memo ?? begin(cx))),
    async write(cx, changes) {
      const updates = changes.map(({ key, value }) => ({ type: key, quantity: value }));
      return seen(cx, await heroku.formation.batch(cx, cx.app.id, updates));
    },
    async settle(cx, way, items, memo) {
      if (way === 'quiet') return stopped(cx, items, await heroku.dynos.list(cx, cx.app.id));
      // Somebody had scaled up what stood at zero: nothing comes that could be watched, or meet a backlog.
      if (items.every(({ before }) => before === 0)) return { is: 'done' };
      const at = memo ?? begin(cx);
      if (at.most === 0) {
        // What somebody has set by hand meets the backlog already. Dynos tell nothing of it: they may be still stopping.
        const set = new Map((await heroku.formation.list(cx, cx.app.id)).map(({ type, quantity }) => [type, quantity]));
        const isBack = items.every(({ key, before }) => (set.get(key) ?? before) >= before);
        return isBack ? { is: 'again', memo: nextPart(cx, items, at) } : backlog(cx, queues, items, at);
      }
      const dynos = await heroku.dynos.list(cx, cx.app.id);
      const found = isWatched(cx, at)
        ? await watched({ heroku, queues }, cx, items, at, dynos, (so) => starting(cx, items, so, dynos))
        : (crashed(cx, items, at, dynos) ?? starting(cx, items, at, dynos) ?? after(cx, items, at));
      if (starting(cx, items, at, dynos) === null || waitedFor(cx) < LOOK_AFTER) return found;
      // A deploy may have taken the type away meanwhile: its dynos never come, and another look judges it gone.
      const there = new Set((await heroku.formation.list(cx, cx.app.id)).map(({ type }) => type));
      return items.every(({ key }) => there.has(key)) ? found : { is: 'again', memo: at };
    },
    say: (app, item, value) => ({
      will: value === item.before ? dynosOf(value) : `${dynosOf(item.before)} to ${value}`,
      byHand: scale(app.name, `${item.key}=${value}`),
    }),
    show: String,
  };
}

function waiting(cx: Cx, why: string, memo: ComingBack | null): Said {
  return waitedFor(cx) >= cx.settings.drainCap
    ? { is: 'failed', why: `after ${minutes(cx.settings.drainCap)}: ${why}` }
    : { is: 'waiting', why, look: pace(cx), memo };
}

function stopped(cx: Cx, items: readonly Item<number>[], dynos: readonly Dyno[]): Said {
  const stopping = items.flatMap(({ key: type }) => {
    // A paused job still boots a dyno, of the type `scheduler`; that may be the name of a process type too.
    const left = dynos.filter((dyno) => dyno.type === type && readMarker(dyno.command)?.runId !== cx.run).length;
    return left === 0 ? [] : [`${left} ${type} ${left === 1 ? 'dyno' : 'dynos'} still stopping`];
  });
  if (stopping.length === 0) return { is: 'done' };
  const why = few(stopping);
  return pastCap(cx, STOPS)
    ? { is: 'failed', why: `after ${span(drainedFor(cx))}: ${why}` }
    : { is: 'waiting', why, look: pace(cx), memo: null, drains: true };
}

/** Null where none is, or where it may just be a restart. */
function crashed(cx: Cx, items: readonly Item<number>[], at: ComingBack, dynos: readonly Dyno[]): Said | null {
  const types = awaited(items, at).map(({ key }) => key);
  const names = dynos.filter(({ type, state }) => types.includes(type) && state === 'crashed').map(({ name }) => name);
  return names.length > 0 && waitedFor(cx) >= CRASHED_MS ? { is: 'failed', why: `crashed: ${few(names)}` } : null;
}

/** Null where as many are up as there are to be by now. */
function starting(cx: Cx, items: readonly Item<number>[], at: ComingBack, dynos: readonly Dyno[]): Said | null {
  const late = awaited(items, at).flatMap(({ key: type, before }) => {
    // An Eco dyno that sleeps is there.
    const up = dynos.filter((dyno) => dyno.type === type && (dyno.state === 'up' || dyno.state === 'idle')).length;
    const quantity = atMost(before, at);
    return up >= quantity ? [] : [`${type}: ${up} of ${dynosOf(quantity)} up`];
  });
  return late.length === 0 ? null : waiting(cx, few(late), at);
}

/** What a person has gone on with although it crashes is set, and not waited for. */
function awaited(items: readonly Item<number>[], { anyway }: ComingBack): readonly Item<number>[] {
  return items.filter(({ key }) => !anyway.includes(key));
}

/** A part that is not watched is done when it is up, and so are all that come at once. */
function after(cx: Cx, items: readonly Item<number>[], at: ComingBack): Said {
  return items.every(({ before }) => atMost(before, at) === before)
    ? { is: 'done' }
    : { is: 'again', memo: nextPart(cx, items, at) };
}

/** The name of a process type may begin with a dash, which the Heroku CLI would take for a flag. */
function scale(app: string, target: string): string {
  return target.startsWith('-')
    ? command('heroku', 'ps:scale', '--app', app, '--', target)
    : command('heroku', 'ps:scale', target, '--app', app);
}

function dynosOf(quantity: number): string {
  return quantity === 1 ? '1 dyno' : `${quantity} dynos`;
}

function few(list: readonly string[]): string {
  return list.length <= 5 ? list.join(', ') : `${list.slice(0, 5).join(', ')} and ${list.length - 5} more`;
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} minutes`;
}
