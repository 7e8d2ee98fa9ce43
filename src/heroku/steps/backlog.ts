// What waits in the app's queues before the first worker comes back: a maintenance gathers jobs, and all workers at once on a
// large backlog can bring down what they work with. A queue that cannot be read never holds up a restore.
//
// What the maintenance itself explains is no news: after three hours every job that waits at its end may have waited three hours. So
// of the age only what is beyond it counts, a job that nobody had taken for an hour before anything was held; how much has gathered
// meanwhile is the number's to tell.
import type { Cx, Item } from '../../model/step.ts';
import type { Looked, QueueOf, Queues } from '../../steps/queues.ts';
import { span } from '../../steps/standing.ts';
import { type Asked, answerTo, ask, type ComingBack, heardAll, nextPart, type Said } from './coming-back.ts';
import { waitedFor } from './pace.ts';

/** So long for a queue that cannot be read, milliseconds. */
const PATIENCE = 30_000;
const NAMED = 5;

/** Whether there is anything to look at. */
export function hasBacklog(cx: Cx, queues: Queues | null): boolean {
  return queues !== null && cx.settings.backlog !== null && readable(cx, queues).length > 0;
}

/** An app that keeps the contract cannot be asked behind the door. */
function readable(cx: Cx, queues: Queues): readonly QueueOf[] {
  return queues.of(cx).filter(({ system }) => system.over !== 'http');
}

export async function backlog(
  cx: Cx,
  queues: Queues | null,
  items: readonly Item<number>[],
  at: ComingBack,
): Promise<Said> {
  const limit = cx.settings.backlog;
  const answer = answerTo(cx, at);
  const goOn = (slowly: boolean): Said => ({
    is: 'again',
    memo: nextPart(cx, items, { ...heardAll(cx, at), slowly }),
  });
  if (answer !== undefined || queues === null || limit === null) return goOn(answer?.answer === 'go-slowly');
  const looked = await queues.look(cx, readable(cx, queues));
  const dark = looked.filter(({ found }) => found.is === 'unreadable');
  const waiting = total(looked);
  if (waiting > limit.jobs || (longest(looked) ?? 0) - held(cx) > limit.age) {
    return ask(cx, at, asNow(cx, looked, waiting, at.asked), ['go-on', 'go-slowly']);
  }
  if (dark.length > 0 && waitedFor(cx) < PATIENCE) {
    const why = dark.map(({ title, found }) => `${title} cannot be read${found.is === 'read' ? '' : `: ${found.why}`}`);
    return { is: 'waiting', why: why.join('; '), look: 5_000, memo: at };
  }
  return goOn(false);
}

/** The question as it was asked, unless it has grown much: it is not to change with every job. */
function asNow(cx: Cx, looked: readonly Looked[], waiting: number, asked: Asked | null): Asked {
  const shown = Number(asked?.about[0] ?? Number.NaN);
  if (asked !== null && Math.abs(waiting - shown) < shown / 10) return asked;
  const age = longest(looked);
  const where = looked.filter(({ found }) => found.is === 'read' && found.reading.queued > 0);
  return {
    key: 'backlog',
    says: `${number(waiting)} ${waiting === 1 ? 'job waits' : 'jobs wait'} in ${where.map(({ title }) => title).join(', ')}${age === null ? '' : `, the oldest for ${span(age)}${ofIt(cx, age)}`}`,
    details: [...looked.map(says), ...untold(where)],
    at: asked?.at ?? cx.now,
    about: [String(waiting)],
    passes: true,
  };
}

function says({ title, found }: Looked): string {
  if (found.is === 'unreadable') return `${title} cannot be read: ${found.why}`;
  const { queues, later, failed } = found.reading;
  const most = queues.filter(({ queued }) => queued > 0).toSorted((a, b) => b.queued - a.queued);
  const named = most.slice(0, NAMED).map(({ name, queued }) => `${name} ${number(queued)}`);
  const more = most.length > NAMED ? [`and ${most.length - NAMED} more queues`] : [];
  const due = later !== null && later > 0 ? [`${number(later)} due later`] : [];
  const lost = failed !== null && failed > 0 ? [`${number(failed)} failed so far`] : [];
  return `${title}: ${[...(named.length === 0 ? ['nothing waits'] : named), ...more, ...due, ...lost].join(', ')}`;
}

function untold(where: readonly Looked[]): readonly string[] {
  const silent = where.filter(({ found }) => found.is === 'read' && found.reading.waiting === null);
  if (silent.length === 0) return [];
  return [`since when the oldest waits is not known of ${silent.map(({ title }) => title).join(', ')}`];
}

/** Milliseconds that the maintenance has taken so far. */
function held({ now, touchedAt = null }: Cx): number {
  return touchedAt === null ? 0 : Math.max(0, now - touchedAt);
}

function ofIt(cx: Cx, age: number): string {
  const of = held(cx);
  if (of === 0) return '';
  return age <= of ? ', all of it in this maintenance' : `, ${span(of)} of it in this maintenance`;
}

/** Milliseconds that the oldest waiting job of all waits; null where none does, or none of the systems tells. */
function longest(looked: readonly Looked[]): number | null {
  const ages = looked.flatMap(({ found }) => (found.is === 'read' ? (found.reading.waiting?.ageMs ?? []) : []));
  return ages.length === 0 ? null : Math.max(...ages);
}

function total(looked: readonly Looked[]): number {
  return looked.reduce((so, { found }) => so + (found.is === 'read' ? found.reading.queued : 0), 0);
}

function number(n: number): string {
  return n.toLocaleString('en');
}
