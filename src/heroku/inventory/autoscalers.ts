// What changes the number of dynos by itself, and would bring the workers back; and the add-ons that give out work which maint
// cannot pause.
import { z } from 'zod';
import type { Entry } from '../../model/inventory.ts';
import { concernOf, othersOf } from '../others.ts';
import { entry, type Read, unusable } from './entry.ts';

const HELD = ['heroku-autoscaling', 'hirefire'];
/** A monitor of Heroku's that is off; a manager of HireFire is true or false. */
const Off = z.union([z.literal(false), z.object({ is_active: z.literal(false) })]);

export function autoscalers(read: Read): readonly Entry[] {
  return [...HELD.flatMap((step) => heldBy(read, step)), ...others(read)];
}

function heldBy({ looks }: Read, step: string): readonly Entry[] {
  const cannot = unusable(looks, step);
  if (cannot !== null) {
    const remedy = 'Switch it off by hand, and on again afterwards, or accept that it may bring dynos back.';
    return [entry('autoscaler', cannot.exception, 'not held', cannot.why, { remedy, concern: step })];
  }
  const look = looks.get(step);
  if (look?.is !== 'seen') return [];
  return look.items.map(({ key, label, value }) => {
    const says = Off.safeParse(value).success ? 'off already: it stays so' : 'switched off before anything is scaled';
    return entry('autoscaler', label, 'held', says, { item: { step, key } });
  });
}

function others({ addons, vars }: Read): readonly Entry[] {
  const services = addons.flatMap(({ addon_service: { name } }) => name ?? []);
  return othersOf(services, Object.keys(vars)).map((other) =>
    entry(
      other.does === 'starts jobs' ? 'scheduler' : 'autoscaler',
      other.name,
      'not held',
      `it ${other.does} by itself, and maint cannot pause it`,
      { remedy: other.remedy, concern: concernOf(other) },
    ),
  );
}
