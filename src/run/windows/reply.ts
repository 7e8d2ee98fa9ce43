// What the door answers about planned windows, to Slack and to the terminal alike. What a person wants is first read back in
// words, as a draft; the draft is what is saved, so that nothing is saved that nobody saw.
import { z } from 'zod';
import type { Person } from '../../model/person.ts';
import type { Run } from '../../model/run.ts';
import type { AppRef } from '../../model/step.ts';
import { type Occurrence, Window } from '../../model/window.ts';
import type { Answers, Question } from '../../windows/reading.ts';
import type { Refused } from '../commands/reply.ts';

/** A window as it would be saved: plain JSON, to be handed back as it was given. Some 600 characters for one app. */
export const WindowDraft = Window.omit({
  createdBy: true,
  savedBy: true,
  createdAt: true,
  changedAt: true,
  exceptions: true,
}).extend({
  /** Of what the person saw: 0 for a new one, whose `id` is fixed so that it is saved once however often it is asked for. */
  version: z.number().int().nonnegative(),
});
export type WindowDraft = z.infer<typeof WindowDraft>;

export interface WindowRequest {
  /** Names. */
  readonly apps: readonly string[];
  /** When, as a person types it, with or without a length: "sunday 1am for 2h". Null for an edit: as it is. */
  readonly typed: string | null;
  /** IANA: where the typed time is meant where it names no zone. */
  readonly zone: string;
  /** The person's own, IANA, for the words. */
  readonly own: string;
  /** To questions about this same text. */
  readonly answers: Answers;
  /** When it was first read, with the answers to its questions; null the first time: now. Milliseconds. */
  readonly now: number | null;
  /** Milliseconds, where the text names no length; null: as long as the first app's settings say. */
  readonly lengthMs: number | null;
  readonly reason: string | null;
  readonly channels: WindowDraft['channels'];
  /** Slack user ids. */
  readonly leads: readonly string[];
  readonly startsBy: WindowDraft['startsBy'];
  /** Milliseconds before the start; null: 24 h, 1 h and 10 min. */
  readonly announceBefore: readonly number[] | null;
  /** The window that it changes, as the person saw it; null: a new one. */
  readonly changes: { readonly id: string; readonly version: number } | null;
}

/** What was understood; nothing has been saved. */
export interface WindowProposal {
  readonly is: 'window-proposal';
  readonly draft: WindowDraft;
  /** One sentence a line: in the window's zone, the person's, and UTC. */
  readonly words: readonly string[];
}

/** A time with several readings. Ask again with one answer more, under `question.id`, and this `now`. */
export interface WindowQuestion {
  readonly is: 'window-question';
  readonly question: Question;
  readonly now: number;
}

/** What was asked for before a window is saved, and again at its start. */
export interface ChecklistItem {
  readonly app: AppRef;
  readonly about: 'preflight' | 'jobs' | 'critical' | 'drain' | 'approvers' | 'last';
  /** `unknown`: it could not be looked at. */
  readonly level: 'good' | 'note' | 'warning' | 'unknown';
  /** What was found, in full sentences, with no secret in it. */
  readonly found: string;
}

/** As people read them, in Slack and in a terminal. */
export const checklistTitles: Readonly<Record<ChecklistItem['about'], string>> = {
  preflight: 'Could it begin',
  jobs: 'Jobs that fall into it',
  critical: 'Critical jobs',
  drain: 'Limits of the drain',
  approvers: 'Who opens it again',
  last: 'The last maintenance',
};

export interface Checklist {
  readonly is: 'checklist';
  readonly at: number;
  /** By app, and by what they are about, in the order above. */
  readonly items: readonly ChecklistItem[];
}

export interface ListedWindow {
  readonly window: Window;
  readonly version: number;
  /** The rule, or the time, in words; a line each for the window's zone, the person's, and UTC. */
  readonly words: readonly string[];
  /** The one to come or under way, or that was missed and not answered; null: none comes any more. */
  readonly occurrence: Occurrence | null;
  /** What the person may do with it now. `start`: it was missed, waits for somebody, or is begun early. */
  readonly may: readonly ('edit' | 'skip' | 'cancel' | 'start')[];
}

export interface ListedWindows {
  readonly is: 'windows';
  readonly at: number;
  /** By when they come; those of which nothing comes any more are not listed. */
  readonly windows: readonly ListedWindow[];
}

export interface WindowChanged {
  readonly is: 'window-changed';
  readonly what: 'saved' | 'edited' | 'skipped' | 'cancelled';
  /** `occurrence`: what comes next. */
  readonly listed: ListedWindow;
}

export interface WindowStarted {
  readonly is: 'window-started';
  readonly window: Window;
  readonly occurrence: Occurrence;
  readonly runs: readonly Run[];
  /** Apps of it of which no run could be begun. */
  readonly refused: readonly { readonly app: AppRef; readonly says: string; readonly remedy: string }[];
}

/** Every method checks the person's right first, for each app of the window, and never throws for what a person can cause. */
export interface WindowCommands {
  /** Reads the request back. Changes nothing; one call to Heroku an app. */
  proposeWindow(by: Person, request: WindowRequest): Promise<WindowProposal | WindowQuestion | Refused>;
  /** Looks at every app of the draft: some seconds. Changes nothing. */
  checkWindow(by: Person, draft: WindowDraft): Promise<Checklist | Refused>;
  /** Saves a new window, or, where the draft's version is not 0, an edited one. `own`: the person's zone. */
  schedule(by: Person, draft: WindowDraft, own: string): Promise<WindowChanged | Refused>;
  /** Those that the person may see. `app`: by name. */
  windows(by: Person, app: string | null, own: string): Promise<ListedWindows | Refused>;
  /** One of them, by its id. */
  window(by: Person, id: string, own: string): Promise<ListedWindow | Refused>;
  /** One time of it does not come. */
  skip(by: Person, occurrence: string, own: string): Promise<WindowChanged | Refused>;
  /** None of it comes any more. */
  cancelWindow(by: Person, window: string, own: string): Promise<WindowChanged | Refused>;
  /** Begins it now. */
  startWindow(by: Person, occurrence: string): Promise<WindowStarted | Refused>;
}
