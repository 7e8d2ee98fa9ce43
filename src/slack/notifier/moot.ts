// Which notes are better left out because time has passed over them: Slack was down, and now a later note says it better.
import { open } from '../../model/questions.ts';
import type { Run } from '../../model/run.ts';
import type { Message } from '../../store/store.ts';
import { leftOpen } from '../views/emergency.ts';

/** From the end of a run; domain time. */
const KEPT = 24 * 3_600_000;

/**
 * Whether a channel that takes nothing is still tried. Whoever was told that it catches up may let maint in only after the
 * end; but nobody does so days later, and then to read of an old maintenance.
 */
export function keeps(run: Run, now: number): boolean {
  return run.ended === null || now < run.ended.at + KEPT;
}

/** Why a note that has waited is better not posted any more. */
export function mootness(run: Run, note: Message, notes: readonly Message[]): string | null {
  const newer = notes.some(
    (n) => n.kind === note.kind && n.question === note.question && n.seq > note.seq && n.state !== 'dropped',
  );
  if (note.kind === 'emergency' && newer) return 'a later emergency card replaces it';
  // What was left as it is still needs its commands.
  if (note.kind === 'emergency' && run.ended !== null && leftOpen(run).length === 0)
    return 'the maintenance has ended: its commands would be void';
  const asked = run.questions.find((q) => q.id === note.question);
  // An answer is worth reading: it says who decided what.
  if (note.kind === 'question' && run.ended !== null && asked?.answered === null)
    return 'nobody answered it, and the maintenance has ended';
  if (note.kind === 'watched' && run.ended !== null) return 'the receipt says it';
  if (note.kind !== 'reminded') return null;
  if (newer) return 'there is a later reminder';
  if (run.ended !== null || (asked === undefined ? run.way === 'back' : !open(asked)))
    return 'there is nothing to remind of any more';
  return null;
}
