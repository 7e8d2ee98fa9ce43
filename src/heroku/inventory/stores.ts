// Other apps that a Postgres or Redis of the app is attached to: they write to it whatever is held here.
import { clause, Trouble } from '../../errors.ts';
import type { Entry } from '../../model/inventory.ts';
import type { Cx } from '../../model/step.ts';
import type { Addon } from '../api/addons.ts';
import type { Heroku } from '../api/client.ts';
import { command } from '../shell.ts';
import { entry, type Read } from './entry.ts';

const STORES = /postgres|redis|valkey|key-value/i;

/** One call for each store, at most `calls`; of the others it is said that nobody looked. */
export async function sharedStores(
  heroku: Heroku,
  { cx, addons, vars }: Read,
  calls: number,
): Promise<readonly Entry[]> {
  const stores = addons
    .filter(({ addon_service: { name } }) => STORES.test(name ?? ''))
    // Databases before caches.
    .toSorted((a, b) => Number(isPostgres(b)) - Number(isPostgres(a)) || a.name.localeCompare(b.name));
  const asked = await Promise.all(stores.slice(0, calls).map((store) => shared(heroku, cx, store)));
  const unasked = stores.slice(calls).map((store) => unknown(store, 'that would take more calls than a plan may cost'));
  return [...asked.flat(), ...unasked, ...elsewhere(stores, Object.keys(vars))];
}

async function shared(heroku: Heroku, cx: Cx, store: Addon): Promise<readonly Entry[]> {
  const owner = store.app.id !== undefined && store.app.id !== cx.app.id ? (store.app.name ?? 'another app') : null;
  try {
    const attached = await heroku.addons.attachments(cx, store.id);
    const others = attached.filter(({ app }) => app.id !== cx.app.id).map(({ app }) => app.name);
    return told(store, [...new Set([...(owner === null ? [] : [owner]), ...others])].toSorted());
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    // Of a borrowed one its owner is known in any case.
    return owner === null ? [unknown(store, clause(error))] : told(store, [owner]);
  }
}

function told(store: Addon, others: readonly string[]): readonly Entry[] {
  if (others.length === 0) return [];
  const few = others.length <= 5 ? others.join(', ') : `${others.slice(0, 5).join(', ')} and ${others.length - 5} more`;
  const one = others.length === 1;
  return [
    entry(
      'shared store',
      titleOf(store),
      'not held',
      `${few} ${one ? 'has' : 'have'} it too, and can write to it whatever is held here`,
      {
        remedy: `Hold ${one ? 'that app' : 'those apps'} too, or see that nothing there writes: the proof cannot tell who wrote.`,
      },
    ),
  ];
}

/** A store that is no add-on, nor borrowed: Heroku knows of nobody who has it. */
function elsewhere(stores: readonly Addon[], variables: readonly string[]): readonly Entry[] {
  return (['DATABASE_URL', 'REDIS_URL'] as const)
    .filter(
      (name) => variables.includes(name) && !stores.some((store) => isPostgres(store) === (name === 'DATABASE_URL')),
    )
    .map((name) =>
      entry(
        'shared store',
        name,
        'not held',
        'it leads to no add-on of the app, so who else writes there is not known',
        {
          remedy: 'See to it that nobody does.',
        },
      ),
    );
}

function unknown(store: Addon, why: string): Entry {
  return entry('shared store', titleOf(store), 'not held', `whether other apps have it too was not looked up: ${why}`, {
    remedy: `See ${command('heroku', 'addons:info', store.name)}.`,
  });
}

function titleOf(store: Addon): string {
  return `${isPostgres(store) ? 'Postgres' : 'Redis'} ${store.name}`;
}

function isPostgres({ addon_service: { name } }: Addon): boolean {
  return /postgres/i.test(name ?? '');
}
