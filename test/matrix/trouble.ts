// What a cell's trouble is: asked at every crossing what becomes of it, and free to do something to the app meanwhile, as
// somebody else would. A trouble says where it began, for the end that is right depends on that.

import type { Run } from '../../src/model/run.ts';
import type { SandboxClock, World } from '../../src/sandbox/index.ts';
import type { SandboxSlack } from '../../src/sandbox/slack/index.ts';
import { type Crossing, type Fate, type Phase, pass, phases, type Via } from './crossing.ts';

/** Where a cell plays. */
export interface Scene {
  readonly world: World;
  readonly clock: SandboxClock;
  readonly slack: SandboxSlack;
  /** As the processes have last seen it. */
  readonly run: () => Run | null;
}

export interface Trouble {
  meet(crossing: Crossing, scene: Scene): Fate;
  /** A person takes its cause away; called once somebody is asked for help. */
  mend?(scene: Scene): void;
  /** When its cause goes away by itself, domain time; null where it does not, or has not begun. Nobody presses before. */
  endsAt?(): number | null;
  /** The phase in which it began; null where it never met the run. */
  began(): Phase | null;
}

/** One place in a run: the n-th crossing of its kind in a phase, or the first one that comes after it. */
export class Aim {
  readonly #via: Via;
  readonly #phase: Phase;
  readonly #n: number;
  readonly #takes: (crossing: Crossing) => boolean;
  readonly #round: number;
  met: Crossing | null = null;

  /** `round`: of which maintenance of the app. */
  constructor(via: Via, phase: Phase, n: number, takes: (crossing: Crossing) => boolean = () => true, round = 1) {
    this.#via = via;
    this.#phase = phase;
    this.#n = n;
    this.#takes = takes;
    this.#round = round;
  }

  /** Once: whether this is the place. */
  hit(crossing: Crossing): boolean {
    if (this.met !== null || crossing.via !== this.#via || crossing.round < this.#round || !this.#takes(crossing))
      return false;
    const [at, aimed] = [phases.indexOf(crossing.phase), phases.indexOf(this.#phase)];
    if (crossing.round === this.#round && (at < aimed || (at === aimed && crossing.n < this.#n))) return false;
    this.met = crossing;
    return true;
  }
}

export const untroubled: Trouble = { meet: () => pass, began: () => null };

/** The first that has something to say is heard; all of them see every crossing. */
export function together(troubles: readonly Trouble[]): Trouble {
  return {
    meet(crossing, scene) {
      const fates = troubles.map((trouble) => trouble.meet(crossing, scene));
      return fates.find(({ is }) => is !== 'pass') ?? pass;
    },
    mend(scene) {
      for (const trouble of troubles) trouble.mend?.(scene);
    },
    endsAt: () => troubles.reduce<number | null>((latest, one) => later(latest, one.endsAt?.() ?? null), null),
    began: () => troubles.map((trouble) => trouble.began()).find((phase) => phase !== null) ?? null,
  };
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/**
 * Whether a trouble that lasts "until the run turns, asks or gives up" is over: what it was to bring about has come.
 */
export function answered(run: Run | null, began: Phase): boolean {
  if (run === null) return false;
  if (run.ended !== null || (began !== 'back' && run.way === 'back')) return true;
  return run.questions.some((q) =>
    q.about.is === 'resume'
      ? q.withdrawn !== null && q.answered === null
      : q.about.is === 'stuck' || q.about.is === 'start',
  );
}
