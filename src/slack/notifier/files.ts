// What a command printed, as a file in the thread of its run: uploaded first, which nobody sees, and then shared, which is done
// once. Its id is written down in between, and a share that may have happened is looked for before it is done again.
import { stripVTControlCharacters } from 'node:util';
import type { Run, Work } from '../../model/run.ts';
import type { Message, OutputPart, Store } from '../../store/store.ts';
import { outputElsewhere } from '../views/work.ts';
import type { Failure, Place } from './post.ts';
import type { Sending, SendingParts } from './sending.ts';

interface Parts extends SendingParts {
  readonly store: Pick<Store, 'setMessage' | 'outputParts'>;
}

/** After so many tries of a Slack that takes everything else the thread is told where to read it instead. */
const TRIES = 5;

/** The row as it is then, or why not. Null: there is nothing to post any more. */
export async function sendOutput(
  parts: Parts,
  sending: Sending,
  run: Run,
  note: Message,
  place: Place,
): Promise<Message | Failure | null> {
  const work = run.works.find(({ id }) => id === note.question);
  if (work === undefined) return null;
  // In words instead: whether those have been posted is looked for as for any other note.
  if (note.state === 'sending' && note.file === null) return inWords(sending, run, work, note, place);
  if (note.tries >= TRIES)
    return inWords(sending, run, work, await sending.set(note, { state: 'pending', file: null }), place);
  if (!(await parts.claimed(run.id))) return lost;
  const uploaded = await upload(parts, sending, run, work, note);
  if (uploaded === null || 'is' in uploaded) return settled(sending, run, work, note, place, uploaded);
  const { file } = uploaded;
  if (file === null) return null;
  if (note.state === 'sending') {
    const there = await parts.post.findFile(place, file);
    if (there.is === 'slow' || there.is === 'down') return there;
    if (there.is === 'found') return sending.set(uploaded, { state: 'sent', channel: place.channel, why: null });
  }
  if (!(await parts.claimed(run.id))) return lost;
  const shared = await parts.post.share(place, file, titleOf(run, work));
  if (shared.is === 'shared') return sending.set(uploaded, { state: 'sent', channel: place.channel, why: null });
  // Where it is sure that nobody sees it, it is uploaded anew.
  const unclear = shared.is === 'down' && shared.unclear;
  const again = unclear ? {} : { state: 'pending' as const, file: null };
  const why = 'why' in shared ? shared.why : null;
  const now = await sending.set(uploaded, { ...again, why, tries: uploaded.tries + 1 });
  return settled(sending, run, work, now, place, shared);
}

/** Already uploaded where the row says so. `sending` with the file's id is written down before it is shared. */
async function upload(
  { store, post }: Parts,
  sending: Sending,
  run: Run,
  work: Work,
  note: Message,
): Promise<Message | Failure | null> {
  if (note.file !== null) return note;
  const text = textOf(await store.outputParts({ run: run.id, work: work.id }, 0));
  if (text === '') return null;
  const counted = await sending.set(note, { tries: note.tries + 1 });
  const uploaded = await post.upload(`${run.app.name}-${work.id}.txt`, text);
  if (uploaded.is !== 'uploaded') return uploaded;
  return sending.set(counted, { state: 'sending', file: uploaded.file });
}

/** What can pass is tried again; a channel that takes no file from us may still take a message. */
async function settled(
  sending: Sending,
  run: Run,
  work: Work,
  note: Message,
  place: Place,
  failure: Failure | null,
): Promise<Message | Failure | null> {
  if (failure === null || failure.is === 'slow' || failure.is === 'gone') return failure;
  if (failure.is === 'down' && failure.why !== 'missing_scope') return failure;
  return inWords(sending, run, work, { ...note, state: 'pending', why: failure.why }, place);
}

function inWords(sending: Sending, run: Run, work: Work, note: Message, place: Place): Promise<Message | Failure> {
  return sending.send(note, place, [outputElsewhere(run, work, note.why)]);
}

function titleOf(run: Run, work: Work): string {
  return `${run.app.name}: ${work.shows}`;
}

/** With a line where something was not kept, and without what would colour a terminal. */
function textOf(parts: readonly OutputPart[]): string {
  let last = 0;
  const texts = parts.map(({ n, text }) => {
    const gap = n === last + 1 ? '' : '… what came here was not kept …\n';
    last = n;
    return gap + text;
  });
  return stripVTControlCharacters(texts.join(''));
}

/** The claim on the telling passed to another process, or this one is closing. */
const lost: Failure = { is: 'slow', ms: 1_000 };
