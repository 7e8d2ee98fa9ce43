// Whether findings are enough to call an app quiet: nothing violated, what has to be proved proved, and what its settings
// demand. What is not provable besides is told and goes through. Pure.
import type { Finding } from '../../model/proof.ts';
import type { Settings } from '../../model/settings.ts';
import type { Answered } from '../../model/step.ts';
import { SCHEDULER } from '../steps/scheduler-jobs.ts';
import type { Sample } from './sample.ts';

/**
 * The findings with one for each demand that nothing was found out about. `others`: what other steps have found, some of which
 * cannot be looked at any more when it is proved.
 */
export function demanded(
  findings: readonly Finding[],
  settings: Settings,
  at: number,
  others: readonly Finding[] = [],
): readonly Finding[] {
  const missing = settings.demands.filter((subject) => !findings.some((finding) => isAbout(finding, subject)));
  return [
    ...findings,
    ...missing.flatMap((subject): readonly Finding[] => {
      const other = others.findLast((finding) => isAbout(finding, subject));
      if (other !== undefined) return other.is === 'proved' ? [] : [other];
      const says = 'the settings demand that it is proved, and there is nothing of that name to be looked at';
      return [{ subject, is: 'not provable', says, at }];
    }),
  ];
}

/** Those that stand against quiet. `starters`: what starts work, but for what the start was accepted without. */
export function unmet(
  findings: readonly Finding[],
  settings: Settings,
  starters: readonly string[],
): readonly Finding[] {
  const must = ['Dynos', ...starters];
  return findings.filter(
    (finding) =>
      finding.is === 'violated' ||
      (finding.is === 'not provable' &&
        (must.includes(finding.subject) || settings.demands.some((subject) => isAbout(finding, subject)))),
  );
}

/** Of what starts work, what this sample could read. */
export function readIn({ jobs, others }: Sample): readonly string[] {
  const all = [{ title: SCHEDULER, found: jobs }, ...(others ?? [])];
  return all.filter(({ found }) => found.is === 'read').map(({ title }) => title);
}

function isAbout({ subject }: Finding, demand: string): boolean {
  return subject.toLowerCase() === demand.toLowerCase();
}

/** What is violated now and was not among what a person was shown. */
export function notShown(shown: readonly Finding[], now: readonly Finding[]): readonly Finding[] {
  return now.filter((finding) => {
    if (finding.is !== 'violated') return false;
    const was = shown.filter(({ subject }) => subject === finding.subject);
    const names = was.flatMap(({ what }) => what ?? []);
    return was.length === 0 || (finding.what ?? []).some((one) => !names.includes(one));
  });
}

/** As they are, with the name of who has taken those that stand against quiet. */
export function accepted(
  findings: readonly Finding[],
  shown: readonly Finding[],
  { by, at }: Answered,
): readonly Finding[] {
  return findings.map((finding) =>
    shown.includes(finding)
      ? { ...finding, says: `${finding.says}; accepted by ${by.name}`, accepted: { by, at } }
      : finding,
  );
}

/** For people: "Dynos: still running: worker.1". */
export function sayAll(findings: readonly Finding[]): string {
  const says = findings.map(({ subject, says: evidence }) => `${subject}: ${evidence}`).join('; ');
  return says.length <= 400 ? says : `${says.slice(0, 399)}…`;
}
