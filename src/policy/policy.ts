// Who is named for what: operators, approvers and viewers, for all apps and for single ones. Plain data, read from the
// environment and from the settings of apps; what follows from it is `may`.
import type { Named } from '../model/settings.ts';

export const roles = ['operators', 'approvers', 'viewers'] as const;
export type Role = (typeof roles)[number];

export const nobody: Named = { operators: [], approvers: [], viewers: [] };

export interface Policy {
  /** For all apps, and for those that come. */
  readonly everywhere: Named;
  /** By the id of an app, and on top of those for all apps. */
  readonly apps: ReadonlyMap<string, Named>;
}

/** As long as nothing is, everybody of the workspace may do everything. */
export function configured({ everywhere, apps }: Policy): boolean {
  return [everywhere, ...apps.values()].some((named) => roles.some((role) => named[role].length > 0));
}

/** `app`: its id; null: no app in particular, so only who is named for all. */
export function namedFor({ everywhere, apps }: Policy, app: string | null): Named {
  const own = (app === null ? undefined : apps.get(app)) ?? nobody;
  return {
    operators: [...everywhere.operators, ...own.operators],
    approvers: [...everywhere.approvers, ...own.approvers],
    viewers: [...everywhere.viewers, ...own.viewers],
  };
}

/** The ids of user groups (`S…`) and channels (`C…`, `G…`) among them: whether a person is in one only Slack can say. */
export function gatheringsOf(named: Named): readonly string[] {
  const holders = roles.flatMap((role) => named[role]);
  return [...new Set(holders.filter((holder) => /^[SCG][A-Z0-9]+$/u.test(holder)))];
}
