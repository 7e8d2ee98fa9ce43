// Which notes are better left out because time has passed over them: Slack was down, and now a later note says it better.
import { open, type Run } from '../../model/run.ts';
import type { Message } from '../../store/store.ts';

/** Why a note that has waited is better not posted any more. */
export function mootness(run: Run, note: Message, notes: readonly Message[]): string | null {
  const newer = notes.some(
    (n) => n.kind === note.kind && n.question === note.question && n.seq > note.seq && n.state !== 'dropped',
  );
  if (note.kind === 'emergency' && newer) return 'a later emergency card replaces it';
  if (note.kind === 'emergency' && run.ended !== null) return 'the maintenance has ended: its commands would be void';
  if (note.kind !== 'reminded') return null;
  if (newer) return 'there is a later reminder';
  const asked = run.questions.find((q) => q.id === note.question);
  if (run.ended !== null || (asked === undefined ? run.way === 'back' : !open(asked)))
    return 'there is nothing to remind of any more';
  return null;
}
