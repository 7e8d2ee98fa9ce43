// The card begins a new thread: in another channel, or because somebody deleted it. With it goes what people still have to
// answer, and the commands; what they leave in the old thread says so, for nothing keeps that up to date any more.
import { open, type Run } from '../../model/run.ts';
import type { Message, Store } from '../../store/store.ts';
import { type Drawn, message, section } from '../views/blocks.ts';
import { emergencyParts } from '../views/emergency.ts';
import { said } from '../views/text.ts';
import { mootness } from './moot.ts';
import type { Mark, Place } from './post.ts';
import type { Sending, SendingParts } from './sending.ts';

interface Parts extends SendingParts {
  readonly store: Pick<Store, 'messages' | 'setMessage'>;
}

/** Where the card goes, and why; `channel` only where it is another one. */
type Anew = { readonly why: string; readonly channel: string } | { readonly why: null; readonly channel: null };

export async function beginAnew({ store }: Parts, sending: Sending, run: Run, card: Message, to: Anew): Promise<void> {
  const notes = (await store.messages(run.id)).filter((m) => m.kind !== 'card' && m.state === 'sent');
  // The card last: a process that dies in between finds it as it was, and does all of this again.
  for (const note of notes) {
    const asked = run.questions.find((q) => q.id === note.question);
    const needed = note.kind === 'question' ? asked !== undefined && open(asked) : note.kind === 'emergency';
    if (run.ended !== null || !needed || mootness(run, note, notes) !== null) continue;
    // In the channel that the card stays in the old message can still be changed: its row remembers where it is.
    const old = to.channel === null ? {} : { channel: null, ts: null };
    await sending.set(note, { ...old, state: 'pending', drawn: null });
  }
  const place = to.channel === null ? {} : to;
  await sending.set(card, { ...place, state: 'pending', ts: null, drawn: null });
}

/**
 * `note` as it was before it was posted again. Its old message must not be taken for the one that counts: its buttons would
 * stay after the answer, and its commands after the end. What fails here is only logged: the new message is there.
 */
export async function leaveBehind({ post, log, claimed }: Parts, run: Run, note: Message, place: Place): Promise<void> {
  const { channel, ts } = note;
  if (ts === null || channel !== place.channel) return;
  const replace = async (at: string, key: string): Promise<void> => {
    if (!(await claimed(run.id))) return;
    // Under a name of its own, so that it is not found when the note is looked for.
    const updated = await post.update(channel, at, { run: run.id, key: `${key}/was-${at}` }, behind(run, note));
    if (updated.is !== 'updated' && updated.is !== 'gone')
      log.warn({ run: run.id, key, is: updated.is }, 'a message in the thread of a deleted card stays as it is');
  };
  const parts = note.kind === 'emergency' ? emergencyParts(run) : 1;
  for (let n = 2; n <= parts; n += 1) {
    const mark: Mark = { run: run.id, key: `${note.key}/${n}` };
    if (!(await claimed(run.id))) return;
    const there = await post.find({ channel, thread: ts }, mark);
    if (there.is === 'found') await replace(there.ts, mark.key);
  }
  await replace(ts, note.key);
}

function behind(run: Run, note: Message): Drawn {
  const what = note.kind === 'emergency' ? '🧯 this emergency card' : '❓ this question';
  const text = `*${said(run.app.name, 60)}*: ${what} has moved. The card of this thread was deleted; there is a new card, and this is in its thread.`;
  return message(text, { top: [section(text)] });
}
