// Who is let through the door: the policy as it is now, asked about the person as Slack knows them now. Every refusal is written
// down.
import type { Person } from '../../model/person.ts';
import type { Run } from '../../model/run.ts';
import { Named } from '../../model/settings.ts';
import type { AppRef, Calling } from '../../model/step.ts';
import { type Act, atThisTerminal, may, type Who } from '../../policy/may.ts';
import { gatheringsOf, namedFor, nobody, type Policy } from '../../policy/policy.ts';
import { type Door, findApp, refused, troubleAsAnswer, writtenDown } from './door.ts';
import type { Refused } from './reply.ts';

/** Whoever was let in, for what is asked about them after that. */
export interface Admitted {
  readonly is: 'admitted';
  readonly who: Who;
  readonly policy: Policy;
}

/** `app`: its id; null: none in particular. `what`: for the audit trail. */
export async function admitted(
  door: Door,
  by: Person,
  act: Act,
  app: string | null,
  what: string,
): Promise<Admitted | Refused> {
  const policy = await policyOf(door);
  const who = await whoIs(door, by, gatheringsOf(namedFor(policy, app)));
  const verdict = may(who, act, app, policy);
  if (verdict.is === 'yes') return { is: 'admitted', who, policy };
  return writtenDown(door, by, what, refused(verdict.says, verdict.remedy));
}

/**
 * For an app that only its name is known of. Who is named for all apps is let in before anything is looked up; whoever could be
 * named for this one alone costs a call to the platform, which goes behind everybody else's.
 */
export async function admittedByName(
  door: Door,
  by: Person,
  act: Act,
  name: string,
  what: string,
): Promise<Admitted | Refused> {
  const policy = await policyOf(door);
  const who = await whoIs(door, by, gatheringsOf(policy.everywhere));
  const verdict = may(who, act, null, policy);
  if (verdict.is === 'yes') return { is: 'admitted', who, policy };
  const outside = who.standing === 'deactivated' || who.standing === 'stranger';
  if (policy.apps.size > 0 && !outside) {
    const app = await troubleAsAnswer(door, () => findApp(door, name, 'poll'));
    if (!('is' in app)) return admitted(door, by, act, app.id, what);
  }
  return writtenDown(door, by, what, refused(verdict.says, verdict.remedy));
}

/** To look at whatever they may see: `who` knows of every gathering that is named for any app. Refused where there is nothing at all. */
export async function admittedSomewhere(door: Door, by: Person, what: string): Promise<Admitted | Refused> {
  const policy = await policyOf(door);
  const all = [null, ...policy.apps.keys()];
  const gatherings = new Set(all.flatMap((app) => gatheringsOf(namedFor(policy, app))));
  const who = await whoIs(door, by, [...gatherings]);
  const everywhere = may(who, 'look', null, policy);
  if (everywhere.is === 'yes' || all.some((app) => may(who, 'look', app, policy).is === 'yes')) {
    return { is: 'admitted', who, policy };
  }
  return writtenDown(door, by, what, refused(everywhere.says, everywhere.remedy));
}

/** To look at these runs: those that the person may see. Refused where there is nothing at all that they may. */
export async function visible(
  door: Door,
  by: Person,
  runs: readonly Run[],
  what: string,
): Promise<readonly Run[] | Refused> {
  const entry = await admittedSomewhere(door, by, what);
  return entry.is === 'refused' ? entry : runs.filter(({ app }) => sees(entry, app.id));
}

/** `app`: its id. */
export function sees({ who, policy }: Admitted, app: string): boolean {
  return may(who, 'look', app, policy).is === 'yes';
}

export function operates({ who, policy }: Admitted, app: AppRef | null): boolean {
  return may(who, 'operate', app?.id ?? null, policy).is === 'yes';
}

/** Who may only look takes no call of the platform that a run or an operator could need. */
export function priorityOf(entry: Admitted, app: AppRef | null = null): Calling['priority'] {
  return operates(entry, app) ? 'person' : 'poll';
}

async function whoIs(door: Door, by: Person, gatherings: readonly string[]): Promise<Who> {
  return by.via === 'terminal' ? atThisTerminal(by) : door.whoIs(by, gatherings);
}

/** As it is now: for all apps as maint was started with, for single ones as their settings say. */
export async function policyOf(door: Door): Promise<Policy> {
  const own = await door.store.settingOfApps('who');
  const apps = own.map(({ appId, value }) => {
    const read = Named.safeParse(value);
    if (!read.success)
      door.log.warn({ app: appId }, 'who may do what in an app cannot be read: nobody may who is not named for all');
    return [appId, read.success ? read.data : unreadable] as const;
  });
  return { everywhere: door.who, apps: new Map(apps) };
}

/** Somebody was named, and who that is nobody knows any more: it must not count as nobody named. */
const unreadable: Named = { ...nobody, operators: ['unreadable'] };
