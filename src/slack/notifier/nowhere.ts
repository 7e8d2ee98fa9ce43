// A channel takes nothing of a run: the card goes to the default channel, or, where that is no other, whoever asked for the run
// is warned and the card is tried again.
import type { Clock } from '../../clock.ts';
import { type Run, touched } from '../../model/run.ts';
import type { Message, Store } from '../../store/store.ts';
import { beginAnew } from './anew.ts';
import { keeps } from './moot.ts';
import type { Sending, SendingParts } from './sending.ts';
import { failedFor, type Told } from './told.ts';
import type { Warnings } from './warning.ts';

interface Parts extends SendingParts {
  readonly store: Pick<Store, 'messages' | 'setMessage' | 'unheard'>;
  readonly clock: Clock;
  readonly defaultChannel: string | null;
  readonly warnings: Warnings;
}

/**
 * No channel takes the card. It is tried again, slowly: somebody may let maint into the channel. The run is told, for it
 * should not begin unseen; one that ended with nothing sent has nothing to catch up with.
 */
export async function nowhere(
  { store, clock, warnings, settled }: Parts,
  sending: Sending,
  run: Run,
  card: Message,
  why: string,
): Promise<Message | Told> {
  if (run.ended !== null && !(run.items.some(touched) && keeps(run, clock.now()))) return sending.drop(card, why);
  const waiting = await sending.set(card, { state: 'pending', channel: null, ts: null, drawn: null, why });
  settled(run.id, waiting, { is: 'refused', why });
  await store.unheard(run.id, clock.now(), why);
  // Before anything was sent the run ends by itself, and the person is told as an answer.
  if (run.channel !== null && run.items.some(touched)) await warnings.warn(run, run.channel, why);
  return failedFor(why);
}

/** The channel has taken the card once, and takes nothing now. True where another one gets it. */
export async function refuses(
  parts: Parts,
  sending: Sending,
  run: Run,
  card: Message,
  channel: string,
  why: string,
): Promise<boolean> {
  if (await moved(parts, sending, run, card, channel, why)) return true;
  // So that nobody is sent to a card that shows how things stood.
  await sending.set(card, { why });
  await parts.warnings.warn(run, channel, why);
  return false;
}

/** To the default channel, where that is another one. */
export async function moved(
  parts: Parts,
  sending: Sending,
  run: Run,
  card: Message,
  channel: string,
  why: string,
): Promise<boolean> {
  const { defaultChannel, log } = parts;
  if (defaultChannel === null || defaultChannel === channel) return false;
  log.warn({ run: run.id, channel, why }, 'the channel takes no message; the default channel gets the card');
  await beginAnew(parts, sending, run, card, { channel: defaultChannel, why });
  return true;
}
