// Who may do what. Decided here, enforced in `run/commands` for Slack and the terminal alike, at the moment of the
// command and not of the message that offered it.
import type { Person } from './person.ts';

/** - `look`: plan, status, help. - `operate`: everything that changes a run, approvals included. */
export type Right = 'look' | 'operate';

export interface Rules {
  /**
   * Slack user ids (`U…`), user group ids (`S…`), or `cli:NAME` for a person at a terminal. Null: nothing has been
   * configured, and everybody in the workspace may.
   */
  readonly operators: readonly string[] | null;
}

/**
 * `groups`: the ids of the user groups that the person is in right now. A person at a terminal holds the token and the
 * database and could do without maint, so the terminal is open unless a `cli:` entry says who may use it.
 */
export function may(rules: Rules, person: Person, groups: readonly string[], right: Right): boolean {
  if (right === 'look' || rules.operators === null) return true;
  if (person.via === 'terminal') {
    const terminals = rules.operators.filter((entry) => entry.startsWith('cli:'));
    return terminals.length === 0 || terminals.includes(`cli:${person.id}`);
  }
  return rules.operators.includes(person.id) || groups.some((group) => rules.operators?.includes(group));
}
