// The table of who may do what: what the policy has to say of each kind of person in each configuration. The policy is held
// against it (may.test.ts), and the page for people is written from it (page.ts).
import type { Named } from '../../src/model/settings.ts';
import type { Act, Who } from '../../src/policy/may.ts';
import { nobody, type Policy } from '../../src/policy/policy.ts';

/** What is asked about, in the order of the columns. */
export const columns: readonly { readonly act: Act; readonly says: string }[] = [
  { act: 'look', says: 'look' },
  { act: 'operate', says: 'operate' },
  { act: 'ask for approval', says: 'resume' },
  { act: 'approve', says: 'approve alone' },
  { act: 'approve with others', says: 'approve, one of several' },
  { act: 'break the glass', says: 'break the glass' },
  { act: 'set approvals', says: 'set approvals' },
  { act: 'name people', says: 'name people' },
];

/** The app that is asked about, and another one. */
export const shop = 'id-of-shop';
const blog = 'id-of-blog';

export interface Case {
  readonly person: string;
  readonly who: Who;
  /** Of `shop`. One sign a column: `y` or `-`. */
  readonly may: string;
}

export interface Scene {
  readonly title: string;
  readonly says: string;
  readonly policy: Policy;
  readonly cases: readonly Case[];
}

function slack(id: string, over: Partial<Who> = {}): Who {
  return { person: { id, name: id, via: 'slack' }, standing: 'member', in: [], unsure: false, ...over };
}

function terminal(id: string): Who {
  return { person: { id, name: id, via: 'terminal' }, standing: 'member', in: [], unsure: false };
}

function policy(everywhere: Partial<Named>, apps: Readonly<Record<string, Partial<Named>>> = {}): Policy {
  const own = Object.entries(apps).map(([app, named]) => [app, { ...nobody, ...named }] as const);
  return { everywhere: { ...nobody, ...everywhere }, apps: new Map(own) };
}

const all = 'yyyyyyyy';
const none = '--------';

/** Who is refused whatever is configured, and however they are named. */
const outsiders = (id: string): readonly Case[] => [
  { person: 'the same, deactivated', who: slack(id, { standing: 'deactivated' }), may: none },
  { person: 'the same id, of another workspace', who: slack(id, { standing: 'stranger' }), may: none },
];

export const scenes: readonly Scene[] = [
  {
    title: 'Nothing is configured',
    says: 'Everybody of the workspace may do everything. People cannot be named for one app: that would shut everybody out of the others.',
    policy: policy({}),
    cases: [
      { person: 'anybody of the workspace', who: slack('U0ADA'), may: 'yyyyyyy-' },
      { person: 'a guest', who: slack('U0GUEST', { standing: 'guest' }), may: none },
      {
        person: 'somebody, while Slack does not answer',
        who: slack('U0ADA', { standing: 'unknown', unsure: true }),
        may: 'yyyyyyy-',
      },
      ...outsiders('U0ADA'),
      { person: 'somebody at a terminal', who: terminal('root'), may: 'yyyy-yy-' },
    ],
  },
  {
    title: 'Operators are named, and nobody else',
    says: '`MAINT_OPERATORS=U0ADA,S0ONCALL,C0OPS`. Who is not named may not even look; `MAINT_VIEWERS=everybody` lets them. Where no approvers are named, operators approve.',
    policy: policy({ operators: ['U0ADA', 'S0ONCALL', 'C0OPS'] }),
    cases: [
      { person: 'an operator, by user id', who: slack('U0ADA'), may: all },
      { person: 'an operator, by user group', who: slack('U0GRACE', { in: ['S0ONCALL'] }), may: all },
      { person: 'an operator, by channel', who: slack('U0LINUS', { in: ['C0OPS'] }), may: all },
      { person: 'in another group and channel', who: slack('U0MARY', { in: ['S0SALES', 'C0RANDOM'] }), may: none },
      { person: 'a guest, by user id', who: slack('U0ADA', { standing: 'guest' }), may: all },
      { person: 'a guest, by user group', who: slack('U0GUEST', { standing: 'guest', in: ['S0ONCALL'] }), may: all },
      {
        person: 'a guest who is in the channel',
        who: slack('U0GUEST', { standing: 'guest', in: ['C0OPS'] }),
        may: none,
      },
      { person: 'by user id, while Slack does not say which groups', who: slack('U0ADA', { unsure: true }), may: all },
      {
        person: 'by user id, while Slack does not answer at all',
        who: slack('U0ADA', { standing: 'unknown', unsure: true }),
        may: '-----y--',
      },
      { person: 'by user group, while Slack does not answer', who: slack('U0GRACE', { unsure: true }), may: none },
      ...outsiders('U0ADA'),
      { person: 'somebody at a terminal', who: terminal('root'), may: 'yyyy-yyy' },
      { person: 'somebody at a terminal with the id of an operator', who: terminal('U0ADA'), may: 'yyyy-yyy' },
    ],
  },
  {
    title: 'Operators, approvers and viewers are named',
    says: '`MAINT_OPERATORS=U0ADA`, `MAINT_APPROVERS=U0GRACE,S0ONCALL`, `MAINT_VIEWERS=everybody`. Now operators approve only where they are approvers as well.',
    policy: policy({ operators: ['U0ADA'], approvers: ['U0GRACE', 'S0ONCALL'], viewers: ['everybody'] }),
    cases: [
      { person: 'an operator', who: slack('U0ADA'), may: 'yyy--yyy' },
      { person: 'an operator who is an approver, by user group', who: slack('U0ADA', { in: ['S0ONCALL'] }), may: all },
      { person: 'an approver', who: slack('U0GRACE'), may: 'y-yyyy--' },
      {
        person: 'an approver, while Slack does not answer at all',
        who: slack('U0GRACE', { standing: 'unknown', unsure: true }),
        may: '-----y--',
      },
      { person: 'anybody else of the workspace', who: slack('U0MARY'), may: 'y-------' },
      {
        person: 'anybody else, while Slack does not answer',
        who: slack('U0MARY', { standing: 'unknown', unsure: true }),
        may: none,
      },
      { person: 'a guest', who: slack('U0GUEST', { standing: 'guest' }), may: none },
      ...outsiders('U0GRACE'),
    ],
  },
  {
    title: 'People are named for this app too',
    says: '`MAINT_OPERATORS=U0ADA`, and `who` of this app names U0MARY as operator, U0GRACE as approver and C0SHOP as viewers. Those for all apps keep their roles here, but for approvals: where the app names approvers, they approve.',
    policy: policy(
      { operators: ['U0ADA'] },
      { [shop]: { operators: ['U0MARY'], approvers: ['U0GRACE'], viewers: ['C0SHOP'] } },
    ),
    cases: [
      { person: 'an operator of all apps', who: slack('U0ADA'), may: 'yyy--yyy' },
      { person: 'an operator of this app', who: slack('U0MARY'), may: 'yyy--y--' },
      { person: 'an approver of this app', who: slack('U0GRACE'), may: 'y-yyyy--' },
      { person: 'a viewer of this app, by channel', who: slack('U0LINUS', { in: ['C0SHOP'] }), may: 'y-------' },
      { person: 'anybody else', who: slack('U0ALAN'), may: none },
    ],
  },
  {
    title: 'People are named for another app only',
    says: 'Once anything is configured, for whatever app, nobody may who is not named; a terminal still can.',
    policy: policy({}, { [blog]: { operators: ['U0MARY'] } }),
    cases: [
      { person: 'an operator of the other app', who: slack('U0MARY'), may: none },
      { person: 'anybody else', who: slack('U0ADA'), may: none },
      { person: 'somebody at a terminal', who: terminal('root'), may: 'yyyy-yyy' },
    ],
  },
  {
    title: 'People at terminals are named',
    says: '`MAINT_OPERATORS=U0ADA,cli:root`, `MAINT_APPROVERS=U0ADA,cli:deploy`. As soon as one `cli:` is named, the others at terminals have to be, too.',
    policy: policy({ operators: ['U0ADA', 'cli:root'], approvers: ['U0ADA', 'cli:deploy'] }),
    cases: [
      { person: '`root` at a terminal', who: terminal('root'), may: 'yyy--yyy' },
      { person: '`deploy` at a terminal', who: terminal('deploy'), may: 'y-yyyy--' },
      { person: 'somebody else at a terminal', who: terminal('mary'), may: none },
      { person: 'somebody in Slack with the id `root`', who: slack('root'), may: none },
    ],
  },
];
