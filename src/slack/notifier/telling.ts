// One pass over what one run has to tell: the card first, then the notes in the order of what happened, then the messages
// that show something older than the run. Before a message is sent its row says so, and one that is found so is looked for
// in Slack before it is sent again: Slack itself takes everything twice.
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import { open, type Run } from '../../model/run.ts';
import type { Message, MessagePatch, Store } from '../../store/store.ts';
import type { Drawn } from '../views/blocks.ts';
import { card as drawCard } from '../views/card.ts';
import { broadcasts, note as drawNote } from '../views/note.ts';
import { mootness } from './moot.ts';
import { type Failure, type Found, hashOf, type Mark, type Place, type Post, type Posted, plainly } from './post.ts';

export interface Telling {
  readonly store: Pick<Store, 'load' | 'messages' | 'setMessage' | 'told' | 'emergencyTold' | 'claimTelling'>;
  readonly post: Post;
  readonly clock: Clock;
  readonly log: Logger;
  readonly defaultChannel: string | null;
  /** Claims the telling of the run again, for long enough for one call; false where another process has it. */
  readonly claimed: (runId: string) => Promise<boolean>;
  /** Milliseconds of real time until this run's card may be updated again; 0 counts as an update. */
  readonly pace: (runId: string) => number;
  readonly settled: (runId: string, card: Message) => void;
}

export type Told =
  | { readonly is: 'told' }
  /** Another process tells it, or there is nothing to tell. */
  | { readonly is: 'elsewhere' }
  /** There is more, after so many milliseconds. */
  | { readonly is: 'later'; readonly ms: number }
  | { readonly is: 'failed'; readonly why: string; readonly ms: number | null };

/** How often one pass begins anew because a message turned out to be gone: a channel that eats messages is left alone. */
const AGAIN = 3;

export async function tell(telling: Telling, runId: string): Promise<Told> {
  for (let again = 0; again < AGAIN; again += 1) {
    const pass = new Pass(telling, runId);
    const told = await pass.run();
    if (told !== 'again') return told;
  }
  return { is: 'failed', why: 'messages were gone as soon as they were posted', ms: null };
}

class Pass {
  readonly #telling: Telling;
  readonly #id: string;

  constructor(telling: Telling, runId: string) {
    this.#telling = telling;
    this.#id = runId;
  }

  async run(): Promise<Told | 'again'> {
    const { store } = this.#telling;
    if (!(await this.#telling.claimed(this.#id))) return { is: 'elsewhere' };
    // In this order: a note that was inserted in between would be drawn from a run that its event has not reached.
    const messages = await store.messages(this.#id);
    const run = await store.load(this.#id);
    if (run === null || run.channel === null) return { is: 'elsewhere' };
    const card = messages.find((m) => m.kind === 'card');
    if (card === undefined) return { is: 'elsewhere' };

    const placed = await this.#place(run, card);
    if (placed === 'again' || 'is' in placed) return placed;
    if (placed.state === 'dropped') {
      for (const note of messages.filter((m) => m !== card && waits(m)))
        await this.#drop(note, 'the card could not be posted');
      await store.told(this.#id, run.seq);
      return { is: 'told' };
    }
    const notes = messages.filter((m) => m.kind !== 'card');
    for (const note of notes.filter(waits)) {
      const failed = await this.#tellNote(run, placed, note, notes);
      if (failed !== null) return failed;
    }
    if (run.emergencyToldAt === null && notes.some((m) => m.kind === 'emergency' && m.state === 'sent')) {
      // The process that posted it died before it could say so.
      await store.emergencyTold(this.#id, this.#telling.clock.now());
    }
    for (const note of notes.filter((m) => m.kind === 'question' && m.state === 'sent')) {
      const failed = await this.#redraw(note, placed, this.#draw(run, note)[0]);
      if (failed !== null) return failed;
    }
    const now = this.#telling.clock.now();
    const drawn = drawCard(run, now);
    if (hashOf(drawn) !== placed.drawn) {
      const wait = this.#telling.pace(this.#id);
      if (wait > 0) return { is: 'later', ms: wait };
      const failed = await this.#redraw(placed, placed, drawn);
      if (failed !== null) return failed;
    }
    await store.told(this.#id, run.seq);
    return { is: 'told' };
  }

  /** The card with its place, posted if it was not there yet. */
  async #place(run: Run, card: Message): Promise<Message | Told | 'again'> {
    if (card.state === 'sent' || card.state === 'dropped') return card;
    const channel = card.channel ?? run.channel ?? this.#telling.defaultChannel;
    if (channel === null) return this.#drop(card, 'there is no channel');
    const place: Place = { channel, thread: null, broadcast: false };
    const sent = await this.#send(card, place, [drawCard(run, this.#telling.clock.now())]);
    if ('state' in sent) {
      this.#telling.pace(this.#id);
      this.#telling.settled(this.#id, sent);
      return sent;
    }
    if (sent.is === 'channel' || sent.is === 'gone') return this.#elsewhere(card, channel, sent.why);
    if (sent.is === 'content') return this.#drop(card, sent.why);
    return failed(sent);
  }

  async #tellNote(run: Run, card: Message, note: Message, notes: readonly Message[]): Promise<Told | 'again' | null> {
    const { channel, ts } = card;
    if (channel === null || ts === null) return 'again';
    const moot = mootness(run, note, notes);
    if (moot !== null) return this.#leaveOut(note, { channel, thread: ts, broadcast: false }, moot);
    const asked = run.questions.find((q) => q.id === note.question);
    const broadcast = note.kind !== 'card' && broadcasts(note.kind) && (asked === undefined || open(asked));
    const sent = await this.#send(note, { channel, thread: ts, broadcast }, this.#draw(run, note));
    if ('state' in sent) {
      if (note.kind === 'emergency') await this.#telling.store.emergencyTold(this.#id, this.#telling.clock.now());
      return null;
    }
    switch (sent.is) {
      case 'channel':
        await this.#set(note, { state: 'pending' });
        if (channel !== this.#telling.defaultChannel && this.#telling.defaultChannel !== null) {
          return (await this.#elsewhere(card, channel, sent.why)) === 'again' ? 'again' : null;
        }
        await this.#drop(note, sent.why);
        return null;
      case 'gone':
        await this.#set(card, { state: 'pending', ts: null, drawn: null });
        return 'again';
      case 'content':
        await this.#drop(note, sent.why);
        return null;
      default:
        return failed(sent);
    }
  }

  /** For a note that would only confuse by now, unless it has been posted already. */
  async #leaveOut(note: Message, place: Place, why: string): Promise<Told | null> {
    const there = note.state === 'sending' ? await this.#find(place, { run: this.#id, key: note.key }) : null;
    if (there !== null && there.is !== 'found') return failed(there);
    if (there === null) await this.#drop(note, why);
    else await this.#set(note, { state: 'sent', channel: place.channel, ts: there.ts });
    return null;
  }

  /** Sends a message whose row is `pending` or `sending`, all its parts; the row as it is then, or why not. */
  async #send(message: Message, place: Place, parts: readonly [Drawn, ...Drawn[]]): Promise<Message | Failure> {
    const doubtful = message.state === 'sending';
    await this.#set(message, { state: 'sending', channel: place.channel, tries: message.tries + 1 });
    let first: { channel: string; ts: string; drawn: string | null } | null = null;
    for (const [i, part] of parts.entries()) {
      const mark = { run: this.#id, key: i === 0 ? message.key : `${message.key}/${i + 1}` };
      const there = doubtful ? await this.#find(place, mark) : null;
      if (there !== null && there.is !== 'found') return there;
      // What a found one shows is not known: drawn as nothing, it is drawn anew.
      const sent = there === null ? await this.#post(place, mark, part) : { ...place, ts: there.ts, drawn: null };
      if (sent === lost) return lost;
      if ('is' in sent) {
        // Where it is sure that nothing was posted nobody has to look for it.
        const unclear = i > 0 || (sent.is === 'down' && sent.unclear);
        await this.#set(message, { state: unclear ? 'sending' : 'pending', why: 'why' in sent ? sent.why : null });
        return sent;
      }
      first ??= { channel: sent.channel, ts: sent.ts, drawn: sent.drawn };
    }
    return this.#set(message, { ...first, state: 'sent', why: null });
  }

  /** Null where it is not there, or cannot be looked for. */
  async #find(place: Place, mark: Mark): Promise<(Found & { is: 'found' }) | Failure | null> {
    if (!(await this.#telling.claimed(this.#id))) return lost;
    const found = await this.#telling.post.find(place, mark);
    if (found.is === 'found' || found.is === 'slow') return found;
    if (found.is === 'down' && found.why !== 'missing_scope') return found;
    if (found.is !== 'absent') {
      this.#telling.log.warn({ ...mark, why: found.why }, 'a message may be posted twice: it could not be looked for');
    }
    return null;
  }

  async #post(
    place: Place,
    mark: Mark,
    drawn: Drawn,
  ): Promise<{ channel: string; ts: string; drawn: string } | Failure> {
    if (!(await this.#telling.claimed(this.#id))) return lost;
    let posted: Posted = await this.#telling.post.post(place, mark, drawn);
    if (posted.is === 'content') {
      this.#telling.log.error(
        { ...mark, why: posted.why },
        'Slack did not take a message as drawn; it is sent as text',
      );
      posted = await this.#telling.post.post(place, mark, plainly(drawn));
    }
    return posted.is === 'posted' ? { channel: posted.channel, ts: posted.ts, drawn: hashOf(drawn) } : posted;
  }

  async #redraw(message: Message, card: Message, drawn: Drawn): Promise<Told | 'again' | null> {
    const hash = hashOf(drawn);
    if (hash === message.drawn || message.channel === null || message.ts === null) return null;
    if (!(await this.#telling.claimed(this.#id))) return { is: 'elsewhere' };
    const mark = { run: this.#id, key: message.key };
    const { post, log } = this.#telling;
    let updated = await post.update(message.channel, message.ts, mark, drawn);
    if (updated.is === 'content') {
      log.error(
        { ...mark, why: updated.why },
        'Slack did not take a message as it was drawn; it is sent as plain text',
      );
      updated = await post.update(message.channel, message.ts, mark, plainly(drawn));
    }
    switch (updated.is) {
      case 'updated':
        await this.#set(message, { drawn: hash, why: null });
        return null;
      case 'gone':
        log.warn({ ...mark, why: updated.why }, 'a message cannot be changed any more; it is posted anew');
        await this.#set(message, { state: 'pending', ts: null, drawn: null });
        return 'again';
      case 'channel':
        if ((await this.#elsewhere(card, message.channel, updated.why)) === 'again') return 'again';
        await this.#set(message, { drawn: hash, why: updated.why });
        return null;
      case 'content':
        await this.#set(message, { drawn: hash, why: updated.why });
        return null;
      default:
        return failed(updated);
    }
  }

  /** The default channel instead, where there is another; else a card that was never posted is dropped. */
  async #elsewhere(card: Message, channel: string, why: string): Promise<Message | 'again'> {
    const { defaultChannel, log } = this.#telling;
    if (defaultChannel !== null && defaultChannel !== channel) {
      log.warn({ run: this.#id, channel, why }, 'the channel takes no message; the default channel gets the card');
      await this.#set(card, { state: 'pending', channel: defaultChannel, ts: null, drawn: null, why });
      return 'again';
    }
    if (card.state === 'sent') {
      log.error({ run: this.#id, channel, why }, 'the channel takes no message any more, and there is no other');
      return card;
    }
    return this.#drop(card, why);
  }

  async #drop(message: Message, why: string): Promise<Message> {
    const level = message.kind === 'card' ? 'error' : 'info';
    this.#telling.log[level]({ run: this.#id, key: message.key, why }, 'a message is not posted');
    const dropped = await this.#set(message, { state: 'dropped', why });
    if (message.kind === 'card') this.#telling.settled(this.#id, dropped);
    return dropped;
  }

  #draw(run: Run, note: Message): readonly [Drawn, ...Drawn[]] {
    const now = this.#telling.clock.now();
    return note.kind === 'card'
      ? [drawCard(run, now)]
      : drawNote(run, { kind: note.kind, question: note.question }, now);
  }

  async #set(message: Message, patch: MessagePatch): Promise<Message> {
    await this.#telling.store.setMessage(this.#id, message.key, patch);
    return { ...message, ...patch };
  }
}

/** The claim on the telling passed to another process, or this one is closing. */
const lost: Failure = { is: 'slow', ms: 1_000 };

function waits(message: Message): boolean {
  return message.state === 'pending' || message.state === 'sending';
}

function failed(failure: Failure): Told {
  if (failure.is === 'slow') return { is: 'failed', why: 'asked to slow down', ms: failure.ms };
  return { is: 'failed', why: failure.why, ms: null };
}
