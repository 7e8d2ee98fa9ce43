// Which events the channel hears of. A note is inserted in the transaction of its event, once under its key; the card is
// not a note: it is drawn anew whenever the run has moved.
import type { Logged } from './event.ts';

export type NoteKind =
  | 'emergency'
  | 'question'
  | 'quieted'
  | 'turned'
  | 'extended'
  | 'reminded'
  | 'glass'
  | 'watched'
  | 'ended'
  | WorkNote;
/** `work-output` is no message but a file. */
export type WorkNote = 'work-started' | 'work-ended' | 'work-output';

export interface Note {
  /** Unique within the run. */
  readonly key: string;
  readonly kind: NoteKind;
  /** For `question` and for a reminder of one; of the notes of a work, the work. A question's message is redrawn when it is answered. */
  readonly question: string | null;
  /** The event it tells of. */
  readonly seq: number;
}

export function notesOf({ seq, event }: Logged): readonly Note[] {
  const note = (kind: NoteKind, question: string | null = null): Note[] => [
    { key: `${kind}-${seq}`, kind, question, seq },
  ];
  switch (event.is) {
    case 'planned':
      // What stands against starting is asked first; the commands are posted all the same: they are what will be undone.
      return event.items.length > 0 && !event.concerns.some((c) => c.is === 'refuse') ? note('emergency') : [];
    case 'corrected':
    case 'appeared':
    case 'renamed':
      return note('emergency');
    case 'asked':
      return note('question', event.question);
    case 'reminded':
      return note('reminded', event.question);
    case 'work-started':
      return note(event.is, event.id);
    case 'work-ended':
      return [...note(event.is, event.id), ...(event.lines > 0 ? note('work-output', event.id) : [])];
    case 'glass-broken':
      return note('glass');
    case 'done':
      return event.watched === true ? note('watched') : [];
    case 'quieted':
    case 'turned':
    case 'extended':
    case 'ended':
      return note(event.is);
    default:
      return [];
  }
}
