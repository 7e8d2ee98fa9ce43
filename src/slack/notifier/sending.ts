// One message of a run on its way to Slack. Before it is sent its row says so, and one that is found so is looked for in
// Slack before it is sent again: Slack itself takes everything twice. What a failure means for the run is up to `telling`.
import type { Logger } from '../../log.ts';
import type { Message, MessagePatch, Store } from '../../store/store.ts';
import type { Drawn } from '../views/blocks.ts';
import type { Placed } from './placing.ts';
import { type Failure, type Found, hashOf, type Mark, type Place, type Post, type Posted, plainly } from './post.ts';

export interface SendingParts {
  readonly store: Pick<Store, 'setMessage'>;
  readonly post: Post;
  readonly log: Logger;
  /** Claims the telling of the run again, for long enough for one call; false where another process has it. */
  readonly claimed: (runId: string) => Promise<boolean>;
  /** Where a message of the run is, or that no channel takes it now. */
  readonly settled: (runId: string, message: Message, placed: Placed) => void;
}

export class Sending {
  readonly #telling: SendingParts;
  readonly #id: string;

  constructor(telling: SendingParts, runId: string) {
    this.#telling = telling;
    this.#id = runId;
  }

  /** Sends a message whose row is `pending` or `sending`, all its parts; the row as it is then, or why not. */
  async send(message: Message, place: Place, parts: readonly [Drawn, ...Drawn[]]): Promise<Message | Failure> {
    const doubtful = message.state === 'sending';
    await this.set(message, { state: 'sending', channel: place.channel, tries: message.tries + 1 });
    let first: { channel: string; ts: string; drawn: string | null } | null = null;
    for (const [i, part] of parts.entries()) {
      const mark = { run: this.#id, key: i === 0 ? message.key : `${message.key}/${i + 1}` };
      const there = doubtful ? await this.find(place, mark) : null;
      if (there !== null && there.is !== 'found' && there.is !== 'absent') return there;
      // What a found one shows is not known: drawn as nothing, it is drawn anew.
      const sent =
        there?.is === 'found' ? { ...place, ts: there.ts, drawn: null } : await this.#post(place, mark, part);
      if (sent === lost) return lost;
      if ('is' in sent) {
        // Where it is sure that nothing was posted nobody has to look for it.
        const unseen = doubtful && there === null;
        const unclear = i > 0 || unseen || (sent.is === 'down' && sent.unclear);
        await this.set(message, { state: unclear ? 'sending' : 'pending', why: 'why' in sent ? sent.why : null });
        return sent;
      }
      first ??= { channel: sent.channel, ts: sent.ts, drawn: sent.drawn };
    }
    const there = await this.set(message, { ...first, state: 'sent', why: null });
    this.#telling.settled(this.#id, there, { is: 'posted', channel: place.channel });
    return there;
  }

  /** Null where it cannot be looked for. */
  async find(place: Place, mark: Mark): Promise<Found | null> {
    if (!(await this.#telling.claimed(this.#id))) return lost;
    const found = await this.#telling.post.find(place, mark);
    if (found.is === 'found' || found.is === 'absent' || found.is === 'slow') return found;
    if (found.is === 'down' && found.why !== 'missing_scope') return found;
    this.#telling.log.warn({ ...mark, why: found.why }, 'a message may be posted twice: it could not be looked for');
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

  async set(message: Message, patch: MessagePatch): Promise<Message> {
    await this.#telling.store.setMessage(this.#id, message.key, patch);
    return { ...message, ...patch };
  }

  /** It is never posted. */
  async drop(message: Message, why: string): Promise<Message> {
    const level = message.kind === 'card' ? 'error' : 'info';
    this.#telling.log[level]({ run: this.#id, key: message.key, why }, 'a message is not posted');
    const dropped = await this.set(message, { state: 'dropped', why });
    this.#telling.settled(this.#id, dropped, { is: 'refused', why });
    return dropped;
  }
}

/** The claim on the telling passed to another process, or this one is closing. */
const lost: Failure = { is: 'slow', ms: 1_000 };
