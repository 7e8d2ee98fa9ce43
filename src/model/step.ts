// What a step is: one kind of thing that is held still, or waited for. A step reads, writes and tells whether what it
// wrote has settled. It holds no state, posts nothing and judges nothing: `model/judge` compares, the engine decides.
import type { z } from 'zod';
import type { Json } from './json.ts';
import type { Person } from './person.ts';
import type { Finding } from './proof.ts';
import type { Settings } from './settings.ts';

export type Way = 'quiet' | 'back';

/** Persisted: a name that was used once is never given to something else. */
export type StepName = string;

/** What a run keeps of a step, so that it goes on in the same order under a newer version of maint. */
export interface StepRef {
  readonly name: StepName;
  /** For people: "Workers". */
  readonly title: string;
  readonly kind: 'hold' | 'wait';
  /** The door opens last on the way back: only when every other step is done and nobody is being asked anything. */
  readonly door: boolean;
  /** Skipped, unless a person has said before the start that it is to be waited for. */
  readonly onlyAsked?: boolean | undefined;
}

export interface AppRef {
  readonly id: string;
  readonly name: string;
}

/** One item with its history. `sent`: every value that we set, or may have set, oldest first. */
export interface Item<V> {
  readonly key: string;
  /** For people; equals the key where nothing better is known. */
  readonly label: string;
  readonly before: V;
  readonly sent: readonly V[];
}

export interface Change<V> {
  readonly key: string;
  readonly value: V;
}

export interface Seen<V> {
  readonly key: string;
  readonly label: string;
  readonly value: V;
}

/**
 * What there is at this moment. `unusable` where the thing exists but cannot be held still (the unofficial Scheduler API
 * refuses): the run can then only be "quiet except `exception`".
 */
export type Look<V> =
  | { readonly is: 'seen'; readonly items: readonly Seen<V>[]; readonly warnings: readonly string[] }
  | { readonly is: 'unusable'; readonly exception: string; readonly why: string };

export type Verdict<M> =
  /** `says`: where "done" alone would say too much. `unanswered`: why a question that is still open closes with it. */
  | {
      readonly is: 'done';
      readonly findings?: readonly Finding[];
      readonly says?: string;
      readonly unanswered?: string;
    }
  /** Look and write once more, with `memo`: the wanted value has moved (`memo` is another then), or something was left out on purpose. */
  | { readonly is: 'again'; readonly memo: M | null }
  /** Not yet, for a reason that a person would want to read. `look`: settle again after that many milliseconds. */
  | {
      readonly is: 'waiting';
      readonly why: string;
      readonly look: number;
      readonly memo: M | null;
      /** Jobs in flight or stopping dynos are waited for: that has one cap for all steps, from the first such wait on. */
      readonly drains?: true;
    }
  | { readonly is: 'failed'; readonly why: string }
  /** Not without a person. Asked once; settled again after `look` milliseconds, or with the answer in `cx.answered`. */
  | { readonly is: 'ask'; readonly ask: Ask; readonly look: number; readonly memo: M | null };

/** What only a person can decide. */
export interface Ask {
  /** The same matter has the same key; one is open at a time. */
  readonly key: string;
  /** The matter in a sentence: "12,340 jobs wait, the oldest for 3 hours". */
  readonly says: string;
  /** The evidence, a line each. */
  readonly details: readonly string[];
  readonly answers: readonly StepAnswer[];
}

/**
 * `look-again`: nothing is decided, it is looked at once more. `accept`: as it is, by name. `turn-back`: the run turns (only
 * towards quiet). `go-on`, `go-slowly`: the next part comes, all of it or step by step. `all-the-rest`: and nothing after it is asked.
 * `quiet-again`: the app is back, and is to be made quiet once more: this run ends, and the person begins another.
 */
export type StepAnswer = 'look-again' | 'accept' | 'turn-back' | 'go-on' | 'go-slowly' | 'all-the-rest' | 'quiet-again';

export interface Answered {
  readonly key: string;
  /** What was asked, as it was shown. */
  readonly says: string;
  readonly answer: StepAnswer;
  readonly by: Person;
  readonly at: number;
}

/**
 * Reads shared within one turn of the driver, for a quarter of a second after their answer came, or for `keepMs`; what a
 * write of ours changes is forgotten at once.
 */
export interface Reads {
  once<T>(key: string, load: () => Promise<T>, keepMs?: number): Promise<T>;
  /** What was read under keys that begin so; everything where none is given. */
  forget(...prefixes: readonly string[]): void;
}

/** What a call into the platform carries. */
export interface Calling {
  /** Who waits: people and restores are served before polls. */
  readonly priority: 'person' | 'run' | 'poll';
  /** What it is asked for, for the log: "settle workers". */
  readonly asking: string;
  readonly signal: AbortSignal;
  /** Asked right before each request that changes something, after all queueing. Throws LeaseLost where `ms` is too long. */
  fence(ms: number): void;
  readonly reads: Reads;
}

/** What a step is given. */
export interface Cx extends Calling {
  readonly app: AppRef;
  /** The run's id; part of what is written into things that cannot be paused otherwise. */
  readonly run: string;
  readonly settings: Settings;
  /** Which way the run is on: what is half there is still to be done, on either. */
  readonly way?: Way;
  /** Domain time, milliseconds since the epoch. */
  readonly now: number;
  /** When this step began on this way, domain time. */
  readonly since: number;
  /** When the first value of this run was about to be sent, domain time; null where nothing was. */
  readonly touchedAt?: number | null;
  /** Since when jobs in flight and stopping dynos are waited for, whichever step was first; null where none has begun to. */
  readonly drainingSince?: number | null;
  /** The app is held already, and is being made quiet again: nothing turns it round but an approval. */
  readonly holding?: boolean;
  /** What was accepted by name before the start: a hold that could not be held still has its own name there. */
  readonly accepted?: readonly string[];
  /** What people have answered this step on this way, oldest first. */
  readonly answered?: readonly Answered[];
  /** The keys of what this run has captured of a step. */
  readonly captured?: (step: StepName) => readonly string[];
  /** What other steps of this run have found. */
  readonly found?: readonly Finding[];
}

export interface Hold<V extends Json, M extends Json = null> {
  readonly kind: 'hold';
  readonly name: StepName;
  readonly title: string;
  readonly door: boolean;
  /** While its items are as they were sent, whether the platform itself tells us of changes, so that patrols can be seldom. */
  readonly tells?: (cx: Cx) => Promise<boolean>;
  readonly unused?: Unused;
  /** Parse what the store gives back. */
  readonly value: z.ZodType<V>;
  readonly memo: z.ZodType<M>;
  look(cx: Cx): Promise<Look<V>>;
  /** The value to send next; on the way back `before`, or, for what comes back in parts, what stands for how far `memo` says it is. */
  aim(cx: Cx, item: Item<V>, way: Way, memo: M | null): V;
  /** Sets wanted values, which may be set already; returns what the platform answered. May leave out what cannot be written yet. */
  write(cx: Cx, changes: readonly Change<V>[]): Promise<Look<V>>;
  /** Whether what was written has taken effect. `items`: those of this step that we changed and still answer for. */
  settle(cx: Cx, way: Way, items: readonly Item<V>[], memo: M | null): Promise<Verdict<M>>;
  /** The plan's sentence, and the command that does it by hand: safe to paste whatever the names are. */
  say(app: AppRef, item: Item<V>, value: V): Said;
  /** A value for people, secrets redacted: "4", "on", "absent". */
  show(value: V): string;
}

/** Not set up here, or not asked for by an app's settings: a new run does without it. One that was begun with it keeps it. */
export type Unused = boolean | ((settings: Settings) => boolean);

export interface Said {
  readonly will: string;
  readonly byHand: string;
}

export interface Wait<M extends Json = null> {
  readonly kind: 'wait';
  readonly name: StepName;
  readonly title: string;
  readonly unused?: Unused;
  /** Skipped, unless a person has said before the start that it is to be waited for. */
  readonly onlyAsked?: true;
  readonly memo: z.ZodType<M>;
  settle(cx: Cx, way: Way, memo: M | null): Promise<Verdict<M>>;
}

/** A hold as the engine handles it: values are JSON, parsed by the hold's own schema on the way in. See `held`. */
export type AnyHold = Hold<Json, Json>;
export type AnyWait = Wait<Json>;
export type AnyStep = AnyHold | AnyWait;

/** Lets the engine handle any hold: what the store gives back is parsed before the step sees it. Throws ZodError. */
export function held<V extends Json, M extends Json>(hold: Hold<V, M>): AnyHold {
  const value = (json: Json): V => hold.value.parse(json);
  const memo = (json: Json | null): M | null => (json === null ? null : hold.memo.parse(json));
  const item = (stored: Item<Json>): Item<V> => ({
    ...stored,
    before: value(stored.before),
    sent: stored.sent.map(value),
  });
  return {
    ...hold,
    look: (cx) => hold.look(cx),
    ...(hold.tells === undefined ? {} : { tells: hold.tells }),
    aim: (cx, stored, way, json) => hold.aim(cx, item(stored), way, memo(json)),
    write: (cx, changes) =>
      hold.write(
        cx,
        changes.map((change) => ({ ...change, value: value(change.value) })),
      ),
    settle: (cx, way, items, json) => hold.settle(cx, way, items.map(item), memo(json)),
    say: (app, stored, json) => hold.say(app, item(stored), value(json)),
    show: (json) => hold.show(value(json)),
  };
}

/** The same for a wait. */
export function waited<M extends Json>(wait: Wait<M>): AnyWait {
  return { ...wait, settle: (cx, way, json) => wait.settle(cx, way, json === null ? null : wait.memo.parse(json)) };
}

export function refOf(step: AnyStep): StepRef {
  const ref = { name: step.name, title: step.title, kind: step.kind, door: step.kind === 'hold' && step.door };
  return step.kind === 'wait' && step.onlyAsked === true ? { ...ref, onlyAsked: true } : ref;
}
