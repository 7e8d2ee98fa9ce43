// Who and what is in the workspace: people, bots, channels, user groups. Seeded by typed calls; what is said in the
// channels is left to messages.ts.

export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string;
  /** IANA name. */
  readonly tz: string;
  readonly deactivated: boolean;
  /** Let into some channels only. */
  readonly guest: boolean;
  /** Another one for who comes in by a channel that is shared with another workspace. */
  readonly teamId: string;
  readonly isBot: boolean;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly archived: boolean;
  readonly members: ReadonlySet<string>;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
  readonly disabled: boolean;
}

export const team = { id: 'T0SANDBOX', name: 'Sandbox', domain: 'sandbox' } as const;
export const app = { id: 'A0MAINT', botId: 'B0MAINT', botUserId: 'U0MAINT' } as const;

export class Workspace {
  readonly #users = new Map<string, User>();
  readonly #channels = new Map<string, Channel>();
  readonly #groups = new Map<string, UserGroup>();

  constructor() {
    this.addUser({ id: app.botUserId, name: 'maint', isBot: true });
  }

  get users(): User[] {
    return [...this.#users.values()];
  }

  get channels(): Channel[] {
    return [...this.#channels.values()];
  }

  get groups(): UserGroup[] {
    return [...this.#groups.values()];
  }

  addUser(user: { name: string } & Partial<User>): User {
    const { name } = user;
    const added: User = {
      id: `U0${idFrom(name)}`,
      realName: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
      email: `${name}@sandbox.example`,
      tz: 'Europe/London',
      deactivated: false,
      guest: false,
      teamId: team.id,
      isBot: false,
      ...user,
    };
    this.#users.set(added.id, added);
    return added;
  }

  deactivate(who: string): void {
    this.change(who, { deactivated: true });
  }

  change(who: string, to: Partial<Omit<User, 'id'>>): void {
    const user = this.user(who);
    this.#users.set(user.id, { ...user, ...to });
  }

  /** Members are names or ids; the bot is one only where it is named. */
  addChannel(channel: {
    name: string;
    id?: string;
    kind?: 'public' | 'private';
    archived?: boolean;
    members?: readonly string[];
  }): Channel {
    const added: Channel = {
      id: channel.id ?? `C0${idFrom(channel.name)}`,
      name: channel.name,
      kind: channel.kind ?? 'public',
      archived: channel.archived ?? false,
      members: new Set((channel.members ?? []).map((who) => this.user(who).id)),
    };
    this.#channels.set(added.id, added);
    return added;
  }

  archive(which: string): void {
    const channel = this.channel(which);
    this.#channels.set(channel.id, { ...channel, archived: true });
  }

  /** Lets a person, or the bot (`maint`), into a channel. */
  join(which: string, who: string): void {
    const channel = this.channel(which);
    this.#channels.set(channel.id, { ...channel, members: new Set([...channel.members, this.user(who).id]) });
  }

  leave(which: string, who: string): void {
    const channel = this.channel(which);
    const { id } = this.user(who);
    this.#channels.set(channel.id, { ...channel, members: new Set([...channel.members].filter((one) => one !== id)) });
  }

  /** The direct conversation of the bot with one person, opened where there is none yet. */
  openDirect(who: string): Channel {
    const { id } = this.user(who);
    const known = this.channels.find((channel) => channel.kind === 'im' && channel.members.has(id));
    if (known !== undefined) return known;
    const opened: Channel = {
      id: `D0${id.slice(2)}`,
      name: `@${this.user(who).name}`,
      kind: 'im',
      archived: false,
      members: new Set([id, app.botUserId]),
    };
    this.#channels.set(opened.id, opened);
    return opened;
  }

  addGroup(group: {
    handle: string;
    users: readonly string[];
    id?: string;
    name?: string;
    disabled?: boolean;
  }): UserGroup {
    const added: UserGroup = {
      id: group.id ?? `S0${idFrom(group.handle)}`,
      handle: group.handle,
      name: group.name ?? group.handle,
      users: group.users.map((who) => this.user(who).id),
      disabled: group.disabled ?? false,
    };
    this.#groups.set(added.id, added);
    return added;
  }

  /** By id, name, or `@name`; throws where there is none. */
  user(who: string): User {
    const found = this.findUser(who);
    if (found === undefined) throw new Error(`Expected a user, one of ${list(this.users)}; got ${who}`);
    return found;
  }

  findUser(who: string): User | undefined {
    const name = who.replace(/^@/, '');
    return this.#users.get(who) ?? this.users.find((user) => user.name === name);
  }

  /** By id, name, or `#name`; throws where there is none. */
  channel(which: string): Channel {
    const found = this.findChannel(which);
    if (found === undefined) throw new Error(`Expected a channel, one of ${list(this.channels)}; got ${which}`);
    return found;
  }

  findChannel(which: string): Channel | undefined {
    const name = which.replace(/^#/, '');
    return this.#channels.get(which) ?? this.channels.find((channel) => channel.name === name);
  }

  findGroup(which: string): UserGroup | undefined {
    return this.#groups.get(which) ?? this.groups.find((group) => group.handle === which.replace(/^@/, ''));
  }
}

/** A workspace to begin with: three people and one who left, a deploy bot, four channels, @oncall. */
export function defaultWorkspace(): Workspace {
  const workspace = new Workspace();
  workspace.addUser({ name: 'ada', realName: 'Ada Lovelace', tz: 'Europe/London' });
  workspace.addUser({ name: 'grace', realName: 'Grace Hopper', tz: 'America/New_York' });
  workspace.addUser({ name: 'linus', realName: 'Linus Torvalds', tz: 'America/Los_Angeles' });
  workspace.addUser({ name: 'alan', realName: 'Alan Turing', deactivated: true });
  workspace.addUser({ name: 'deploybot', isBot: true });
  const everybody = ['ada', 'grace', 'linus'];
  workspace.addChannel({ name: 'ops', members: [...everybody, 'maint'] });
  workspace.addChannel({ name: 'general', members: [...everybody, 'maint'] });
  // The bot has not been invited here.
  workspace.addChannel({ name: 'random', members: everybody });
  workspace.addChannel({ name: 'old-ops', members: [...everybody, 'maint'], archived: true });
  workspace.addGroup({ handle: 'oncall', name: 'On call', users: ['ada', 'grace'] });
  return workspace;
}

function idFrom(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function list(named: readonly { name: string }[]): string {
  return named.map(({ name }) => name).join(', ');
}
