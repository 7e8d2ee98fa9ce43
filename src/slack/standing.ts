// Who a person is at the moment of the click: of this workspace, active, and in which of the named user groups and channels.
// Nothing of it is remembered: who has left a group a moment ago may not.
import type { WebClient } from '@slack/web-api';
import type { Logger } from '../log.ts';
import type { Person } from '../model/person.ts';
import type { Standing, WhoIs } from '../policy/may.ts';
import type { Home } from './home.ts';
import { reasonOf } from './words.ts';

/** What these are, nobody is in; the answer of Slack, and no outage. */
const NONE = ['no_such_subteam', 'subteam_not_found', 'channel_not_found'];
const NOBODY = ['user_not_found', 'user_not_visible', 'users_not_found'];
/** The most that Slack recommends a page. */
const PAGE = 200;

export function whoIsIn(client: WebClient, home: Home, log: Logger): WhoIs {
  const standing = async ({ id }: Person): Promise<Standing> => {
    try {
      const { user } = await client.users.info({ user: id });
      if (user === undefined) return 'unknown';
      if (user.deleted === true) return 'deactivated';
      if (user.is_stranger === true) return 'stranger';
      const own = await home.soon();
      if (own === null) return 'unknown';
      // In an organisation of several workspaces one person is of many.
      const teams = [user.team_id, ...(user.enterprise_user?.teams ?? [])];
      if (!teams.includes(own)) return 'stranger';
      return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'member';
    } catch (error) {
      if (NOBODY.some((code) => reasonOf(error).includes(code))) return 'stranger';
      log.warn({ why: reasonOf(error) }, 'Slack did not say who a person is');
      return 'unknown';
    }
  };

  const isIn = async ({ id }: Person, gathering: string): Promise<boolean | null> => {
    try {
      return await (gathering.startsWith('S') ? inGroup(id, gathering) : inChannel(id, gathering));
    } catch (error) {
      log.warn({ gathering, why: reasonOf(error) }, 'Slack did not say who is in a user group or channel');
      return NONE.some((code) => reasonOf(error).includes(code)) ? false : null;
    }
  };

  const inGroup = async (id: string, usergroup: string): Promise<boolean> =>
    (await client.usergroups.users.list({ usergroup })).users?.includes(id) === true;

  const inChannel = async (id: string, channel: string): Promise<boolean> => {
    let cursor = '';
    do {
      const page = await client.conversations.members({ channel, limit: PAGE, ...(cursor === '' ? {} : { cursor }) });
      if (page.members?.includes(id) === true) return true;
      cursor = page.response_metadata?.next_cursor ?? '';
    } while (cursor !== '');
    return false;
  };

  return async (person, gatherings) => {
    const [is, ...each] = await Promise.all([
      standing(person),
      ...gatherings.map(async (one) => ({ one, is: await isIn(person, one) })),
    ]);
    const found = each.flatMap((one) => (one.is === true ? [one.one] : []));
    return { person, standing: is, in: found, unsure: each.some((one) => one.is === null) };
  };
}
