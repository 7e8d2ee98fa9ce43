// What the one door for people answers, to Slack and to the terminal alike. A refusal is an answer, not an exception:
// it says what stands against it and what would be right.
import type { Answer, Captured, Row } from '../../model/event.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Person } from '../../model/person.ts';
import type { Check } from '../../model/platform.ts';
import type { Concern, Go } from '../../model/preflight.ts';
import type { Finding } from '../../model/proof.ts';
import type { Run, Work } from '../../model/run.ts';
import type { Settings } from '../../model/settings.ts';
import type { AppRef } from '../../model/step.ts';
import type { Entry } from '../../model/trail.ts';
import type { WindowCommands } from '../windows/reply.ts';
import type { ExportFile } from './export-file.ts';
import type { Problem, SettingsInput } from './settings-input.ts';

export interface Refused {
  readonly is: 'refused';
  readonly says: string;
  /** What would be right; a full sentence. */
  readonly remedy: string;
}

/** What a run would do; nothing has been changed. */
export interface Plan {
  readonly is: 'plan';
  readonly app: AppRef;
  readonly at: number;
  readonly go: Go;
  /** "quiet", or "quiet except Heroku Scheduler". */
  readonly words: string;
  readonly concerns: readonly Concern[];
  /** Everything that can still write, and what becomes of it. */
  readonly inventory: Inventory;
  /** In the order of quieting; those whose `aim` equals `before` need nothing. */
  readonly items: readonly Captured[];
  /** The steps in their order. */
  readonly steps: readonly { readonly name: string; readonly title: string }[];
  /** The run that is under way for this app, if there is one. */
  readonly run: Run | null;
}

export interface StartRequest {
  readonly app: string;
  /** Milliseconds; the setting's length where absent. */
  readonly length: number | null;
  readonly because: string | null;
  /** The Slack channel for the card; the default channel where null. */
  readonly channel: string | null;
  /** Names of concerns that the person accepts in advance. */
  readonly accepted: readonly string[];
}

export interface Started {
  readonly is: 'started';
  readonly run: Run;
}

export interface Status {
  readonly is: 'status';
  /** Unfinished runs, or the last run of the app asked about. */
  readonly runs: readonly Run[];
  /** No run is known at all, not even one that has ended: the database was only just made, or is not the bot's. */
  readonly empty?: true;
}

/** Maintenances, under way or over, the newest first. */
export interface History {
  readonly is: 'history';
  /** The app that was asked about; null: all that the person may see. */
  readonly app: AppRef | null;
  readonly runs: readonly Run[];
}

/** One maintenance, event by event: who did what and when. Redacted. */
export interface RunTrail {
  readonly is: 'trail';
  readonly run: Run;
  readonly entries: readonly Entry[];
}

/** What the doctor found, weeks ahead: the checks, and the plan as it would be now. */
export interface Diagnosis {
  readonly is: 'diagnosis';
  readonly app: AppRef;
  readonly checks: readonly Check[];
  readonly plan: Plan;
}

export interface Changed {
  readonly is: 'changed';
  readonly run: Run;
}

export interface WorkRequest {
  readonly app: string;
  /** As a shell of the app takes it, one line. */
  readonly command: string;
  /** Of the dyno, such as performance-m; the platform's own where null. */
  readonly size: string | null;
}

/** A command has been taken on; it begins within seconds. */
export interface Working {
  readonly is: 'working';
  readonly run: Run;
  readonly work: Work;
}

export interface OutputRequest {
  /** The app's name, or a run's id. */
  readonly app: string;
  readonly work: string | null;
  readonly after: number;
}

/** What has been heard of a command. It may hold secrets of the app. */
export interface Output {
  readonly is: 'output';
  readonly run: Run;
  readonly work: Work;
  /** In order; each is a text of whole lines. Where the numbers are not in a row something was not kept. */
  readonly parts: readonly { readonly n: number; readonly text: string }[];
}

export interface AnswerRequest {
  readonly run: string;
  readonly question: string;
  readonly answer: Answer;
  /** For `approve`: the hash of the list that the person saw. */
  readonly hash: string | null;
}

/** Scheduled commands are in it as they are. */
export interface Exported {
  readonly is: 'exported';
  readonly file: ExportFile;
}

/** The evidence of an app's run, or of its last one. */
export interface Proved {
  readonly is: 'proved';
  readonly run: Run;
  readonly at: number;
  readonly findings: readonly Finding[];
}

/** What bringing an app back from an export would do. */
export interface Preview {
  readonly is: 'preview';
  /** When it was looked at. */
  readonly at: number;
  /** When the export was made. */
  readonly made: number;
  /** As it would be taken up. */
  readonly run: Run;
  readonly rows: readonly Row[];
  /** Over exactly that; adopting is bound to it. */
  readonly hash: string;
}

/** The strings are redacted and made for people. `from` is null where nothing was sent. */
export interface ReceiptLine {
  readonly step: string;
  readonly key: string;
  readonly label: string;
  readonly from: string | null;
  readonly to: string;
}

/** What a way back has changed. */
export interface Receipt {
  readonly is: 'receipt';
  readonly run: Run;
  readonly changed: readonly ReceiptLine[];
  /** As before when it was looked at. */
  readonly already: readonly ReceiptLine[];
  /** Not as before, or not yet. */
  readonly other: readonly ReceiptLine[];
}

/** One setting, in words for people. */
export interface SettingLine {
  readonly key: keyof Settings;
  /** What it is for. */
  readonly about: string;
  /** Its value; without what could be a token in an address. */
  readonly shows: string;
  /** Set for this app; else it is maint's default. */
  readonly own: boolean;
}

/** What holds for the next run of an app. */
export interface AppSettings {
  readonly is: 'settings';
  readonly app: AppRef;
  /** As they can be handed in again; for who may only look, addresses without their queries. */
  readonly settings: Settings;
  readonly lines: readonly SettingLine[];
  /** 0: nobody has set any. */
  readonly version: number;
  readonly changed: { readonly by: Person; readonly at: number } | null;
  /** A run is under way, and goes on with what it was begun with. */
  readonly underWay: boolean;
}

/** What a change of settings would do, or has done. */
export interface SettingsChange {
  readonly is: 'settings-change';
  readonly app: AppRef;
  /** False: nothing has been changed. */
  readonly saved: boolean;
  /** Of what it would change, or of what was saved: a change is bound to the version that the person saw. */
  readonly version: number;
  /** In words, as in the lines. `key` may be one that only another version of maint knows. */
  readonly changes: readonly { readonly key: string; readonly from: string; readonly to: string }[];
  readonly underWay: boolean;
}

/** What a person handed in cannot be the settings of an app; nothing was changed. */
export interface RefusedSettings extends Refused {
  readonly problems: readonly Problem[];
}

/** Every method checks the person's right first, and never throws for what a person can cause. */
export interface Commands extends WindowCommands {
  plan(by: Person, app: string): Promise<Plan | Refused>;
  start(by: Person, request: StartRequest): Promise<Started | Refused>;
  /** Without an app: all unfinished runs. */
  status(by: Person, app: string | null): Promise<Status | Refused>;
  /** The last ten. Without an app: of the last fifty those that the person may see. From the store, for an app that it knows. */
  history(by: Person, app: string | null): Promise<History | Refused>;
  /** All that has happened to one run. `run`: its id, or `last`. From the store, for an app that it knows. */
  trail(by: Person, app: string, run: string): Promise<RunTrail | Refused>;
  /** One run, however its app is called by now. */
  run(by: Person, id: string): Promise<Status | Refused>;
  /** Reads only. */
  doctor(by: Person, app: string): Promise<Diagnosis | Refused>;
  /** Opens the approval of the app's run; it is not one. */
  resume(by: Person, app: string): Promise<Changed | Refused>;
  abort(by: Person, app: string): Promise<Changed | Refused>;
  /** Opens a held app alone, or, where its list is not shown yet, asks for that. `because`: told to everybody. */
  breakGlass(by: Person, app: string, because: string): Promise<Changed | Refused>;
  /** `ms`: how much longer. */
  extend(by: Person, app: string, ms: number): Promise<Changed | Refused>;
  /** Runs a command in the app that is held. */
  work(by: Person, request: WorkRequest): Promise<Working | Refused>;
  /** Of a work of a run, after part `after`; of the app's last one where no work is named. From the store alone. */
  output(by: Person, request: OutputRequest): Promise<Output | Refused>;
  answer(by: Person, request: AnswerRequest): Promise<Changed | Refused>;
  /** The app's unfinished run, or its last one. */
  export(by: Person, app: string): Promise<Exported | Refused>;
  /** From the store alone. */
  proof(by: Person, app: string): Promise<Proved | Refused>;
  /** Reads only. */
  preview(by: Person, file: ExportFile): Promise<Preview | Refused>;
  /** Takes up a run that is not known here, and turns it. `hash`: of the preview that the person saw. */
  adopt(by: Person, file: ExportFile, hash: string): Promise<Changed | Refused>;
  /** Of one run, counting what was sent after event `after`. */
  receipt(by: Person, id: string, after: number): Promise<Receipt | Refused>;
  /** Reads only. */
  settings(by: Person, app: string): Promise<AppSettings | Refused>;
  /** What the input would change. Reads only. */
  proposeSettings(by: Person, app: string, input: SettingsInput): Promise<SettingsChange | RefusedSettings | Refused>;
  /** `version`: of what the person saw; refused where somebody else has changed them since. */
  changeSettings(
    by: Person,
    app: string,
    input: SettingsInput,
    version: number,
  ): Promise<SettingsChange | RefusedSettings | Refused>;
}
