// The process types: their dynos and roles, and the release phase, which has no dynos of its own until a release is made.
import type { Entry } from '../../model/inventory.ts';
import type { Formation } from '../api/formation.ts';
import { counted, entry, type Read } from './entry.ts';

export function processTypes(read: Read): readonly Entry[] {
  return read.formation.map((one) => (one.type === 'release' ? releasePhase(read, one) : processType(read, one)));
}

function processType({ cx, dynos }: Read, { type, quantity }: Formation): Entry {
  const up = dynos.filter((dyno) => dyno.type === type && (dyno.state === 'up' || dyno.state === 'idle')).length;
  const role = type === 'web' ? 'web' : cx.settings.clocks.includes(type) ? 'clock' : 'worker';
  const base = { kind: 'process type', name: type, role, quantity, up } as const;
  const has = `${quantity === up ? counted(quantity, 'dyno') : `${up} of ${counted(quantity, 'dyno')} up`}`;
  const held = { ...base, does: 'held', remedy: null, concern: null } as const;
  if (quantity === 0) return { ...held, says: `${role}, no dynos: it stays so`, item: itemOf(role, type) };
  if (role === 'web' && cx.settings.web === 'keep') {
    return {
      ...base,
      says: `${has}: they keep running behind the maintenance page, and what they do in the background is not seen`,
      does: 'not held',
      remedy:
        'Where web works in the background, set "web": "zero" in the settings of the app: it is then scaled down too.',
      item: null,
      concern: 'web',
    };
  }
  const how = role === 'clock' ? 'stopped before the workers' : 'stopped, and waited for';
  return { ...held, says: `${role}, ${has}: ${how}`, item: itemOf(role, type) };
}

function itemOf(role: 'web' | 'worker' | 'clock', key: string): { step: string; key: string } {
  return { step: { web: 'web', worker: 'workers', clock: 'clocks' }[role], key };
}

/** Its command is the Procfile's, which is part of the app's code: it is shown as it is, like in the preflight. */
function releasePhase({ cx }: Read, { command = '' }: Formation): Entry {
  const { variable } = cx.settings;
  if (variable === 'off') {
    const says = `${command}: maint makes no release; one that you make runs it, and is listed while the app is held`;
    return entry('release phase', 'release', 'watched', says);
  }
  return entry(
    'release phase',
    'release',
    'not held',
    `${command}: it runs when ${variable.name} is set, and again when it is put back, for that makes a release`,
    {
      remedy: 'Leave the config var out ("variable": "off" in the settings of the app), or see that it may run then.',
      concern: 'variable',
    },
  );
}
