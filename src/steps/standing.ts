// How a queue stands, in the words of the drain: for the card while it is waited for, and for what it has found in the end.
import type { Looked } from './queues.ts';

export function standing({ title, found }: Looked): string {
  if (found.is === 'unreadable') return `${title} cannot be read: ${found.why}`;
  const { running, queued, oldest, doubt } = found.reading;
  const age = oldest === null ? '' : `, the oldest for ${span(oldest.ageMs)} (${oldest.what})`;
  // Of what is waited for in vain the reason is mostly known: a worker that died with its job.
  const but = doubt === null ? '' : `, but ${doubt}`;
  return running === 0
    ? `${title}: nothing runs, looked at once more`
    : `${title}: ${running} running, ${queued} queued${age}${but}`;
}

export function span(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 100) return `${seconds} s`;
  const all = Math.round(ms / 60_000);
  return all < 100 ? `${all} min` : `${Math.floor(all / 60)} h ${all % 60} min`;
}

/** "12:31:05 UTC". */
export function clock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
