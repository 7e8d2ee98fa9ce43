// HireFire's managers, each of which scales one process type: disabled before anything is scaled, for HireFire goes by a
// formation that it has read up to 15 minutes ago, and enabled again when the dynos are back.
import { z } from 'zod';
import { clause, Trouble } from '../../errors.ts';
import { same } from '../../model/json.ts';
import type { Change, Cx, Hold, Look } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import type { ConfigVars } from '../api/config-vars.ts';
import { type Access, API_KEYS, type HireFire, type Manager } from '../autoscalers/hirefire.ts';
import { command } from '../shell.ts';
import { settledAt } from './settled-at.ts';

export const HIREFIRE = 'HireFire';
const NAME = 'hirefire';
/** Whether an app has anything to do with HireFire; not everybody takes it as an add-on. */
const SIGNS = ['HIREFIRE_TOKEN', ...API_KEYS];
/** What HireFire itself changes in a manager, at any time. */
const ITS_OWN = /^(last_.*|.*_at|metric_value|dyno_quantity|issue)$/;

export function hirefire(heroku: Heroku, client: HireFire): Hold<boolean> {
  return {
    kind: 'hold',
    name: NAME,
    title: HIREFIRE,
    door: false,
    value: z.boolean(),
    memo: z.null(),
    async look(cx) {
      const vars = await varsIfUsed(heroku, cx);
      if (vars === null) return seen([]);
      try {
        return seen(await managersOf(client, cx, vars));
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        const why = `The managers of ${HIREFIRE} cannot be read, so they cannot be disabled: they go on scaling (${clause(error)}). ${error.remedy}`;
        return { is: 'unusable', exception: HIREFIRE, why };
      }
    },
    aim: (_cx, item, way) => (way === 'quiet' ? false : item.before),
    async write(cx, changes) {
      const vars = await heroku.configVars.get(cx, cx.app.id);
      return write(client, cx, vars, changes);
    },
    async settle(cx, way, items) {
      const managers = await managersOf(client, cx, await heroku.configVars.get(cx, cx.app.id));
      return settledAt(cx, way, items, new Map(managers.map(({ id, enabled }) => [id, enabled])));
    },
    say: (app, item, value) => ({
      will: value ? 'enabled' : 'disabled',
      byHand: `${command('heroku', 'ps', '--app', app.name)} && ${command('echo', byHand(app.name, item.label, value))}`,
    }),
    show: (value) => (value ? 'enabled' : 'disabled'),
  };
}

function byHand(app: string, manager: string, value: boolean): string {
  return value
    ? `when these dynos are as they were: enable the ${manager} of ${app} at https://manager.hirefire.io`
    : `then disable the ${manager} of ${app} at https://manager.hirefire.io`;
}

/** Null where the app does without HireFire. */
async function varsIfUsed(heroku: Heroku, cx: Cx): Promise<ConfigVars | null> {
  const [addons, vars] = await Promise.all([heroku.addons.list(cx, cx.app.id), heroku.configVars.get(cx, cx.app.id)]);
  const used =
    addons.some((addon) => addon.addon_service.name === 'hirefire') || SIGNS.some((name) => Object.hasOwn(vars, name));
  return used ? vars : null;
}

function accessOf(cx: Cx, vars: ConfigVars): Access {
  const key = API_KEYS.map((name) => (Object.hasOwn(vars, name) ? vars[name] : undefined)).find(Boolean);
  if (key !== undefined) return { appId: cx.app.id, key };
  throw new Trouble('needs-human', `${cx.app.name} has no config var ${API_KEYS.join(' or ')}`, {
    remedy: `Put an API key of HireFire's account into ${API_KEYS[0]}; HIREFIRE_TOKEN is another one. Or disable its managers by hand, and enable them afterwards.`,
  });
}

async function managersOf(client: HireFire, cx: Cx, vars: ConfigVars): Promise<readonly Manager[]> {
  const access = accessOf(cx, vars);
  const applications = await client.applications(cx, access);
  const ids = applications.filter(({ name }) => name === cx.app.name).map(({ id }) => id);
  const named = await managersIn(client, cx, access, ids);
  const captured = cx.captured?.(NAME) ?? [];
  if (ids.length > 0 && (captured.length === 0 || named.some(({ id }) => captured.includes(id)))) return named;
  // The app has got another name since they were captured: HireFire may not know it yet, or knows another app by it.
  const still = await firstOf(captured, (id) => client.applicationOf(cx, access, id));
  if (still !== null) return managersIn(client, cx, access, [still]);
  if (ids.length > 0) return named;
  throw new Trouble('needs-human', `the account of its API key has no application ${cx.app.name}`, {
    remedy: `Use a key of the account that has it under this name, or remove ${SIGNS.join(', ')} from an app that HireFire does not scale any more.`,
  });
}

/**
 * The applications are found by name, which is Heroku's. Never by the token that the app has as HIREFIRE_TOKEN: where config
 * vars were copied from another app, that would be the other app's.
 */
async function managersIn(
  client: HireFire,
  cx: Cx,
  access: Access,
  applications: readonly string[],
): Promise<readonly Manager[]> {
  return (await Promise.all(applications.map((id) => client.managers(cx, access, id)))).flat();
}

async function firstOf<T, R>(list: readonly T[], find: (one: T) => Promise<R | null>): Promise<R | null> {
  for (const one of list) {
    const found = await find(one);
    if (found !== null) return found;
  }
  return null;
}

function seen(managers: readonly Manager[]): Look<boolean> {
  return {
    is: 'seen',
    items: managers.map((manager) => ({ key: manager.id, label: labelOf(manager), value: manager.enabled })),
    warnings: [],
  };
}

function labelOf(manager: Manager): string {
  const [least, most] = [manager['minimum'], manager['maximum']];
  const limits = typeof least === 'number' && typeof most === 'number' ? ` (${least} to ${most} dynos)` : '';
  return `manager of ${manager.name}${limits}`;
}

/**
 * Each as it is read at this moment, but for `enabled`; one after the other, and the next only when nothing else has changed
 * in the one before.
 */
async function write(
  client: HireFire,
  cx: Cx,
  vars: ConfigVars,
  changes: readonly Change<boolean>[],
): Promise<Look<boolean>> {
  const access = accessOf(cx, vars);
  const before = await managersOf(client, cx, vars);
  const after: Manager[] = [];
  for (const manager of before) {
    const change = changes.find(({ key }) => key === manager.id);
    after.push(change === undefined ? manager : await set(client, cx, access, manager, change.value));
  }
  return seen(after);
}

async function set(client: HireFire, cx: Cx, access: Access, was: Manager, enabled: boolean): Promise<Manager> {
  const now = await client.update(cx, access, { ...was, enabled });
  const names = [...new Set([...Object.keys(was), ...Object.keys(now)])];
  const changed = names.filter(
    (name) => name !== 'enabled' && !ITS_OWN.test(name) && !same(was[name] ?? null, now[name] ?? null),
  );
  if (changed.length === 0) return now;
  await client.update(cx, access, was);
  throw new Trouble(
    'needs-human',
    `${HIREFIRE} did not keep ${changed.join(', ')} of the ${labelOf(was)} as it was; it was put back`,
    { remedy: 'Look at it at https://manager.hirefire.io, disable the managers by hand, and report this.' },
  );
}
