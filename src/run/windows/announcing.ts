// Says what is next to be announced of an occurrence, channel by channel, each once: its row is taken before it is posted, and
// what may have been posted is looked for first. Slack being down holds up nothing else.
import { setTimeout as later } from 'node:timers/promises';
import type { Occurrence, Window } from '../../model/window.ts';
import type { Store } from '../../store/store.ts';
import { type Announcement, nextAnnouncement, takenBefore } from '../../windows/announce.ts';
import { checklistOf } from './checklist.ts';
import type { Driving } from './driver.ts';
import type { ChecklistItem } from './reply.ts';

export type StoredOccurrence = NonNullable<Awaited<ReturnType<Store['windows']['occurrence']>>>;

export interface ToSay {
  readonly window: Window;
  readonly occurrence: Occurrence;
  readonly announcement: Announcement;
  /** Milliseconds since it was due; null: in time. */
  readonly late: number | null;
  readonly channel: string;
  readonly notices: 'full' | 'short';
  /** The `ts` of the first message about the occurrence there; null: this becomes it. */
  readonly thread: string | null;
  /** What was found right before it begins; null where that is not told with this. */
  readonly checklist: readonly ChecklistItem[] | null;
}

export type Said =
  | { readonly is: 'said'; readonly ts: string }
  /** `unclear`: it may have been posted all the same. `ms`: not sooner again. */
  | { readonly is: 'not-yet'; readonly why: string; readonly unclear: boolean; readonly ms: number | null }
  /** This channel takes nothing, now. */
  | { readonly is: 'closed'; readonly why: string };

/** Slack's side. Never rejects. */
export interface Announcer {
  say(what: ToSay): Promise<Said>;
  /** Whether it is in the channel already. */
  find(
    what: Pick<ToSay, 'occurrence' | 'announcement' | 'channel' | 'thread'>,
  ): Promise<Said | { readonly is: 'absent' }>;
}

/** Longer than one announcement can take: a look and a message. Real time. */
const CLAIM = 30_000;
const BUSY = 1_000;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
/** A channel that takes nothing is tried so long for one announcement. Domain time. */
const KEPT = 60 * 60_000;

/** Nothing else happens to the occurrence while its apps are looked at, not even its beginning. Real time. */
const CHECK = 20_000;

function tooLate({ apps }: Window): readonly ChecklistItem[] {
  return apps.map((app) => ({
    app,
    about: 'preflight',
    level: 'unknown',
    found: `It could not be looked at in time. /maint plan ${app.name} shows it.`,
  }));
}

export type Told = { readonly is: 'moved' } | { readonly is: 'told'; readonly until: number | null };
/** `closed`: the channel took something not at all. */
type ToldIn = { readonly is: 'moved' } | (Told & { readonly is: 'told'; readonly closed: boolean });

export async function announce(driving: Driving, window: Window, stored: StoredOccurrence): Promise<Told> {
  const rows = await driving.door.store.windows.announcements(stored.occurrence.id);
  const channels = new Map(window.channels.map(({ id, notices }) => [id, notices]));
  // What was taken is said to its end, where the window does not name the channel any more too.
  for (const { channel, state } of rows) {
    if (!channels.has(channel) && (state === 'pending' || state === 'sending')) channels.set(channel, 'short');
  }
  // Looked at once for all channels, and only where it is told.
  let looked: Promise<readonly ChecklistItem[]> | null = null;
  const look = (): Promise<readonly ChecklistItem[]> => {
    if (looked !== null) return looked;
    const { startAt: from, endAt: to } = stored.occurrence;
    const checked = checklistOf(driving.door, window, { from, to }, 'run').catch((error: unknown) => {
      // What is to be said is said without it.
      driving.door.log.error({ occurrence: stored.occurrence.id, err: error }, 'a window could not be checked');
      return [];
    });
    looked = Promise.race([checked, later(driving.checkMs ?? CHECK, tooLate(window), { ref: false })]);
    return looked;
  };
  const announcing = { ...driving, look };
  const named = new Set(window.channels.map(({ id }) => id));
  const where = [...channels].map(([channel, notices]) => ({ channel, notices, named: named.has(channel) }));
  const told = await Promise.all(where.map((one) => inChannel(announcing, window, stored, one)));
  // As with cards: where none of its own takes it, the default channel hears it, or nobody would be asked.
  const { defaultChannel } = driving.door;
  const own = told.filter((_, n) => where[n]?.named === true);
  const closed = own.length > 0 && own.every((one) => one.is === 'told' && one.closed);
  if (closed && defaultChannel !== null && !named.has(defaultChannel)) {
    const instead = { channel: defaultChannel, notices: 'full', named: true } as const;
    told.push(await inChannel(announcing, window, stored, instead));
  }
  if (told.some(({ is }) => is === 'moved')) return { is: 'moved' };
  const times = told.flatMap((one) => (one.is === 'told' && one.until !== null ? [one.until] : []));
  return { is: 'told', until: times.length === 0 ? null : Math.min(...times) };
}

type Announcing = Driving & {
  readonly look: () => Promise<readonly ChecklistItem[]>;
};

/** With what is said last before it begins, as long as people can still keep it from beginning. */
function tellsChecklist({ kind, key }: Announcement, { announceBefore }: Window): boolean {
  if (kind === 'asked') return true;
  return kind === 'before' && key.startsWith(`before-${Math.min(...announceBefore)}-`);
}

interface Where {
  readonly channel: string;
  readonly notices: ToSay['notices'];
  /** What comes is said there too, and not only what was taken. */
  readonly named: boolean;
}

async function inChannel(
  driving: Announcing,
  window: Window,
  { occurrence, seq }: StoredOccurrence,
  { channel, notices, named }: Where,
): Promise<ToldIn> {
  const { store, clock } = driving.door;
  let closed = false;
  const told = (until: number | null): ToldIn => ({ is: 'told', until, closed });
  for (;;) {
    if (driving.stopped()) return told(null);
    const now = clock.now();
    const rows = (await store.windows.announcements(occurrence.id)).filter((row) => row.channel === channel);
    const taken = rows.find(({ state }) => state === 'pending' || state === 'sending');
    if (taken === undefined && !named) return told(null);
    const next =
      taken === undefined
        ? nextAnnouncement(occurrence, window, new Map(rows.map(({ key, at }) => [key, at])), now)
        : takenBefore(occurrence, taken, now);
    if (next?.is === 'nothing') return told(null);
    if (next?.is === 'wait') return told(next.until);
    // Before it is taken: it takes seconds, and what is taken is posted within the time of the claim.
    const checklist =
      next !== null && notices === 'full' && tellsChecklist(next.announcement, window) ? await driving.look() : null;
    const key = { occurrence: occurrence.id, channel, key: taken?.key ?? next?.announcement.key ?? '' };
    const claim = await store.windows.claim(
      {
        ...key,
        kind: taken?.kind ?? next?.announcement.kind ?? '',
        due: taken?.due ?? next?.announcement.due ?? now,
        at: now,
        seq,
      },
      driving.owner,
      CLAIM,
    );
    if (claim.is === 'moved') return { is: 'moved' };
    if (claim.is === 'busy') return told(now + BUSY);
    if (claim.is === 'said') continue;
    const outcome = await said(
      driving,
      { window, occurrence, channel, notices, thread: claim.thread, checklist, now },
      next,
      {
        ...claim,
        key: key.key,
        due: taken?.due ?? now,
      },
    );
    if (outcome.is === 'unclear') return told(now + outcome.ms);
    closed ||= outcome.closed;
    // Where another has it by now, it is said there.
    await store.windows.settle(key, driving.owner, outcome.settled);
    if (outcome.settled.is === 'pending') return told(now + outcome.ms);
  }
}

type Outcome =
  | { readonly is: 'unclear'; readonly ms: number }
  | {
      readonly is: 'settled';
      readonly settled:
        | { readonly is: 'sent'; readonly ts: string }
        | { readonly is: 'pending' | 'dropped'; readonly why: string };
      readonly ms: number;
      /** The channel does not take it. */
      readonly closed: boolean;
    };

/** `next`: null where time has passed over it: it is then only looked for. */
async function said(
  { announcer, door }: Announcing,
  place: Omit<ToSay, 'announcement' | 'late'> & { readonly now: number },
  next: { readonly announcement: Announcement; readonly late: number | null } | null,
  claim: { readonly again: boolean; readonly tries: number; readonly key: string; readonly due: number },
): Promise<Outcome> {
  const { now, ...where } = place;
  const { occurrence, channel, thread } = where;
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(claim.tries, 10));
  const announcement = next?.announcement ?? { key: claim.key, kind: 'planned', due: claim.due, fact: null };
  if (claim.again) {
    const found = await announcer.find({ occurrence, announcement, channel, thread });
    if (found.is === 'said') return { is: 'settled', settled: { is: 'sent', ts: found.ts }, ms: 0, closed: false };
    if (found.is === 'not-yet') return { is: 'unclear', ms: found.ms ?? pause };
    if (found.is === 'closed') door.log.warn({ channel, why: found.why }, 'an announcement could not be looked for');
  }
  if (next === null)
    return { is: 'settled', settled: { is: 'dropped', why: 'time has passed over it' }, ms: 0, closed: false };
  const answer = await announcer.say({ ...where, ...next });
  switch (answer.is) {
    case 'said':
      return { is: 'settled', settled: { is: 'sent', ts: answer.ts }, ms: 0, closed: false };
    case 'not-yet':
      door.log.warn({ occurrence: occurrence.id, channel, why: answer.why }, 'an announcement could not be made');
      if (answer.unclear) return { is: 'unclear', ms: answer.ms ?? pause };
      return { is: 'settled', settled: { is: 'pending', why: answer.why }, ms: answer.ms ?? pause, closed: false };
    case 'closed': {
      const gone = now - announcement.due > KEPT;
      door.log.error({ occurrence: occurrence.id, channel, why: answer.why }, 'a channel takes no announcement');
      return { is: 'settled', settled: { is: gone ? 'dropped' : 'pending', why: answer.why }, ms: pause, closed: true };
    }
  }
}
