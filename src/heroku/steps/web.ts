// Web dynos to zero and back, for apps whose web processes work in the background. Only where its settings say so: the
// maintenance page stays, for it is Heroku's router that shows it, and nothing answers on the app's own addresses meanwhile.
import { z } from 'zod';
import type { Cx, Hold, Look, Verdict, Way } from '../../model/step.ts';
import { drainedFor, pastCap, STOPS } from '../../steps/drain-cap.ts';
import { span } from '../../steps/standing.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import type { Formation } from '../api/formation.ts';
import { command } from '../shell.ts';
import { pace, waitedFor } from './pace.ts';

const WEB = 'web';
/** A dyno that is crashed this long after it was started is not just being restarted. */
const CRASHED_MS = 2 * 60_000;

export function web(heroku: Heroku): Hold<number> {
  const seen = (cx: Cx, formation: readonly Formation[]): Look<number> => ({
    is: 'seen',
    items: formation
      .filter(({ type }) => type === WEB && cx.settings.web === 'zero')
      .map(({ type, quantity }) => ({ key: type, label: type, value: quantity })),
    warnings: [],
  });
  return {
    kind: 'hold',
    name: 'web',
    title: 'Web dynos',
    door: false,
    value: z.number().int().nonnegative(),
    memo: z.null(),
    async look(cx) {
      if (cx.settings.web !== 'zero') return { is: 'seen', items: [], warnings: [] };
      return seen(cx, await heroku.formation.list(cx, cx.app.id));
    },
    aim: (_cx, item, way) => (way === 'quiet' ? 0 : item.before),
    async write(cx, changes) {
      const updates = changes.map(({ key, value }) => ({ type: key, quantity: value }));
      return seen(cx, await heroku.formation.batch(cx, cx.app.id, updates));
    },
    async settle(cx, way, items) {
      const [item] = items;
      if (item === undefined) return { is: 'done' };
      const dynos = (await heroku.dynos.list(cx, cx.app.id)).filter(({ type }) => type === WEB);
      return verdict(cx, way, item.before, dynos);
    },
    say: (app, item, value) => ({
      will:
        value === item.before
          ? dynosOf(value)
          : `${dynosOf(item.before)} to ${value}: the maintenance page stays, connections that are open end`,
      byHand: command('heroku', 'ps:scale', `${item.key}=${value}`, '--app', app.name),
    }),
    show: String,
  };
}

function verdict(cx: Cx, way: Way, before: number, dynos: readonly Dyno[]): Verdict<null> {
  const crashed = dynos.filter(({ state }) => state === 'crashed').map(({ name }) => name);
  if (way === 'back' && crashed.length > 0 && waitedFor(cx) >= CRASHED_MS) {
    return { is: 'failed', why: `crashed: ${crashed.slice(0, 5).join(', ')}` };
  }
  // An Eco dyno that sleeps is there.
  const up = dynos.filter(({ state }) => state === 'up' || state === 'idle').length;
  const done = way === 'quiet' ? dynos.length === 0 : up >= before;
  if (done) return { is: 'done' };
  const why =
    way === 'quiet'
      ? `${dynos.length} web ${dynos.length === 1 ? 'dyno' : 'dynos'} still stopping`
      : `web: ${up} of ${dynosOf(before)} up`;
  if (way === 'quiet') {
    return pastCap(cx, STOPS)
      ? { is: 'failed', why: `after ${span(drainedFor(cx))}: ${why}` }
      : { is: 'waiting', why, look: pace(cx), memo: null, drains: true };
  }
  return waitedFor(cx) >= cx.settings.drainCap
    ? { is: 'failed', why: `after ${Math.round(waitedFor(cx) / 60_000)} minutes: ${why}` }
    : { is: 'waiting', why, look: pace(cx), memo: null };
}

function dynosOf(quantity: number): string {
  return quantity === 1 ? '1 dyno' : `${quantity} dynos`;
}
