// What the runs of an occurrence tell of it: quiet, restoring, restored, called off, extended, ended. Pure.
import { isWatched } from '../model/phase.ts';
import type { Run } from '../model/run.ts';
import type { Fact, Occurrence } from '../model/window.ts';

type OfApp = 'quiet' | 'restoring' | 'restored' | 'called-off';

/**
 * The next thing that has happened by its runs and is not among its facts yet; null where all of it is. `runs`: those that there
 * are; of one that never began it is known that it was called off.
 */
export function nextFact(occurrence: Occurrence, runs: readonly Run[], now: number): Fact | null {
  if (occurrence.state !== 'started') return null;
  const known = (is: OfApp, app: string): boolean =>
    occurrence.facts.some((fact) => fact.is === is && 'app' in fact && fact.app === app);
  const news = runs
    .flatMap((run) => told(run, now))
    .filter((fact) => !known(fact.is, fact.app))
    .sort((a, b) => a.at - b.at)[0];
  if (news !== undefined) return news;
  const endAt = Math.max(...runs.filter(({ ended }) => ended === null).map(({ endsAt }) => endsAt));
  if (endAt > occurrence.endAt) return { is: 'extended', at: now, endAt };
  const over = new Set(
    occurrence.facts.flatMap((fact) => (fact.is === 'restored' || fact.is === 'called-off' ? [fact.app] : [])),
  );
  return over.size >= occurrence.runs.length ? { is: 'ended', at: now } : null;
}

/** What is only watched is back. */
function isOver(run: Run): boolean {
  return run.ended !== null || isWatched(run);
}

function told(run: Run, now: number): readonly (Fact & { readonly is: OfApp })[] {
  const app = run.app.id;
  const { quietAt, turned, touchedAt, ended } = run;
  if (ended?.as === 'cancelled') return [{ is: 'called-off', at: ended.at, app, why: ended.why }];
  return [
    ...(quietAt === null ? [] : [{ is: 'quiet', at: quietAt, app } as const]),
    ...(turned === null || touchedAt === null ? [] : [{ is: 'restoring', at: turned.at, app } as const]),
    ...(isOver(run) ? [{ is: 'restored', at: ended?.at ?? now, app } as const] : []),
  ];
}
