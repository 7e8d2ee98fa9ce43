// What patrols have seen of an app that is held: what people do in it, and what was stopped. What maint runs for the
// operators itself is none of that.
import type { Activity, Event } from '../event.ts';
import type { Patrol, Run, Work } from '../run.ts';
import { seenBy, worked } from '../work.ts';

const MOST_ACTIVITY = 100;

export function patrolled(run: Run, at: number, event: Event & { is: 'patrolled' }): Run {
  const { is: _, activity, ...seen } = event;
  const before = run.patrol?.activity ?? [];
  const fresh = theirs(run.works, activity).filter(({ key }) => !before.some((one) => one.key === key));
  const patrol = {
    ...seen,
    activity: [...before, ...fresh].slice(-MOST_ACTIVITY),
    stopped: counted(run.patrol?.stopped ?? {}, fresh),
    trouble: null,
  };
  // What could not be looked up for an approval can be by now, where everything could.
  const approvalTrouble = event.unseen.length === 0 ? null : run.approvalTrouble;
  return { ...run, patrol, works: seenBy(run.works, at, event.unseen), approvalTrouble };
}

export function workStarted(run: Run, at: number, event: Event & { is: 'work-started' }): Run {
  const works = worked(run.works, at, event);
  // While nobody knew whether it had begun it was somebody's.
  const patrol = run.patrol === null ? null : { ...run.patrol, activity: theirs(works, run.patrol.activity) };
  return { ...run, works, patrol };
}

/** Without what maint runs itself, which has a list of its own. */
function theirs(works: readonly Work[], activity: readonly Activity[]): readonly Activity[] {
  return activity.filter(({ dyno }) => dyno === undefined || !works.some((work) => work.dyno?.id === dyno));
}

function counted(before: Patrol['stopped'], fresh: readonly Activity[]): Patrol['stopped'] {
  const now = new Map(Object.entries(before));
  for (const { stopped } of fresh) if (stopped !== undefined) now.set(stopped, (now.get(stopped) ?? 0) + 1);
  return Object.fromEntries(now);
}
