// `doctor app`: whether a maintenance of an app could work, asked weeks ahead. Reads only.
import type { Person } from '../../model/person.ts';
import { takeInventory } from '../stock.ts';
import { admittedByName, priorityOf } from './admission.ts';
import { contextFor, type Door, findApp, troubleAsAnswer } from './door.ts';
import { planFrom } from './plan.ts';
import type { Diagnosis, Refused } from './reply.ts';
import { settingsFor } from './settings.ts';

export async function doctor(door: Door, by: Person, name: string): Promise<Diagnosis | Refused> {
  const entry = await admittedByName(door, by, 'look', name, `doctor ${name}`);
  if (entry.is === 'refused') return entry;
  return troubleAsAnswer(door, async (): Promise<Diagnosis | Refused> => {
    const priority = priorityOf(entry);
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
