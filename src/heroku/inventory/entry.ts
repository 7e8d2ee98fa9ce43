// What the sources of the inventory have in common: what they are given, and how an entry without more to it is made.

import type { Does, Entry, Kind, Window } from '../../model/inventory.ts';
import type { Json } from '../../model/json.ts';
import type { Cx, Look, StepName } from '../../model/step.ts';
import type { Addon } from '../api/addons.ts';
import type { ConfigVars } from '../api/config-vars.ts';
import type { Dyno } from '../api/dynos.ts';
import type { Formation } from '../api/formation.ts';

/** Read once, for the preflight and the holds too. */
export interface Read {
  readonly cx: Cx;
  readonly window: Window;
  readonly formation: readonly Formation[];
  readonly dynos: readonly Dyno[];
  readonly addons: readonly Addon[];
  readonly vars: ConfigVars;
  readonly looks: ReadonlyMap<StepName, Look<Json>>;
}

type Plain = Extract<Kind, 'scheduler' | 'autoscaler' | 'background' | 'release phase' | 'shared store' | 'sender'>;

export function entry(
  kind: Plain,
  name: string,
  does: Does,
  says: string,
  more: { readonly remedy?: string | null; readonly item?: Entry['item']; readonly concern?: string | null } = {},
): Entry {
  return {
    kind,
    name,
    says,
    does,
    remedy: more.remedy ?? null,
    item: more.item ?? null,
    concern: more.concern ?? null,
  };
}

/** "12:40 UTC", with its day where that is another one. */
export function clock(at: number, now: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().slice(0, 16).split('T');
  return day === new Date(now).toISOString().slice(0, 10) ? `${time} UTC` : `${day} ${time} UTC`;
}

export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** A step that cannot hold what it is for, and says why. */
export function unusable(looks: Read['looks'], step: StepName): { exception: string; why: string } | null {
  const look = looks.get(step);
  return look?.is === 'unusable' ? look : null;
}
