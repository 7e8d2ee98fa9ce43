// One pass over what one run has to tell: the card first, then the notes in the order of what happened, then the messages
// that show something older than the run. How one message is sent is `sending`; what is left out, `moot`; what becomes of the
// card where a channel takes nothing, `nowhere`.
import type { Clock } from '../../clock.ts';
import { open } from '../../model/questions.ts';
import type { Run } from '../../model/run.ts';
import type { Message, Store } from '../../store/store.ts';
import type { Drawn } from '../views/blocks.ts';
import { card as drawCard } from '../views/card.ts';
import { emergencyParts } from '../views/emergency.ts';
import { broadcasts, note as drawNote } from '../views/note.ts';
import { beginAnew, leaveBehind } from './anew.ts';
import { sendOutput } from './files.ts';
import { keeps, mootness } from './moot.ts';
import { moved, nowhere, refuses } from './nowhere.ts';
import { hashOf, type Place, plainly } from './post.ts';
import { Sending, type SendingParts } from './sending.ts';
import { failed, failedFor, type Refused, type Told } from './told.ts';
import type { Warnings } from './warning.ts';

export type { Told } from './told.ts';

export interface Telling extends SendingParts {
  readonly store: Pick<
    Store,
    'load' | 'messages' | 'setMessage' | 'told' | 'emergencyTold' | 'unheard' | 'outputParts'
  >;
  readonly clock: Clock;
  readonly defaultChannel: string | null;
  readonly warnings: Warnings;
  /** Milliseconds of real time until this run's card may be updated again; 0 counts as an update. */
  readonly pace: (runId: string) => number;
}

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
  readonly #sending: Sending;
  /** The channel took nothing for so long that it is not asked any more. */
  #gaveUp = false;

  constructor(telling: Telling, runId: string) {
    this.#telling = telling;
    this.#id = runId;
    this.#sending = new Sending(telling, runId);
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
        await this.#sending.drop(note, 'the card could not be posted');
      await store.told(this.#id, run.seq);
      return { is: 'told' };
    }
    const notes = messages.filter((m) => m.kind !== 'card');
    let refused: Told | null = null;
    for (const note of notes.filter(waits)) {
      const failed = await this.#tellNote(run, placed, note, notes);
      if (failed === null) continue;
      if (failed === 'again' || failed.is !== 'refused') return failed;
      // The thread takes nothing new; what is there already may still be brought up to date.
      refused = failedFor(failed.why);
      break;
    }
    if (run.emergencyToldAt === null && notes.some((m) => m.kind === 'emergency' && m.state === 'sent')) {
      // The process that posted it died before it could say so.
      await store.emergencyTold(this.#id, this.#telling.clock.now());
    }
    // One that was only found now shows what it showed when it was posted.
    const there = notes.some(waits) ? await store.messages(this.#id) : messages;
    for (const note of there.filter((m) => m.kind !== 'card' && m.state === 'sent')) {
      let failed: Told | 'again' | null = null;
      if (note.kind === 'question') failed = await this.#redraw(run, note, placed, this.#draw(run, note)[0]);
      if (note.kind === 'emergency' && run.ended !== null) failed = await this.#void(run, note, placed);
      if (failed !== null) return failed;
    }
    const now = this.#telling.clock.now();
    const drawn = drawCard(run, now);
    if (hashOf(drawn) !== placed.drawn) {
      const wait = this.#telling.pace(this.#id);
      if (wait > 0) return { is: 'later', ms: wait };
      const failed = await this.#redraw(run, placed, placed, drawn);
      if (failed !== null) return failed;
    }
    if (refused !== null) return refused;
    this.#telling.warnings.over(this.#id);
    if (placed.why !== null && !this.#gaveUp) await this.#sending.set(placed, { why: null });
    await store.told(this.#id, run.seq);
    return { is: 'told' };
  }

  /** The card with its place, posted if it was not there yet. */
  async #place(run: Run, card: Message): Promise<Message | Told | 'again'> {
    if (card.state === 'sent' || card.state === 'dropped') return card;
    const channel = card.channel ?? run.channel ?? this.#telling.defaultChannel;
    if (channel === null) return nowhere(this.#telling, this.#sending, run, card, 'there is no channel');
    const place: Place = { channel, thread: null, broadcast: false };
    const sent = await this.#sending.send(card, place, [drawCard(run, this.#telling.clock.now())]);
    if ('state' in sent) {
      this.#telling.pace(this.#id);
      return sent;
    }
    if (sent.is === 'channel' || sent.is === 'gone') {
      return (await moved(this.#telling, this.#sending, run, card, channel, sent.why))
        ? 'again'
        : nowhere(this.#telling, this.#sending, run, card, sent.why);
    }
    if (sent.is === 'content') return nowhere(this.#telling, this.#sending, run, card, sent.why);
    return failed(sent);
  }

  async #tellNote(
    run: Run,
    card: Message,
    note: Message,
    notes: readonly Message[],
  ): Promise<Told | 'again' | Refused | null> {
    const { channel, ts } = card;
    if (channel === null || ts === null) return 'again';
    const moot = mootness(run, note, notes);
    if (moot !== null) return this.#leaveOut(note, { channel, thread: ts, broadcast: false }, moot);
    const asked = run.questions.find((q) => q.id === note.question);
    const broadcast = note.kind !== 'card' && broadcasts(run, note.kind) && (asked === undefined || open(asked));
    const place = { channel, thread: ts, broadcast };
    const sent =
      note.kind === 'work-output'
        ? await sendOutput(this.#telling, this.#sending, run, note, place)
        : await this.#sending.send(note, place, this.#draw(run, note));
    if (sent === null) {
      await this.#sending.drop(note, 'there is nothing of it any more');
      return null;
    }
    if ('state' in sent) {
      if (note.kind === 'emergency') await this.#telling.store.emergencyTold(this.#id, this.#telling.clock.now());
      await leaveBehind(this.#telling, run, note, { channel, thread: ts, broadcast });
      return null;
    }
    switch (sent.is) {
      case 'channel':
        if (await refuses(this.#telling, this.#sending, run, card, channel, sent.why)) return 'again';
        this.#telling.settled(this.#id, note, { is: 'refused', why: sent.why });
        // A note is not given up because nobody has let maint into the channel yet.
        if (this.#keeps(run)) return { is: 'refused', why: sent.why };
        this.#gaveUp = true;
        await this.#sending.drop(note, sent.why);
        return null;
      case 'gone':
        await beginAnew(this.#telling, this.#sending, run, card, { channel: null, why: null });
        return 'again';
      case 'content':
        await this.#sending.drop(note, sent.why);
        return null;
      default:
        return failed(sent);
    }
  }

  /** For a note that would only confuse by now, unless it has been posted already. */
  async #leaveOut(note: Message, place: Place, why: string): Promise<Told | null> {
    const there = note.state === 'sending' ? await this.#sending.find(place, { run: this.#id, key: note.key }) : null;
    if (there !== null && there.is !== 'found' && there.is !== 'absent') return failed(there);
    if (there?.is !== 'found') await this.#sending.drop(note, why);
    else await this.#sending.set(note, { state: 'sent', channel: place.channel, ts: there.ts });
    return null;
  }

  /** The commands of a maintenance that is over would undo what was done since: every part of the card says so. */
  async #void(run: Run, note: Message, card: Message): Promise<Told | 'again' | null> {
    const [drawn] = this.#draw(run, note);
    const { channel } = note;
    if (hashOf(drawn) === note.drawn || channel === null) return null;
    if (channel !== card.channel) return this.#leftBehind(note, drawn);
    for (let n = 2; n <= emergencyParts(run); n += 1) {
      const mark = { run: this.#id, key: `${note.key}/${n}` };
      const there = await this.#sending.find({ channel, thread: card.ts, broadcast: false }, mark);
      if (there === null || there.is === 'absent') continue;
      if (there.is !== 'found') return failed(there);
      const updated = await this.#telling.post.update(channel, there.ts, mark, drawn);
      if (updated.is === 'slow' || updated.is === 'down') return failed(updated);
    }
    return this.#redraw(run, note, card, drawn);
  }

  async #redraw(run: Run, message: Message, card: Message, drawn: Drawn): Promise<Told | 'again' | null> {
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
        await this.#sending.set(message, { drawn: hash, why: null });
        return null;
      case 'gone':
        log.warn({ ...mark, why: updated.why }, 'a message cannot be changed any more; it is posted anew');
        if (message.kind === 'card')
          await beginAnew(this.#telling, this.#sending, run, message, { channel: null, why: null });
        else await this.#sending.set(message, { state: 'pending', ts: null, drawn: null });
        return 'again';
      case 'channel':
        if (message.channel !== card.channel) return this.#leftBehind(message, drawn);
        if (await refuses(this.#telling, this.#sending, run, card, message.channel, updated.why)) return 'again';
        if (this.#keeps(run)) return failedFor(updated.why);
        this.#gaveUp = true;
        await this.#sending.set(message, { drawn: hash, why: updated.why });
        return null;
      case 'content':
        await this.#sending.set(message, { drawn: hash, why: updated.why });
        return null;
      default:
        return failed(updated);
    }
  }

  /** In a channel that takes nothing any more, and that the card has left: it stays as it is. */
  async #leftBehind(message: Message, drawn: Drawn): Promise<null> {
    await this.#sending.set(message, { drawn: hashOf(drawn) });
    return null;
  }

  #keeps(run: Run): boolean {
    return keeps(run, this.#telling.clock.now());
  }

  #draw(run: Run, note: Message): readonly [Drawn, ...Drawn[]] {
    const now = this.#telling.clock.now();
    return note.kind === 'card'
      ? [drawCard(run, now)]
      : drawNote(run, { kind: note.kind, question: note.question }, now);
  }
}

function waits(message: Message): boolean {
  return message.state === 'pending' || message.state === 'sending';
}
