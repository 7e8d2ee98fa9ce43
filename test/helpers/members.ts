// Where no Slack is: everybody who asks is a member of the workspace, and in no user group and no channel.
import type { WhoIs } from '../../src/policy/may.ts';

export const members: WhoIs = async (person) => ({ person, standing: 'member', in: [], unsure: false });
