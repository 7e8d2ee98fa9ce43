// The card begins a new thread: in another channel, or because somebody deleted it. With it goes what people still have to
// answer, and the commands; what they leave in the old thread says so, for nothing keeps that up to date any more.
import { setTimeout } from 'node:timers/promises';
import { open } from '../../model/questions.ts';
import type { Run } from '../../model/run.ts';
import type { Message, Store } from '../../store/store.ts';
import { type Drawn, message, section } from '../views/blocks.ts';
import { emergencyParts } from '../views/emergency.ts';
import { said } from '../views/text.ts';
import { mootness } from './moot.ts';
import type { Failure, Mark, Place } from './post.ts';
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

/** Where the old messages are nobody remembers afterwards, so a hiccup of Slack is waited for here: so often, and milliseconds each. */
const TRIES = 3;
const MOST_WAIT = 5_000;

/**
 * `note` as it was before it was posted again. Its old message must not be taken for the one that counts: its buttons would
 * stay after the answer, and its commands after the end. What goes on failing here is only logged: the new message is there.
 */
export async function leaveBehind({ post, log, claimed }: Parts, run: Run, note: Message, place: Place): Promise<void> {
  const { channel, ts } = note;
  if (ts === null || channel !== place.channel) return;
  const unchanged = (key: string, is: Failure['is']): void =>
    log.warn({ run: run.id, key, is }, 'a message in the thread of a deleted card stays as it is');
  /** Null where another process tells of the run by now. */
  const again = async <T extends { readonly is: string }>(
    ask: () => Promise<T | Failure>,
  ): Promise<T | Failure | null> => {
    for (let tries = 1; ; tries += 1) {
      if (!(await claimed(run.id))) return null;
      const answer = await ask();
      if (tries === TRIES || !isHiccup(answer)) return answer;
      await setTimeout(answer.is === 'slow' ? Math.min(answer.ms, MOST_WAIT) : 1_000);
    }
  };
  const replace = async (at: string, key: string): Promise<void> => {
    // Under a name of its own, so that it is not found when the note is looked for.
    const mark = { run: run.id, key: `${key}/was-${at}` };
    const updated = await again(() => post.update(channel, at, mark, behind(run, note)));
    if (updated === null) return;
    if (updated.is !== 'updated' && updated.is !== 'gone') unchanged(key, updated.is);
  };
  const parts = note.kind === 'emergency' ? emergencyParts(run) : 1;
  for (let n = 2; n <= parts; n += 1) {
    const mark: Mark = { run: run.id, key: `${note.key}/${n}` };
    const there = await again(() => post.find({ channel, thread: ts }, mark));
    if (there === null) return;
    if (there.is === 'found') await replace(there.ts, mark.key);
    else if (there.is !== 'absent') unchanged(mark.key, there.is);
  }
  await replace(ts, note.key);
}

function isHiccup(answer: { readonly is: string } | Failure): answer is Failure & { readonly is: 'slow' | 'down' } {
  return answer.is === 'slow' || answer.is === 'down';
}

function behind(run: Run, note: Message): Drawn {
  const what = note.kind === 'emergency' ? '🧯 this emergency card' : '❓ this question';
  const text = `*${said(run.app.name, 60)}*: ${what} has moved. The card of this thread was deleted; there is a new card, and this is in its thread.`;
  return message(text, { top: [section(text)] });
}
