// How a run ended, in the words of `expected.md`: the gravest thing that happened to it on the way. And whether that, with
// the app as it stands then, is what the row says.
import { PATROL } from '../../src/model/patrol.ts';
import { open } from '../../src/model/questions.ts';
import type { Run } from '../../src/model/run.ts';
import type { Phase } from './crossing.ts';
import type { End, Row } from './expected.ts';
import type { Played } from './play.ts';

/** Null where it has not ended. */
export function endOf({ run, earlier }: Pick<Played, 'run' | 'earlier'>): End | null {
  // Refused before there was a run: nothing was ever sent.
  if (run === null) return 'cancelled';
  const ends = [run, ...earlier].map(endOfOne);
  if (ends.includes(null)) return null;
  return ends.find((end) => end !== 'restored') ?? 'restored';
}

function endOfOne(run: Run): End | null {
  if (run.ended === null) return null;
  if (run.ended.as === 'cancelled') return 'cancelled';
  return gravest(run);
}

function gravest(run: Run): End {
  // While holding nothing waits for what a patrol could not look at: unanswered, it was a notice and no more.
  const stuck = run.questions.filter(
    ({ about, answered }) =>
      (about.is === 'stuck' && (about.step !== PATROL || answered !== null)) ||
      // Its web, or the first worker of a type, is not well: all the others wait for it, or for a person.
      (about.is === 'step' && (about.key === 'health' || about.key === 'canary')),
  );
  if (stuck.some((q) => q.answered?.answer === 'give-up')) return 'gone';
  if (stuck.some((q) => q.answered !== null)) return 'stuck';
  if (stuck.length > 0) return 'stuck by itself';
  if (run.questions.some((q) => q.about.is === 'drift' && q.answered !== null)) return 'drift';
  if (run.questions.some((q) => q.about.is === 'violation' && q.answered !== null)) return 'violation';
  if (run.questions.some((q) => q.about.is === 'resume' && q.withdrawn !== null && !open(q))) return 'approval';
  if (run.turned !== null && run.turned.by === null) return 'turned';
  if (run.questions.some((q) => q.about.is === 'start' && q.answered !== null)) return 'asked';
  return 'restored';
}

/** Null where all is as the row says. */
export function wrongIn(
  row: Row,
  began: Phase,
  played: Played,
  allowed: (run: Run, difference: string) => boolean,
): string | null {
  const { run, wrong } = played;
  const said = [...wrong];
  const end = endOf(played);
  const expected = row.ends[began];
  if (end === null) {
    const asks = run?.questions.filter(open).map((q) => q.about.is);
    said.push(`it did not end (${asks?.length === 0 ? 'nobody is asked' : `asked: ${asks?.join(', ')}`})`);
  } else if (!expected.includes('any') && !expected.includes(end)) {
    said.push(`began while ${began}, expected ${expected.join(' or ') || 'that it cannot happen'}, got ${end}`);
    if (run?.turned?.by === null) said.push(`turned: ${run.turned.why}`);
    for (const q of run?.questions ?? []) {
      if (q.about.is === 'stuck') said.push(`stuck: ${q.about.step}: ${q.about.why}`);
      if (q.withdrawn !== null) said.push(`withdrawn ${q.about.is}: ${q.withdrawn}`);
    }
    if (run?.ended?.as === 'cancelled') said.push(`cancelled: ${run.ended.why}`);
  }
  for (const difference of played.differences) {
    // What somebody meant otherwise before anything was sent for it is its new `before`, which the watcher holds it to.
    const place = difference.split(':')[0] ?? '';
    if (played.log.some(({ event }) => event.is === 'corrected' && place.endsWith(`.${event.item.key}`))) continue;
    if (run === null || !allowed(run, difference)) said.push(`not as before: ${difference}`);
  }
  return said.length === 0 ? null : said.join('; ');
}
