// Process types to zero dynos and back: the clocks, which only give out work, and the workers, which do it. Only
// quantities are written; sizes are never touched, and a type that stood at zero stays there.
import { z } from 'zod';
import type { Cx, Hold, Look, Verdict, Way } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import type { Formation } from '../api/formation.ts';
import { readMarker } from '../schedulers/marker.ts';
import { command } from '../shell.ts';
import { pace, waitedFor } from './pace.ts';

/** `release` only has a formation entry; it runs when a release is made. `web` stays behind the closed door. */
const NEVER = ['web', 'release'];
/** A dyno that is crashed this long after it was started is not just being restarted. */
const CRASHED_MS = 2 * 60_000;

/** Dynos that are not up by then are worth a second call at each look. */
const LOOK_AFTER = 10_000;

export function clocks(heroku: Heroku): Hold<number> {
  return processTypes(heroku, 'clocks', 'Clock processes', (type, cx) => cx.settings.clocks.includes(type));
}

export function workers(heroku: Heroku): Hold<number> {
  return processTypes(heroku, 'workers', 'Workers', (type, cx) => !cx.settings.clocks.includes(type));
}

function processTypes(
  heroku: Heroku,
  name: string,
  title: string,
  takes: (type: string, cx: Cx) => boolean,
): Hold<number> {
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
    memo: z.null(),
    look: async (cx) => seen(cx, await heroku.formation.list(cx, cx.app.id)),
    aim: (_cx, item, way) => (way === 'quiet' ? 0 : item.before),
    async write(cx, changes) {
      const updates = changes.map(({ key, value }) => ({ type: key, quantity: value }));
      return seen(cx, await heroku.formation.batch(cx, cx.app.id, updates));
    },
    async settle(cx, way, items) {
      const dynos = await heroku.dynos.list(cx, cx.app.id);
      const wanted = new Map(items.map((item) => [item.key, way === 'quiet' ? 0 : item.before]));
      const found = verdict(cx, way, wanted, dynos);
      if (way === 'quiet' || found.is === 'done' || waitedFor(cx) < LOOK_AFTER) return found;
      // A deploy may have taken the type away meanwhile: its dynos never come, and another look judges it gone.
      const there = new Set((await heroku.formation.list(cx, cx.app.id)).map(({ type }) => type));
      return [...wanted.keys()].every((type) => there.has(type)) ? found : { is: 'again', memo: null };
    },
    say: (app, item, value) => ({
      will: value === item.before ? dynosOf(value) : `${dynosOf(item.before)} to ${value}`,
      byHand: scale(app.name, `${item.key}=${value}`),
    }),
    show: String,
  };
}

function verdict(cx: Cx, way: Way, wanted: ReadonlyMap<string, number>, dynos: readonly Dyno[]): Verdict<null> {
  const late = waitedFor(cx) >= cx.settings.drainCap;
  const waiting = (why: string): Verdict<null> =>
    late
      ? { is: 'failed', why: `after ${minutes(cx.settings.drainCap)}: ${why}` }
      : { is: 'waiting', why, look: pace(cx), memo: null };
  if (way === 'quiet') {
    const stopping = [...wanted.keys()].flatMap((type) => {
      // A paused job still boots a dyno, of the type `scheduler`; that may be the name of a process type too.
      const left = dynos.filter((dyno) => dyno.type === type && readMarker(dyno.command)?.runId !== cx.run).length;
      return left === 0 ? [] : [`${left} ${type} ${left === 1 ? 'dyno' : 'dynos'} still stopping`];
    });
    return stopping.length === 0 ? { is: 'done' } : waiting(few(stopping));
  }
  const crashed = dynos.filter((dyno) => wanted.has(dyno.type) && dyno.state === 'crashed').map((dyno) => dyno.name);
  if (crashed.length > 0 && waitedFor(cx) >= CRASHED_MS) return { is: 'failed', why: `crashed: ${few(crashed)}` };
  const starting = [...wanted].flatMap(([type, quantity]) => {
    // An Eco dyno that sleeps is there.
    const up = dynos.filter((dyno) => dyno.type === type && (dyno.state === 'up' || dyno.state === 'idle')).length;
    return up >= quantity ? [] : [`${type}: ${up} of ${dynosOf(quantity)} up`];
  });
  return starting.length === 0 ? { is: 'done' } : waiting(few(starting));
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
