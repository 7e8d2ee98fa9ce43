// What stands against beginning in an app's job queues: a job that should be over long since, and what cannot be read or held.
import type { Json } from '../model/json.ts';
import type { Concern } from '../model/preflight.ts';
import type { Cx, Look, StepName } from '../model/step.ts';
import { olderThanAllowed } from '../steps/drain.ts';
import { type Looked, type Queues, unreadableName } from '../steps/queues.ts';
import type { Formation } from './api/formation.ts';
import { sharedLook } from './queues.ts';

/** These ask for themselves where they cannot look. */
const HOLDS = ['intake', 'quieted', 'contract'];

export async function queueConcerns(
  queues: Queues | null,
  cx: Cx,
  formation: readonly Formation[],
  looks: Promise<ReadonlyMap<StepName, Look<Json>>>,
): Promise<readonly Concern[]> {
  if (queues === null || queues.of(cx).length === 0) return [];
  const looked = await sharedLook(queues, cx);
  const found = await looks;
  const asked = HOLDS.some((name) => found.get(name)?.is === 'unusable');
  return [...tooOld(cx, looked), ...(asked ? [] : unreadable(looked)), ...shared(looked, formation)];
}

export const OLD_JOB = 'Let it end, or stop it, and start again; how old a job may be is the setting abortIfOlderThan.';

/** Found before anybody is locked out: waiting for it would take as long as the job likes. */
function tooOld(cx: Cx, looked: readonly Looked[]): readonly Concern[] {
  const says = olderThanAllowed(cx, looked);
  if (says === null) return [];
  return [{ name: 'old-job', is: 'refuse', says, remedy: OLD_JOB, except: null }];
}

function unreadable(looked: readonly Looked[]): readonly Concern[] {
  return looked.flatMap((queue): Concern[] => {
    const { title, found } = queue;
    if (found.is === 'read') return [];
    const name = unreadableName(queue);
    const says = `${title} cannot be read: ${found.why}`;
    return [{ name, is: 'ask', says, remedy: 'Accept it to start without seeing its jobs.', except: title }];
  });
}

/** Only the process that answers has heard of a pause. */
function shared(looked: readonly Looked[], formation: readonly Formation[]): readonly Concern[] {
  const web = formation.find(({ type }) => type === 'web')?.quantity ?? 0;
  const asked = looked.find(({ system }) => system.over === 'http');
  if (asked === undefined || web < 2) return [];
  const says = `${asked.title} is answered by one of ${web} web dynos, whichever it is: that all of them pause, and go on afterwards, is not provable`;
  return [{ name: 'contract-shared', is: 'warn', says, remedy: '', except: null }];
}
