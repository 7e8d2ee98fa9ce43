// users.* and usergroups.*: who people are and which groups they are in.
import { z } from 'zod';
import { args, type Method, page, truth, whole } from '../call.ts';
import { Refusal } from '../refusal.ts';
import { shownGroup, shownUser } from '../shapes.ts';

const info: Method = (call) => {
  const given = args(call, { user: z.string().min(1) });
  const user = call.world.workspace.users.find(({ id }) => id === given.user);
  if (user === undefined) throw new Refusal('user_not_found');
  return { user: shownUser(user) };
};

const list: Method = (call) => {
  const given = args(call, { cursor: z.string().optional(), limit: whole.optional() });
  const { items, next } = page(call.world.workspace.users, given);
  return { members: items.map(shownUser), response_metadata: { next_cursor: next } };
};

const lookupByEmail: Method = (call) => {
  const given = args(call, { email: z.string().min(1) });
  const user = call.world.workspace.users.find(({ email }) => email === given.email);
  if (user === undefined || user.deactivated) throw new Refusal('users_not_found');
  return { user: shownUser(user) };
};

const groups: Method = (call) => {
  const given = args(call, { include_users: truth.optional(), include_disabled: truth.optional() });
  const shown = call.world.workspace.groups.filter((group) => !group.disabled || given.include_disabled === true);
  return { usergroups: shown.map((group) => shownGroup(group, { users: given.include_users === true })) };
};

const groupUsers: Method = (call) => {
  const given = args(call, { usergroup: z.string().min(1), include_disabled: truth.optional() });
  const group = call.world.workspace.groups.find(({ id }) => id === given.usergroup);
  if (group === undefined || (group.disabled && given.include_disabled !== true)) throw new Refusal('no_such_subteam');
  return { users: group.users };
};

export const users: Record<string, Method> = {
  'users.info': info,
  'users.list': list,
  'users.lookupByEmail': lookupByEmail,
  'usergroups.list': groups,
  'usergroups.users.list': groupUsers,
};
