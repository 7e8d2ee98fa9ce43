// Heroku's own autoscaling of web dynos, switched off and on again. A monitor is never deleted: off, it keeps its place, and
// all of its values are sent again when it is switched on.

import { z } from 'zod';
import { clause, Trouble } from '../../errors.ts';
import type { AppRef, Cx, Hold, Look, Said } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import { type HerokuAutoscaling, type Monitor, Scaling } from '../autoscalers/heroku-autoscaling.ts';
import { command } from '../shell.ts';
import { settledAt } from './settled-at.ts';

export const HEROKU_AUTOSCALING = 'Heroku autoscaling';
const OFF: Scaling = { is_active: false };

export function herokuAutoscaling(heroku: Heroku, autoscaling: HerokuAutoscaling): Hold<Scaling> {
  const monitors = (cx: Cx): Promise<readonly Monitor[]> => autoscaling.monitors(cx, cx.app.id);
  return {
    kind: 'hold',
    name: 'heroku-autoscaling',
    title: HEROKU_AUTOSCALING,
    door: false,
    value: Scaling,
    memo: z.null(),
    async look(cx) {
      const there = await canScale(heroku, cx);
      try {
        return seen(there ? await monitors(cx) : []);
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        const why = `${HEROKU_AUTOSCALING} cannot be read, so it cannot be switched off: where it is on, it goes on changing the number of web dynos (${clause(error)})`;
        return { is: 'unusable', exception: HEROKU_AUTOSCALING, why };
      }
    },
    aim: (_cx, item, way) => (way === 'quiet' ? OFF : item.before),
    async write(cx, changes) {
      for (const { key, value } of changes) await autoscaling.set(cx, cx.app.id, key, value);
      // What is accepted is not done yet, and is answered with nothing.
      return seen(await monitors(cx));
    },
    settle: async (cx, way, items) =>
      settledAt(cx, way, items, new Map((await monitors(cx)).map(({ id, scaling }) => [id, scaling]))),
    say: (app, _item, value) => said(app, value),
    show,
  };
}

/**
 * It is there for these sizes of web dynos only (the Heroku CLI asks the same), so that no other app is asked about.
 * Where a size is not known it may be.
 */
async function canScale(heroku: Heroku, cx: Cx): Promise<boolean> {
  const web = (await heroku.formation.list(cx, cx.app.id)).find(({ type }) => type === 'web');
  if (web === undefined) return false;
  return web.size === undefined || /performance|private|shield/i.test(web.size);
}

function seen(monitors: readonly Monitor[]): Look<Scaling> {
  const label = monitors.length === 1 ? 'autoscaling of web' : null;
  return {
    is: 'seen',
    items: monitors.map(({ id, scaling }) => ({
      key: id,
      label: label ?? `autoscaling of web (${id})`,
      value: scaling,
    })),
    warnings: [],
  };
}

function said(app: AppRef, value: Scaling): Said {
  if (!value.is_active) {
    return { will: 'switched off', byHand: command('heroku', 'ps:autoscale:disable', '--app', app.name) };
  }
  const { min_quantity: min, max_quantity: max, value: p95, notification_channels: told } = value;
  const limits = ['--min', String(min), '--max', String(max), '--p95', String(p95)];
  const notifications = Array.isArray(told) && told.length > 0 ? ['--notifications'] : [];
  return {
    will: show(value),
    byHand: command('heroku', 'ps:autoscale:enable', ...limits, ...notifications, '--app', app.name),
  };
}

function show(value: Scaling): string {
  if (!value.is_active) return 'off';
  const { min_quantity: min, max_quantity: max, value: p95 } = value;
  return `on (${min} to ${max} dynos, p95 ${p95} ms)`;
}
