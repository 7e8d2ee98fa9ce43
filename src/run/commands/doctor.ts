// `doctor app`: whether a maintenance of an app could work, asked weeks ahead. Reads only.
import type { Person } from '../../model/person.ts';
import { takeInventory } from '../stock.ts';
import { contextFor, type Door, findApp, forbidden, priorityOf, troubleAsAnswer } from './door.ts';
import { planFrom } from './plan.ts';
import type { Diagnosis, Refused } from './reply.ts';
import { settingsFor } from './settings.ts';

export async function doctor(door: Door, by: Person, name: string): Promise<Diagnosis | Refused> {
  const no = await forbidden(door, by, 'look', `doctor ${name}`);
  if (no !== null) return no;
  return troubleAsAnswer(door, async (): Promise<Diagnosis | Refused> => {
    const priority = await priorityOf(door, by);
    const app = await findApp(door, name, priority);
    if ('is' in app) return app;
    const settings = await settingsFor(door, app);
    if ('is' in settings) return settings;
    const cx = { ...contextFor(door, app, 'doctor', priority), settings };
    const stock = await takeInventory(door.platform, cx);
    return {
      is: 'diagnosis',
      app: stock.app,
      checks: await door.platform.doctor(cx, stock.looks),
      plan: await planFrom(door, stock, settings),
    };
  });
}
