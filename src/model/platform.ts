// What the engine sees of a platform: it finds apps, has steps in two orders, and knows what stands against starting.
// Heroku is one; the engine knows no other name for it than this.
import type { Activity } from './event.ts';
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
  /** As it is told once it is stopped. */
  readonly activity: Activity & { readonly stopped: string };
}

export interface Strays {
  /** Those that were started after `since`, domain time; never people's own work, nor a paused job. */
  find(cx: Cx, since: number): Promise<readonly Stray[]>;
  /** One that has ended already is stopped. */
  stop(cx: Cx, stray: Stray): Promise<void>;
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
  doctor(cx: Cx, looks: ReadonlyMap<StepName, Look<Json>>): Promise<readonly Check[]>;
}
