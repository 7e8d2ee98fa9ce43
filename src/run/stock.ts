// Taking stock of an app: every hold looks, the preflight judges what it sees. Reads only; the plan, the start and the
// doctor all come from here.
import type { Captured } from '../model/event.ts';
import type { Inventory, Window } from '../model/inventory.ts';
import { type Json, same } from '../model/json.ts';
import type { Platform } from '../model/platform.ts';
import type { Concern } from '../model/preflight.ts';
import type { Settings } from '../model/settings.ts';
import type { AnyHold, AnyStep, AppRef, Cx, Item, Look, Seen, StepName } from '../model/step.ts';

export interface Stock {
  readonly app: AppRef;
  readonly concerns: readonly Concern[];
  readonly items: readonly Captured[];
  readonly looks: ReadonlyMap<StepName, Look<Json>>;
}

export function holds(platform: Platform): readonly AnyHold[] {
  return platform.quiet.filter((step) => step.kind === 'hold');
}

/** The steps of a new run. */
export function used<S extends AnyStep>(steps: readonly S[], settings: Settings): readonly S[] {
  return steps.filter(({ unused = false }) => !(typeof unused === 'boolean' ? unused : unused(settings)));
}

/** Throws Trouble where the platform cannot be read. */
export async function takeStock(platform: Platform, cx: Cx): Promise<Stock> {
  const [stock] = await takeStockAnd(platform, cx, async () => null);
  return stock;
}

/**
 * For people, weeks ahead or minutes: with everything that can still write. A maintenance that begins does without. `window`: the
 * time that jobs are compared with; without, one that would begin now.
 */
export async function takeInventory(
  platform: Platform,
  cx: Cx,
  window: Window = { from: cx.now, to: cx.now + cx.settings.length },
): Promise<Stock & { readonly inventory: Inventory }> {
  const [stock, inventory] = await takeStockAnd(platform, cx, (looks) => platform.inventory(cx, looks, window));
  return { ...stock, inventory };
}

async function takeStockAnd<T>(
  platform: Platform,
  cx: Cx,
  more: (looks: Promise<ReadonlyMap<StepName, Look<Json>>>) => Promise<T>,
): Promise<readonly [Stock, T]> {
  const held = used(holds(platform), cx.settings);
  const looking = Promise.all(held.map(async (hold) => ({ hold, look: await hold.look(cx) })));
  const looks = looking.then((looked) => new Map(looked.map(({ hold, look }) => [hold.name, look])));
  // Where a look fails, `looking` tells it; the preflight may have failed before it asked for them.
  looks.catch(() => {});
  const [app, looked, found, also] = await Promise.all([
    platform.app(cx, cx.app.id),
    looking,
    platform.preflight(cx, looks),
    more(looks),
  ]);
  const named = { ...cx, app };
  const concerns = [...looked.flatMap(({ hold, look }) => concernsOf(hold, look)), ...found];
  const items = looked.flatMap(({ hold, look }) =>
    look.is === 'seen' ? look.items.map((seen) => capture(named, hold, seen)) : [],
  );
  return [{ app, concerns, items, looks: await looks }, also];
}

function concernsOf(hold: AnyHold, look: Look<Json>): readonly Concern[] {
  switch (look.is) {
    case 'seen':
      return look.warnings.map((says, i) => ({
        name: `${hold.name}-${i + 1}`,
        is: 'warn',
        says,
        remedy: '',
        except: null,
      }));
    case 'unusable':
      return [
        {
          name: hold.name,
          is: 'ask',
          says: look.why,
          remedy: 'Accept it to start without it.',
          except: look.exception,
        },
      ];
  }
}

/** The snapshot of one item. */
export function capture(cx: Cx, hold: AnyHold, seen: Seen<Json>): Captured {
  const item: Item<Json> = { key: seen.key, label: seen.label, before: seen.value, sent: [] };
  const aim = hold.aim(cx, item, 'quiet', null);
  const as = same(aim, seen.value) ? seen.value : aim;
  return {
    step: hold.name,
    key: seen.key,
    label: seen.label,
    before: seen.value,
    aim: as,
    quiet: hold.say(cx.app, item, as),
    back: hold.say(cx.app, item, seen.value),
  };
}
