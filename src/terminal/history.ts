// `history [app] [run]`: the last maintenances, or the whole trail of one, for people, as JSON and as CSV. The field names are
// stable; times are ISO 8601.
import type { Person } from '../model/person.ts';
import { phase } from '../model/phase.ts';
import { approved, approvers } from '../model/questions.ts';
import type { Run } from '../model/run.ts';
import type { History, RunTrail } from '../run/commands/reply.ts';
import { csv } from './csv.ts';
import { DONE, show } from './outcome.ts';
import type { Reached } from './reach.ts';
import { clean, type Screen } from './screen.ts';

/** `run`: its id, or `last`. */
export async function history(
  reached: Reached,
  screen: Screen,
  asked: { readonly app: string | null; readonly run: string | null },
  asCsv: boolean,
): Promise<number> {
  const { app, run } = asked;
  const reply =
    app === null || run === null
      ? await reached.call({ method: 'history', app })
      : await reached.call({ method: 'trail', app, run });
  if (!asCsv || (reply.is !== 'history' && reply.is !== 'trail')) return show(screen, reply);
  screen.records(reply.is === 'history' ? historyCsv(reply) : trailCsv(reply));
  return DONE;
}

export function historyText({ runs }: History, now: number): string {
  if (runs.length === 0) return 'There has been no maintenance yet.';
  return runs
    .map((run) => {
      const { id, app, because, quietAt } = run;
      const held = quietAt === null ? '' : `; quiet for ${minutes((run.turned?.at ?? run.ended?.at ?? now) - quietAt)}`;
      const by = letOpen(run);
      return [
        `${utc(run.askedAt)}  ${clean(app.name)} [${clean(id)}] ${phase(run)}${held}${by.length === 0 ? '' : `; approved by ${by.map(name).join(', ')}`}`,
        `  asked for by ${name(run.askedBy)}${because === null ? '' : `: ${clean(because)}`}`,
      ].join('\n');
    })
    .join('\n');
}

export function historyJson({ app, runs }: History) {
  return {
    app,
    runs: runs.map((run) => ({
      id: run.id,
      app: run.app,
      phase: phase(run),
      askedBy: run.askedBy,
      because: run.because,
      askedAt: iso(run.askedAt),
      endsAt: iso(run.endsAt),
      quietAt: isoOrNull(run.quietAt),
      turnedAt: isoOrNull(run.turned?.at ?? null),
      approvedBy: letOpen(run),
      glass: run.glass === null ? null : { ...run.glass, at: iso(run.glass.at) },
      ended: run.ended === null ? null : { ...run.ended, at: iso(run.ended.at) },
      commands: run.works.length,
    })),
  };
}

function historyCsv({ runs }: History): string[] {
  const head = [
    'run',
    'app_id',
    'app',
    'phase',
    'asked_by',
    'asked_by_id',
    'because',
    'asked_at',
    'planned_end',
    'quiet_at',
    'turned_at',
    'approved_by',
    'glass_broken_by',
    'ended_at',
    'ended_why',
    'commands',
  ];
  return csv(
    head,
    runs.map((run) => [
      run.id,
      run.app.id,
      run.app.name,
      phase(run),
      run.askedBy.name,
      run.askedBy.id,
      run.because,
      iso(run.askedAt),
      iso(run.endsAt),
      isoOrNull(run.quietAt),
      isoOrNull(run.turned?.at ?? null),
      letOpen(run).map(name).join('; '),
      run.glass === null ? null : name(run.glass.by),
      isoOrNull(run.ended?.at ?? null),
      run.ended?.why ?? null,
      run.works.length,
    ]),
  );
}

export function trailText({ run, entries }: RunTrail): string {
  return [
    `${clean(run.app.name)} [${clean(run.id)}]: ${phase(run)}`,
    ...entries.map(({ at, by, what }) => `${seconds(at)}  ${by === null ? '' : `${name(by)} `}${clean(what)}`),
  ].join('\n');
}

export function trailJson({ run, entries }: RunTrail) {
  return {
    run: { id: run.id, app: run.app, phase: phase(run) },
    trail: entries.map(({ seq, at, is, by, what }) => ({ seq, at: iso(at), event: is, by, what })),
  };
}

function trailCsv({ run, entries }: RunTrail): string[] {
  return csv(
    ['run', 'app', 'seq', 'at', 'event', 'by', 'by_id', 'via', 'what'],
    entries.map(({ seq, at, is, by, what }) => [
      run.id,
      run.app.name,
      seq,
      iso(at),
      is,
      by?.name ?? null,
      by?.id ?? null,
      by?.via ?? null,
      what,
    ]),
  );
}

/** Who approved the way back; who broke the glass alone has no approval. */
function letOpen(run: Run): readonly Person[] {
  const question = run.questions.findLast(approved);
  if (question === undefined || run.glass?.by.id === question.answered?.by.id) return [];
  return approvers(question);
}

function name(person: Person): string {
  return clean(person.name === '' ? person.id : person.name);
}

function minutes(ms: number): string {
  return `${Math.max(0, Math.round(ms / 60_000))} min`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}

function utc(at: number): string {
  return `${iso(at).slice(0, 16).replace('T', ' ')} UTC`;
}

function seconds(at: number): string {
  return iso(at).slice(0, 19).replace('T', ' ');
}
