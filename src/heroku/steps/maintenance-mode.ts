// Maintenance mode: the router answers 503 for the app, the dynos run on. It is the door: first to close, last to open.
import { z } from 'zod';
import type { Hold } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import { command } from '../shell.ts';

export function maintenanceMode(heroku: Heroku): Hold<boolean> {
  const seen = (value: boolean) => ({
    is: 'seen' as const,
    items: [{ key: 'maintenance', label: 'maintenance mode', value }],
    warnings: [],
  });
  return {
    kind: 'hold',
    name: 'maintenance',
    title: 'Maintenance mode',
    door: true,
    value: z.boolean(),
    memo: z.null(),
    look: async (cx) => seen((await heroku.apps.info(cx, cx.app.id)).maintenance),
    aim: (_cx, item, way) => (way === 'quiet' ? true : item.before),
    async write(cx, changes) {
      const [change] = changes;
      if (change === undefined) return { is: 'seen', items: [], warnings: [] };
      return seen((await heroku.apps.update(cx, cx.app.id, { maintenance: change.value })).maintenance);
    },
    settle: async () => ({ is: 'done' }),
    say: (app, _item, value) => ({
      will: value ? 'turned on: visitors see the maintenance page' : 'turned off: visitors are let in',
      byHand: command('heroku', value ? 'maintenance:on' : 'maintenance:off', '--app', app.name),
    }),
    show: (value) => (value ? 'on' : 'off'),
  };
}
