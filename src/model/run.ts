// One maintenance of one app, from request to restored, as its events tell it. Plain data: `apply` makes it, `next` and
// `decide` read it, the views draw it. What its questions came to is `questions`; how far it is, `phase`.
import type { About, Activity, Answer, Captured, Row, WorkDyno } from './event.ts';
import type { Json } from './json.ts';
import type { Person } from './person.ts';
import type { Concern } from './preflight.ts';
import type { Finding } from './proof.ts';
import type { Settings } from './settings.ts';
import type { AppRef, StepName, StepRef, Way } from './step.ts';

export interface Run {
  readonly id: string;
  readonly app: AppRef;
  /** The Slack channel of the card, or null where it was asked for at a terminal. */
  readonly channel: string | null;
  /** How many events there are. */
  readonly seq: number;
  readonly askedBy: Person;
  readonly because: string | null;
  readonly askedAt: number;
  readonly endsAt: number;
  /** How long steps took the last time, by name; milliseconds. Null: nothing is kept from being begun in the last minutes. */
  readonly takes: Readonly<Record<StepName, number>> | null;
  readonly settings: Settings;
  readonly accepted: readonly { readonly name: string; readonly by: Person }[];
  /** Steps that wait for what a person would rather not accept. */
  readonly awaited: readonly { readonly step: StepName; readonly by: Person }[];
  /** There is one edge only: quiet to back. */
  readonly way: Way;
  readonly turned: { readonly by: Person | null; readonly why: string; readonly at: number } | null;
  readonly planned: { readonly at: number; readonly concerns: readonly Concern[] } | null;
  /** On the way back a person is asked before each step. */
  readonly layered: boolean;
  /** The last time that somebody opened the app alone. */
  readonly glass: { readonly by: Person; readonly because: string; readonly at: number } | null;
  /** What keeps an approval from being shown or confirmed. */
  readonly approvalTrouble: Trouble | null;
  readonly emergencyToldAt: number | null;
  /** Why no channel takes the card; null where one does, or has not been asked yet. */
  readonly unheard: string | null;
  readonly steps: { readonly quiet: readonly StepState[]; readonly back: readonly StepState[] };
  readonly items: readonly ItemState[];
  readonly questions: readonly Question[];
  readonly proof: { readonly at: number; readonly findings: readonly Finding[] } | null;
  /** When the app was proved quiet; the run holds from then until it turns. */
  readonly quietAt: number | null;
  /** When the first value was about to be sent: from then on the app is not as its users know it. */
  readonly touchedAt: number | null;
  /** Since when jobs in flight and stopping dynos are waited for on the way to quiet: one cap for all steps. */
  readonly drainingSince: number | null;
  /** How it is watched while it is held; null until that has begun. */
  readonly patrol: Patrol | null;
  /** What maint has run for the operators, oldest first; one at a time. */
  readonly works: readonly Work[];
  /** The last time the channel was reminded of the planned end. */
  readonly remindedAt: number | null;
  readonly ended: { readonly as: 'restored' | 'cancelled'; readonly why: string; readonly at: number } | null;
}

export interface Patrol {
  /** Milliseconds. */
  readonly every: number;
  readonly by: 'webhooks' | 'polls';
  readonly mark: Json;
  /** What people did meanwhile, oldest first; the last 100. */
  readonly activity: readonly Activity[];
  /** How many runs of what were stopped, since it was held. */
  readonly stopped: Readonly<Record<string, number>>;
  readonly unseen: readonly { readonly title: string; readonly why: string; readonly work?: string | undefined }[];
  /** What keeps it from being looked at at all. */
  readonly trouble: Trouble | null;
}

/** A command that an operator has run in the app while it is held. */
export interface Work {
  readonly id: string;
  readonly by: Person;
  /** As it runs; it may hold secrets. */
  readonly command: string;
  /** For people, redacted. */
  readonly shows: string;
  /** Of its dyno; the platform's own where null. */
  readonly size: string | null;
  readonly askedAt: number;
  /** The one-off dynos that were there before it was first started; null: nothing was sent for it. */
  readonly there: readonly string[] | null;
  /** It was sent then, and no clear answer has come. */
  readonly startingAt: number | null;
  readonly dyno: WorkDyno | null;
  readonly startedAt: number | null;
  /** Its dyno was not there any more. */
  readonly goneAt: number | null;
  /** Since when nobody can see whether its dyno is there. */
  readonly unseenSince: number | null;
  readonly ended: {
    readonly at: number;
    readonly exit: number | null;
    readonly says: string | null;
    readonly lines: number;
    readonly cut: number;
  } | null;
}

export interface Trouble {
  readonly kind: 'retryable' | 'fatal' | 'needs-human';
  readonly why: string;
  readonly remedy: string;
  /** The first of an unbroken row of failures, and the last. */
  readonly since: number;
  readonly at: number;
  readonly times: number;
  readonly notBefore: number;
  /** Not of one step alone: nothing at all can be done. */
  readonly wide: boolean;
}

export interface StepState extends StepRef {
  /** todo: look, judge and write. moving: written, not yet settled. */
  readonly state: 'todo' | 'moving' | 'done';
  readonly why: string | null;
  readonly memo: Json;
  readonly trouble: Trouble | null;
  /** How often it looked and wrote since it was last asked to: bounded, so that a fight with somebody else ends. */
  readonly moves: number;
  readonly since: number | null;
  readonly doneAt: number | null;
  /** Who says that it was done by hand: it is looked at, and nothing is written. */
  readonly claimed: Person | null;
}

export interface ItemState extends Captured {
  readonly sent: readonly Json[];
  readonly settled: {
    readonly as: 'before' | 'gone' | 'kept' | 'left';
    readonly now: Json;
    readonly by: Person | null;
  } | null;
  /** Somebody has changed it while it was held, whether or not we had set it: the way back answers for it. */
  readonly loud: boolean;
}

export interface Question {
  readonly id: string;
  readonly about: About;
  readonly askedAt: number;
  /** For resume: what it shows; null until it has been looked up. */
  readonly shown: { readonly rows: readonly Row[]; readonly hash: string; readonly at: number } | null;
  readonly remindedAt: number | null;
  /** For resume: those given so far, by different people, where one is not enough. */
  readonly approvals: readonly {
    readonly answer: 'approve' | 'approve-layers';
    readonly by: Person;
    readonly at: number;
  }[];
  readonly answered: { readonly answer: Answer; readonly by: Person; readonly at: number } | null;
  readonly withdrawn: string | null;
}

export function touched(item: ItemState): boolean {
  return item.sent.length > 0;
}

export function step(run: Run, way: Way, name: StepName): StepState | undefined {
  return run.steps[way].find((state) => state.name === name);
}

export function itemsOf(run: Run, name: StepName): readonly ItemState[] {
  return run.items.filter((item) => item.step === name);
}

/** Whether there is anything to say of a step: as soon as it is known, a hold of which the app has nothing is left out. */
export function isOfThisApp(run: Run, step: StepState): boolean {
  if (isSkipped(run, step)) return false;
  const { name, kind, trouble } = step;
  if (kind === 'wait' || run.planned === null || trouble !== null) return true;
  return itemsOf(run, name).length > 0 || run.planned.concerns.some((concern) => concern.name === name);
}

/** Nobody has said that it is to be waited for. */
export function isSkipped(run: Run, { name, onlyAsked }: StepState): boolean {
  return onlyAsked === true && !isAwaited(run, name);
}

/** Whether a person has said to wait for it. */
function isAwaited(run: Run, name: StepName | undefined): boolean {
  return run.awaited.some(({ step: awaited }) => awaited === name);
}

/** What stands against quiet besides what is waited for. */
export function concernsOf(run: Run): readonly Concern[] {
  return (run.planned?.concerns ?? []).filter(({ waits }) => waits === undefined || !isAwaited(run, waits));
}

/** Whether the way back still answers for it: touched or changed by others while held, and no person has decided otherwise, and it is there. */
export function answeredFor(item: ItemState): boolean {
  return (touched(item) || item.loud) && (item.settled === null || item.settled.as === 'before');
}

/** When a step last began, failed or was done: reminders and answers are no sign that anybody was driving. */
export function lastDriven(run: Run): number {
  const steps = [...run.steps.quiet, ...run.steps.back];
  return Math.max(
    run.askedAt,
    ...steps.flatMap(({ since, doneAt, trouble }) => [since ?? 0, doneAt ?? 0, trouble?.at ?? 0]),
  );
}

/** The engine's own two steps, around those of the platform: before the first write, and after the last. */
export const preflight: StepRef = { name: 'preflight', title: 'Preflight', kind: 'wait', door: false };
export const watch: StepRef = { name: 'watch', title: 'Last look', kind: 'wait', door: false };

/** It comes right after the last hold: whatever only watches after that finds nothing to judge, and people go on working. */
export function withLastLook(back: readonly StepRef[]): StepRef[] {
  const held = back.findLastIndex(({ kind }) => kind === 'hold') + 1;
  return [...back.slice(0, held), watch, ...back.slice(held)];
}
