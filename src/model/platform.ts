// What the engine sees of a platform: it finds apps, has steps in two orders, and knows what stands against starting.
// Heroku is one; the engine knows no other name for it than this.
import type { Activity, WorkDyno } from './event.ts';
import type { Inventory, Window } from './inventory.ts';
import type { Json } from './json.ts';
import type { Concern } from './preflight.ts';
import type { AnyStep, AppRef, Calling, Cx, Look, StepName } from './step.ts';

export type Found =
  | { readonly is: 'found'; readonly app: AppRef }
  /** `nearest`: names that the person may have meant, best first, few. */
  | { readonly is: 'none'; readonly nearest: readonly string[] };

/** One line of the doctor: what was checked, weeks ahead of any window. */
export interface Check {
  readonly subject: string;
  readonly is: 'good' | 'bad' | 'unknown';
  readonly says: string;
  readonly remedy: string | null;
}

/** Something that runs and that nobody asked for: started while the app was held, by what could not be paused. */
export interface Stray {
  readonly id: string;
  /** As it is told before it is stopped: "being stopped: scheduler.4711 …". */
  readonly activity: Activity & { readonly stopped: string };
}

export interface Strays {
  /** Those that were started after `since`, domain time; never people's own work, nor a paused job. */
  find(cx: Cx, since: number): Promise<readonly Stray[]>;
  /** One that has ended already is stopped. */
  stop(cx: Cx, stray: Stray): Promise<void>;
}

/** A line of what a work prints, or of what the platform says of it. */
export interface HeardLine {
  /** The platform's time, as it wrote it; sorts as it is. Empty where it did not say. */
  readonly at: string;
  /** Null where it is not part of the output: it only says that the process has ended. With whatever secrets the app prints. */
  readonly text: string | null;
  /** The exit status, where this line tells it. */
  readonly exit: number | null;
}

export interface Hearing {
  readonly signal: AbortSignal;
  /** Lines of the past first, as far as the platform keeps them, then as they come. Must not throw. */
  readonly onLine: (line: HeardLine) => void;
}

/** Commands that operators run in an app that is held, each in a dyno of its own. */
export interface PlatformWork {
  /** The command for people, redacted. */
  show(command: string): string;
  /** The one-off dynos that there are. */
  there(cx: Cx): Promise<readonly (WorkDyno & { readonly command: string })[]>;
  /** Sent once and never repeated where an answer is lost: the Trouble is then `unclear`, and it may have begun. */
  start(cx: Cx, work: { readonly command: string; readonly size: string | null }): Promise<WorkDyno>;
  /** The command that stops it by hand. */
  stop(app: AppRef, dyno: { readonly name: string }): string;
  /** Until the other side or the signal ends it. Changes nothing; throws Trouble where it cannot begin. */
  follow(calling: Calling, app: AppRef, dyno: WorkDyno, hearing: Hearing): Promise<void>;
}

/** Every method throws Trouble where the platform cannot be asked. */
export interface Platform {
  /** By name or id. */
  find(calling: Calling, name: string): Promise<Found>;
  /** The app as it is called now. */
  app(calling: Calling, id: string): Promise<AppRef>;
  /** False only where the platform says that there is no such app, or none that we may see. */
  exists(calling: Calling, id: string): Promise<boolean>;
  /**
   * What people did to the app since `mark`, oldest first: deploys, one-off dynos. Where `mark` is null nothing is listed:
   * it only says where the list begins.
   */
  activity(cx: Cx, mark: Json): Promise<{ readonly mark: Json; readonly list: readonly Activity[] }>;
  /** Absent where nothing can start by itself that could be stopped. */
  readonly strays?: Strays;
  /** The two literal lists; every hold is in both. */
  readonly quiet: readonly AnyStep[];
  readonly back: readonly AnyStep[];
  /** `looks`: what the holds are seeing at the same time, so that nothing is read twice, and nothing later than need be. */
  preflight(cx: Cx, looks: Promise<ReadonlyMap<StepName, Look<Json>>>): Promise<readonly Concern[]>;
  /** Everything that can still write, asked at the same time as the looks. `window`: what the runs of scheduled jobs are compared with. */
  inventory(cx: Cx, looks: Promise<ReadonlyMap<StepName, Look<Json>>>, window: Window): Promise<Inventory>;
  doctor(cx: Cx, looks: ReadonlyMap<StepName, Look<Json>>): Promise<readonly Check[]>;
  /** Absent where it runs no commands for people. */
  readonly work?: PlatformWork;
}
