// `plan app`: what a maintenance would do, item by item, and whether it could begin. Changes nothing.
import { type Inventory, longestOf, withEarlier } from '../../model/inventory.ts';
import type { Person } from '../../model/person.ts';
import { go, quietWords } from '../../model/preflight.ts';
import type { Settings } from '../../model/settings.ts';
import { holds, type Stock, takeInventory, used } from '../stock.ts';
import { admittedByName, priorityOf } from './admission.ts';
import { contextFor, type Door, findApp, troubleAsAnswer } from './door.ts';
import type { Plan, Refused } from './reply.ts';
import { settingsFor } from './settings.ts';

export async function plan(door: Door, by: Person, name: string): Promise<Plan | Refused> {
  const entry = await admittedByName(door, by, 'look', name, `plan ${name}`);
  if (entry.is === 'refused') return entry;
  return troubleAsAnswer(door, async (): Promise<Plan | Refused> => {
    const priority = priorityOf(entry);
    const app = await findApp(door, name, priority);
    if ('is' in app) return app;
    const settings = await settingsFor(door, app);
    if ('is' in settings) return settings;
    const stock = await takeInventory(door.platform, { ...contextFor(door, app, 'plan', priority), settings });
    return planFrom(door, stock, settings);
  });
}

/** So many maintenances of the app are looked at for the jobs that they waited for. */
const EARLIER = 5;

export async function planFrom(
  door: Door,
  stock: Stock & { readonly inventory: Inventory },
  settings: Settings,
): Promise<Plan> {
  // What only tells of changes holds nothing still; undone by a command it would need the id of a run that there is not yet.
  const telling = new Set(holds(door.platform).flatMap((hold) => (hold.tells !== undefined ? [hold.name] : [])));
  const last = await door.store.history(stock.app.id, EARLIER);
  const earlier = last.filter(({ ended }) => ended !== null);
  return {
    is: 'plan',
    app: stock.app,
    at: door.clock.now(),
    go: go(stock.concerns, []),
    words: quietWords(stock.concerns),
    concerns: stock.concerns,
    inventory: { ...stock.inventory, limits: withEarlier(stock.inventory.limits, longestOf(earlier), settings) },
    items: stock.items.filter(({ step }) => !telling.has(step)),
    steps: used(door.platform.quiet, settings).map(({ name: step, title }) => ({ name: step, title })),
    run: await door.store.unfinishedOf(stock.app.id),
  };
}
