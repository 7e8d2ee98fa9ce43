// Who may do what: one pure function of a person as Slack knows them at this moment, of the act, the app and the policy.
// Asked behind the one door for people (`run/commands`), at the command and at the click, never when a button is drawn.
import type { Person } from '../model/person.ts';
import type { Named } from '../model/settings.ts';
import { configured, namedFor, type Policy, type Role, roles } from './policy.ts';

export const acts = [
  /** Plan, status, history, doctor, proof, receipts, the windows that are planned, the settings as they are. */
  'look',
  /** Start, extend, run commands in the app and read what they print, turn back before it is quiet, answer what is asked, export, change settings. */
  'operate',
  /** Have the list shown that an approval is for, and put it away again. */
  'ask for approval',
  /** Let the app be opened, where one approval is enough and anybody's counts. */
  'approve',
  /** The same where several are needed, or where the one who asked does not count: it has to be known who is who. */
  'approve with others',
  /** Open the app alone, with a reason, in front of everybody. */
  'break the glass',
  /** How many approvals an app needs. */
  'set approvals',
  /** Who may do what in an app. */
  'name people',
] as const;
export type Act = (typeof acts)[number];

/** What Slack says of a person at the moment of the click. */
export type Standing =
  | 'member'
  /** Of this workspace, but let into some channels only. */
  | 'guest'
  /** Of another workspace, met in a shared channel, or nobody whom Slack knows. */
  | 'stranger'
  | 'deactivated'
  /** Slack did not say. */
  | 'unknown';

export interface Who {
  readonly person: Person;
  readonly standing: Standing;
  /** Of the user groups and channels that are named, those that the person is in. */
  readonly in: readonly string[];
  /** Slack did not say it of each of them. */
  readonly unsure: boolean;
}

/** Asked at the moment of the command. `gatherings`: ids of user groups (`S…`) and channels (`C…`, `G…`). Never rejects. */
export type WhoIs = (person: Person, gatherings: readonly string[]) => Promise<Who>;

/** Slack has nothing to say of who is at a terminal. */
export function atThisTerminal(person: Person): Who {
  return { person, standing: 'unknown', in: [], unsure: false };
}

/** Where nobody has asked Slack. */
export function unheard(person: Person): Who {
  return { person, standing: 'unknown', in: [], unsure: true };
}

export type Verdict =
  /** `as`: "an operator", for the audit trail. */
  | { readonly is: 'yes'; readonly as: string }
  | {
      readonly is: 'no';
      readonly says: string;
      /** What to do; a sentence. */
      readonly remedy: string;
    };

/** `app`: its id; null where it is about none in particular. */
export function may(who: Who, act: Act, app: string | null, policy: Policy): Verdict {
  const named = namedFor(policy, app);
  if (who.person.via === 'terminal') return atTerminal(who, act, named, policy);
  if (who.standing === 'deactivated')
    return no('Your account in Slack is deactivated.', 'An administrator of the workspace can activate it again.');
  if (who.standing === 'stranger')
    return no(
      'You are of another workspace than maint is.',
      'Ask somebody of the workspace that maint is installed in.',
    );
  if (!configured(policy)) return openToAll(who, act);
  const reason = rightTo(who, act, named, policy);
  if (reason === null) return who.unsure || who.standing === 'unknown' ? notKnown(act) : refusal(act, named);
  if (who.standing === 'unknown' && act !== 'break the glass') return notKnown(act);
  return { is: 'yes', as: reason };
}

/** Nothing is configured, so nothing is kept from anybody of the workspace. */
function openToAll({ standing }: Who, act: Act): Verdict {
  if (standing === 'guest')
    return no(
      'You are a guest in this workspace.',
      'An operator can be named in MAINT_OPERATORS: a guest has to be, by user id or user group.',
    );
  if (act === 'name people') return nobodyYet;
  return { is: 'yes', as: 'nobody is named, so everybody may' };
}

/**
 * Who is at a terminal holds the token of Heroku and the database, and could do without maint: refused only where people at
 * terminals are named. Its user name says nothing of who somebody is in Slack, so beside others it counts only by name.
 */
function atTerminal(who: Who, act: Act, named: Named, policy: Policy): Verdict {
  const listed = roles.some((role) => named[role].some((holder) => holder.startsWith('cli:')));
  if (act === 'name people' && !configured(policy)) return nobodyYet;
  if (listed) {
    const reason = rightTo(who, act, named, policy);
    return reason === null ? refusal(act, named) : { is: 'yes', as: reason };
  }
  if (act !== 'approve with others') return { is: 'yes', as: 'whoever is at the terminal holds the token' };
  return no(
    'This approval is one among several people, and a user name at a terminal does not say who somebody is in Slack.',
    'Approve in Slack, or have cli:NAME added to the approvers; alone, with a reason: break-glass.',
  );
}

function rightTo(who: Who, act: Act, named: Named, policy: Policy): string | null {
  const is = (role: Role, of = named): boolean => of[role].some((holder) => holds(who, holder));
  // Where nobody is named for approvals, who operates approves.
  const approver = named.approvers.length === 0 ? is('operators') : is('approvers');
  switch (act) {
    case 'look':
      return is('operators') ? 'an operator' : is('approvers') ? 'an approver' : is('viewers') ? 'a viewer' : null;
    case 'operate':
      return is('operators') ? 'an operator' : null;
    case 'approve':
    case 'approve with others':
      return approver ? 'an approver' : null;
    case 'ask for approval':
    case 'break the glass':
      return is('operators') ? 'an operator' : is('approvers') ? 'an approver' : null;
    case 'set approvals':
    case 'name people':
      // Not who is named for one app: they could name themselves for more.
      return is('operators', policy.everywhere) ? 'an operator of all apps' : null;
  }
}

/** A guest is meant only where named, by id or by user group. */
function holds({ person, standing, in: gatherings }: Who, holder: string): boolean {
  if (person.via === 'terminal') return holder === `cli:${person.id}`;
  if (holder === person.id) return true;
  if (holder === 'everybody') return standing === 'member';
  if (!gatherings.includes(holder)) return false;
  return standing === 'member' || (standing === 'guest' && holder.startsWith('S'));
}

const nobodyYet = no(
  'Nobody is named for all apps yet: a rule for one app would shut everybody out of all the others.',
  'Set MAINT_OPERATORS first.',
);

function notKnown(act: Act): Verdict {
  return no(
    'Slack does not say who you are, or which groups and channels you are in, so it cannot be told whether you may.',
    `Try again in a moment. ${act === 'look' ? 'npm run maint -- status, at a terminal, needs no Slack.' : 'Who is named by user id can break the glass meanwhile; a terminal needs no Slack.'}`,
  );
}

function refusal(act: Act, named: Named): Verdict {
  switch (act) {
    case 'look':
      return no(
        'You are not among those who may look.',
        'Ask an operator to add you to MAINT_VIEWERS, or to the viewers of the app.',
      );
    case 'operate':
      return no(
        'You are not among the operators, so you cannot change anything.',
        'Ask one of the operators, or have your Slack user id or group added to MAINT_OPERATORS, or to the operators of the app.',
      );
    case 'approve':
    case 'approve with others':
      return named.approvers.length === 0
        ? no('You are not among the operators, who approve here.', 'Ask one of them.')
        : no(
            'You are not among the approvers.',
            'Ask one of them, or have your Slack user id or group added to MAINT_APPROVERS, or to the approvers of the app.',
          );
    case 'ask for approval':
    case 'break the glass':
      if (named.approvers.length === 0) return no('You are not among the operators.', 'Ask one of them.');
      return no('You are neither among the operators nor among the approvers.', 'Ask one of them.');
    case 'set approvals':
    case 'name people':
      return no(
        'You are not among the operators of all apps, and only they say who may do what, and how many have to approve.',
        'Ask one of those in MAINT_OPERATORS.',
      );
  }
}

function no(says: string, remedy: string): Verdict & { is: 'no' } {
  return { is: 'no', says, remedy };
}
