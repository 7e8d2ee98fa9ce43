// Proves that the app is quiet, from what Heroku shows at this moment: maintenance mode, dynos, jobs. What cannot be
// seen is said to be not provable (I10), never left out.
import { z } from 'zod';
import type { Finding } from '../../model/proof.ts';
import type { Cx, Hold, Verdict, Wait } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import type { Dyno } from '../api/dynos.ts';
import { readMarker } from '../schedulers/marker.ts';
import { pace, waitedFor } from './pace.ts';
import { SCHEDULER } from './scheduler-jobs.ts';

/** A dyno that should not be there may be on its way out: looked at again this long before it is a violation. */
const GRACE = 2 * 60_000;

export function quietProof(heroku: Heroku, jobs: Hold<string>): Wait {
  return {
    kind: 'wait',
    name: 'proof',
    title: 'Proof',
    memo: z.null(),
    async settle(cx): Promise<Verdict<null>> {
      cx.reads.forget();
      const [app, dynos, formation, scheduled] = await Promise.all([
        heroku.apps.info(cx, cx.app.id),
        heroku.dynos.list(cx, cx.app.id),
        heroku.formation.list(cx, cx.app.id),
        jobs.look(cx),
      ]);
      const findings = [
        door(cx, app.maintenance),
        ...dynoFindings(
          cx,
          dynos,
          formation.filter((f) => f.quantity > 0).map((f) => f.type),
          scheduled.is === 'seen',
        ),
        ...jobFindings(cx, scheduled),
      ];
      const violated = findings.filter((finding) => finding.is === 'violated').map((finding) => finding.says);
      if (violated.length === 0) return { is: 'done', findings };
      const why = `not quiet: ${violated.join('; ')}`;
      return waitedFor(cx) < GRACE ? { is: 'waiting', why, look: pace(cx), memo: null } : { is: 'failed', why };
    },
  };
}

function door(cx: Cx, on: boolean): Finding {
  return {
    subject: 'Maintenance mode',
    is: on ? 'proved' : 'violated',
    says: on ? 'on' : 'maintenance mode is off',
    at: cx.now,
  };
}

function dynoFindings(
  cx: Cx,
  dynos: readonly Dyno[],
  wanted: readonly string[],
  jobsAreHeld: boolean,
): readonly Finding[] {
  const of = (is: Finding['is'], subject: string, says: string): Finding => ({ subject, is, says, at: cx.now });
  const allowed = (dyno: Dyno): boolean =>
    dyno.type === 'web' ||
    dyno.type === 'run' ||
    (dyno.type === 'scheduler' && readMarker(dyno.command)?.runId === cx.run);
  const all = dynos.filter((dyno) => !allowed(dyno));
  // Jobs that could not be paused go on starting: that was accepted by name.
  const jobs = jobsAreHeld ? [] : all.filter((dyno) => dyno.type === 'scheduler');
  const strange = all.filter((dyno) => !jobs.includes(dyno));
  const revived = wanted.filter((type) => type !== 'web' && type !== 'release');
  const web = dynos.filter((dyno) => dyno.type === 'web').length;
  const oneOffs = dynos.filter((dyno) => dyno.type === 'run');
  const findings: Finding[] = [];
  if (strange.length > 0)
    findings.push(of('violated', 'Dynos', `still running: ${strange.map((d) => d.name).join(', ')}`));
  if (revived.length > 0) findings.push(of('violated', 'Formation', `scaled up again: ${revived.join(', ')}`));
  if (findings.length === 0)
    findings.push(of('proved', 'Dynos', `${dynos.length} running, none but web, one-offs and paused jobs`));
  if (jobs.length > 0)
    findings.push(of('not provable', SCHEDULER, `jobs are running: ${jobs.map((d) => d.name).join(', ')}`));
  if (oneOffs.length > 0)
    findings.push(of('not provable', 'One-off dynos', `${oneOffs.map((d) => d.name).join(', ')} may write`));
  if (web > 0)
    findings.push(
      of(
        'not provable',
        'Web',
        `${web} web ${web === 1 ? 'dyno keeps' : 'dynos keep'} running: what ${web === 1 ? 'it does' : 'they do'} in the background cannot be seen`,
      ),
    );
  return findings;
}

function jobFindings(cx: Cx, look: Awaited<ReturnType<Hold<string>['look']>>): readonly Finding[] {
  const of = (is: Finding['is'], says: string): Finding[] => [{ subject: SCHEDULER, is, says, at: cx.now }];
  if (look.is !== 'seen') return of('not provable', 'its jobs cannot be read: whether they start is not known');
  if (look.items.length === 0) return [];
  const loud = look.items.filter((item) => readMarker(item.value)?.runId !== cx.run).map((item) => item.label);
  if (loud.length > 0) return of('violated', `not paused: ${loud.join(', ')}`);
  return of(
    'proved',
    `${look.items.length} of ${look.items.length} jobs carry the marker of this maintenance, read back`,
  );
}
