// `proof`: the evidence of an app's maintenance at the terminal, for people and, with the numbers it rests on, as JSON. The
// field names are stable; times are ISO 8601.
import type { Finding } from '../model/proof.ts';
import type { Proved } from '../run/commands/reply.ts';
import { clean } from './screen.ts';

export function proofJson({ run, at, findings }: Proved) {
  const quiet = run.quietAt === null ? null : iso(run.quietAt);
  return { run: run.id, app: run.app, at: iso(at), quiet, findings: findings.map(findingJson) };
}

/** `rests`: each sample's numbers. Of a finding of an older version there are none, and it was seen at one moment. */
export function findingJson({ subject, is, says, from, at, what, rests, accepted, step }: Finding) {
  return {
    subject,
    step: step ?? null,
    is,
    says,
    from: iso(from ?? at),
    at: iso(at),
    what: what ?? [],
    accepted: accepted === undefined ? null : { by: accepted.by, at: iso(accepted.at) },
    rests: (rests ?? []).map((one) => ({ at: iso(one.at), on: one.on })),
  };
}

export function proofText({ run, at, findings }: Proved): string {
  const mark = { proved: 'ok', 'not provable': '?', violated: 'NO' };
  return [
    `The proof of ${clean(run.app.name)} [${clean(run.id)}], of ${iso(at)}:`,
    ...findings.map((one) => `  ${mark[one.is].padEnd(3)} ${clean(one.subject)}, ${one.is}: ${clean(one.says)}.`),
    ...(run.quietAt === null ? ['', 'It was not observed to its end: this is what was seen until then.'] : []),
    '',
    'The numbers that it rests on, and their times: --json',
  ].join('\n');
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
