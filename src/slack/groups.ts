// Who is in the user groups that may operate, asked at the moment of the click: somebody who has left the group a minute
// ago may not. A few seconds are remembered, so that one burst of clicks is one question.
import type { WebClient } from '@slack/web-api';
import { Trouble } from '../errors.ts';
import type { Person } from '../model/person.ts';
import { reasonOf } from './words.ts';

/** Real time: it is about Slack's own state, which no test's clock moves. */
const REMEMBERED = 5_000;

/** `groups`: ids (`S…`). Throws Trouble where Slack does not say who is in them: nobody gets a right by an outage. */
export function groupsOf(client: WebClient, groups: readonly string[]): (person: Person) => Promise<string[]> {
  const known = new Map<string, { at: number; members: Promise<readonly string[]> }>();

  const membersOf = (group: string): Promise<readonly string[]> => {
    const last = known.get(group);
    if (last !== undefined && performance.now() - last.at < REMEMBERED) return last.members;
    const members = client.usergroups.users.list({ usergroup: group }).then((answer) => answer.users ?? []);
    known.set(group, { at: performance.now(), members });
    members.catch(() => known.delete(group));
    return members;
  };

  return async (person) => {
    if (person.via !== 'slack') return [];
    const found = await Promise.all(
      groups.map(async (group) => {
        try {
          return (await membersOf(group)).includes(person.id) ? [group] : [];
        } catch (error) {
          throw new Trouble('retryable', `Slack did not say who is in the user group ${group} (${reasonOf(error)})`, {
            remedy:
              'Try again in a moment. The bot needs the scope usergroups:read, and MAINT_OPERATORS the ids of groups that exist.',
            cause: error,
          });
        }
      }),
    );
    return found.flat();
  };
}
