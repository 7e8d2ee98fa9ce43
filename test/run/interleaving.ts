// Plays one maintenance on the toy platform while things happen to it: crashes, failing calls, people, somebody else's
// changes, time. Then all is calm and a person answers what is asked. What must always hold is checked as it goes.
import { z } from 'zod';
import { answersTo, type Command } from '../../src/model/decide.ts';
import { type Json, same } from '../../src/model/json.ts';
import { isWatched } from '../../src/model/phase.ts';
import type { Platform } from '../../src/model/platform.ts';
import { open } from '../../src/model/questions.ts';
import { preflight, type Run, withLastLook } from '../../src/model/run.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { type Ask, refOf, type Verdict, type Wait, waited } from '../../src/model/step.ts';
import { workUnderWay } from '../../src/model/work.ts';
import { ann, bob, concern, HOUR, requested, T0 } from '../helpers/make-run.ts';
import { type Fault, ToyWorld, toyPlatform } from '../helpers/toy-platform.ts';
import { Watched } from './invariants.ts';
import { Crash, ToyDriver } from './toy-driver.ts';

export type Happening =
  | { readonly is: 'crash' }
  | { readonly is: 'fault'; readonly fault: Fault }
  /** One of the commands that make sense, by number. */
  | { readonly is: 'person'; readonly pick: number }
  | { readonly is: 'world'; readonly which: number; readonly to: number }
  | { readonly is: 'time'; readonly ms: number }
  | { readonly is: 'told' }
  /** The intake gets out of reach, or back into it. */
  | { readonly is: 'reach' }
  | { readonly is: 'renamed' }
  /** Whatever one-off dynos run have ended. */
  | { readonly is: 'ends' };

export interface Scene {
  /** `skip`: so many instants pass first at which it could happen. */
  readonly happenings: readonly { readonly skip: number; readonly what: Happening }[];
  /** Nothing happens before that. */
  readonly from: 'start' | 'holding' | 'back' | 'watched';
  /** What the calm person says to drift. */
  readonly drift: 'restore' | 'keep';
  /** Whether something stands against starting. */
  readonly asks: boolean;
  /** Whether something is seen in the watch that people are asked about. */
  readonly restless: boolean;
  readonly before: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** After the last look: it only tells, and another maintenance may be begun out of it. */
function watching(world: ToyWorld, restless: boolean): Wait<boolean> {
  const ask: Ask = { key: 'watched', says: 'alpha crashed', details: [], answers: ['accept', 'quiet-again'] };
  return {
    kind: 'wait',
    name: 'watching',
    title: 'Watching',
    memo: z.boolean(),
    settle: (cx) =>
      world.call('watching', 'settle', [], (): Verdict<boolean> => {
        if (cx.now - cx.since >= WATCHED) return { is: 'done', unanswered: 'the watch is over' };
        const said = (cx.answered ?? []).length > 0;
        if (restless && !said) return { is: 'ask', ask, look: WATCHED / 3, memo: true };
        return { is: 'waiting', why: 'watched', look: WATCHED / 3, memo: true };
      }),
  };
}

const WATCHED = 60_000;

/** More actions than this without time moving is a loop without an end. */
const SPIN = 150;
const TURNS = 3_000;

export interface Played {
  readonly driver: ToyDriver;
  readonly world: ToyWorld;
  readonly run: Run;
}

export async function play(scene: Scene): Promise<Played> {
  const world = new ToyWorld(scene.before);
  if (scene.asks) world.concerns = [concern()];
  const toy = toyPlatform(world);
  const platform: Platform = { ...toy, back: [...toy.back, waited(watching(world, scene.restless))] };
  const driver = new ToyDriver(
    platform,
    requested({
      endsAt: T0 + HOUR,
      settings: defaultSettings,
      quiet: [preflight, ...platform.quiet.map(refOf)],
      back: withLastLook(platform.back.map(refOf)),
    }),
    T0,
  );
  const watched = new Watched(world, driver);
  const stage = new Stage(scene, world, driver);
  world.onCall = (call) => {
    const fault = stage.instant('call');
    if (call.does === 'start' && (fault === null || fault === 'unclear-done')) watched.start();
    return fault;
  };
  world.onWrite = (call) => watched.write(call);
  world.onAnswer = (call) => {
    watched.answer(call);
    stage.instant('answer');
  };
  driver.cut = () => stage.instant('cut');
  driver.onEvent = (event, before) => watched.event(event, before);

  let still = 0;
  let at = driver.now;
  for (let turns = 0; driver.run.ended === null; turns += 1) {
    if (turns > TURNS) throw new Error(`Expected the run to end in ${TURNS} turns, got ${story(driver)}`);
    still = driver.now === at && stage.quietSince() ? still + 1 : 0;
    at = driver.now;
    if (still > SPIN) throw new Error(`Expected time to move within ${SPIN} actions, got ${story(driver)}`);
    const turn = await stage.cutting(() => driver.turn());
    if (turn === 'crashed') {
      watched.restarted();
      continue;
    }
    if (turn.is === 'acted' || driver.run.ended !== null) continue;
    watched.rests(turn.until);
    if (!stage.over && stage.instant('rest') !== 'nothing') continue;
    if (stage.over) world.unusable = false;
    if (stage.over) world.dynos = [];
    if (stage.calm && calmPerson(driver, scene)) continue;
    if (turn.until !== null) driver.now = Math.max(driver.now, turn.until);
    else if (stage.over) throw new Error(`Expected a time to wait for, got none: ${story(driver)}`);
  }
  const last = await driver.turn();
  if (last.is !== 'rests' || last.until !== null) throw new Error('Expected a run that has ended to rest for ever');
  watched.restarted();
  return { driver, world, run: driver.run };
}

/** Answers what is asked; opens the approval where the app is held and nobody has. */
function calmPerson(driver: ToyDriver, scene: Scene): boolean {
  const question = driver.run.questions.find((q) => open(q) && (q.about.is !== 'resume' || q.shown !== null));
  if (question === undefined) return driver.command({ do: 'resume' }, ann) === 'done';
  const answer = {
    start: 'accept',
    resume: 'approve',
    drift: scene.drift,
    violation: 'quiet-again',
    stuck: 'try-again',
    step: question.about.is === 'step' ? (question.about.answers[0] ?? 'accept') : 'accept',
    work: 'done-by-hand',
  } as const;
  const hash = question.shown?.hash ?? null;
  return (
    driver.command({ do: 'answer', question: question.id, answer: answer[question.about.is], hash }, ann) === 'done'
  );
}

class Stage {
  readonly #left: { skip: number; readonly what: Happening }[];
  readonly #from: Scene['from'];
  readonly #world: ToyWorld;
  readonly #driver: ToyDriver;
  #happened = 0;
  #counted = 0;

  constructor(scene: Scene, world: ToyWorld, driver: ToyDriver) {
    this.#from = scene.from;
    this.#left = scene.happenings.map((happening) => ({ ...happening }));
    this.#world = world;
    this.#driver = driver;
  }

  get over(): boolean {
    return this.#left.length === 0;
  }

  /** Nothing happens any more, or not yet. */
  get calm(): boolean {
    return this.over || !this.#begun();
  }

  #begun(): boolean {
    const { way, quietAt } = this.#driver.run;
    if (this.#from === 'watched') return isWatched(this.#driver.run);
    return this.#from === 'start' || way === 'back' || (this.#from === 'holding' && quietAt !== null);
  }

  /** Whether nothing has happened since it was last asked. */
  quietSince(): boolean {
    const quiet = this.#counted === this.#happened;
    this.#counted = this.#happened;
    return quiet;
  }

  async cutting<T>(work: () => Promise<T>): Promise<T | 'crashed'> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Crash) return 'crashed';
      throw error;
    }
  }

  instant(where: 'call'): Fault | null;
  instant(where: 'answer' | 'cut'): void;
  instant(where: 'rest'): 'nothing' | 'something';
  instant(where: 'call' | 'answer' | 'cut' | 'rest'): Fault | null | 'nothing' | 'something' | undefined {
    const nothing = where === 'rest' ? 'nothing' : null;
    const first = this.#left[0];
    if (first === undefined || !this.#begun()) return nothing;
    if (first.skip > 0) {
      first.skip -= 1;
      return nothing;
    }
    if (first.what.is === 'fault' && where !== 'call') {
      // A fault needs a call. A run that waits for a person makes none, so the fault is not waited for much longer.
      if (where === 'rest') first.skip -= 1;
      if (first.skip < -3) this.#left.shift();
      return nothing;
    }
    this.#left.shift();
    this.#happened += 1;
    if (first.what.is === 'fault') return first.what.fault;
    if (first.what.is === 'crash') {
      if (where === 'rest') return 'something';
      throw new Crash(where);
    }
    this.#happens(first.what);
    return where === 'rest' ? 'something' : null;
  }

  #happens(what: Exclude<Happening, { is: 'crash' | 'fault' }>): void {
    switch (what.is) {
      case 'person': {
        const commands = sensible(this.#driver.run);
        const command = commands[what.pick % commands.length];
        if (command !== undefined) this.#driver.command(command, what.pick % 2 === 0 ? ann : bob);
        return;
      }
      case 'world':
        meddle(this.#world, what.which, what.to);
        return;
      case 'time':
        this.#driver.now += what.ms;
        return;
      case 'told':
        this.#driver.emergencyTold();
        return;
      case 'reach':
        this.#world.unusable = !this.#world.unusable;
        return;
      case 'ends':
        this.#world.dynos = [];
        return;
      case 'renamed':
        this.#world.name = `${this.#world.name}-x`;
    }
  }
}

/** Answers before all else, so that most of what people do here goes somewhere. */
function sensible(run: Run): readonly Command[] {
  const answers = run.questions.flatMap((q) =>
    answersTo(q).map((answer): Command => ({ do: 'answer', question: q.id, answer, hash: q.shown?.hash ?? null })),
  );
  const work = { do: 'work', command: 'rails db:migrate', shows: 'rails …', size: null } as const;
  const under = workUnderWay(run);
  const because = `the others sleep, and ${under?.dyno?.name ?? under?.id ?? 'nothing'} has to go on`;
  return [
    ...answers,
    { do: 'resume' },
    { do: 'abort' },
    { do: 'extend', by: HOUR / 4 },
    work,
    { do: 'break-glass', because },
    { do: 'begin-anew' },
  ];
}

/** Somebody else changes, removes or adds a thing. */
function meddle(world: ToyWorld, which: number, to: number): void {
  const choices: Readonly<Record<string, readonly Json[]>> = {
    door: [true, false],
    intake: ['open', 'closed', 'paused'],
    jobs: ['rake other', '# rake other', 'rake nightly', ''],
    workers: [0, 1, 2, 7],
    variable: [null, '', 'false', 'true', 'maybe'],
  };
  const keys = [
    ['door', 'door'],
    ['intake', 'http'],
    ['jobs', 'nightly'],
    ['jobs', 'hourly'],
    ['workers', 'alpha'],
    ['workers', 'beta'],
    ['workers', 'new'],
    ['variable', 'MAINTENANCE'],
  ] as const;
  const [step, key] = keys[which % keys.length] ?? keys[0];
  const values = choices[step] ?? [];
  const removable = step === 'jobs' || step === 'workers';
  const value = values[to % (values.length + (removable ? 1 : 0))];
  if (value === undefined) world.of(step).delete(key);
  else if (!same(world.get(step, key) ?? null, value) || !world.of(step).has(key)) world.of(step).set(key, value);
}

/** The log of a run that broke something, for the person who has to find out why. */
export function story(driver: ToyDriver): string {
  const lines = driver.log.map(({ seq, at, event }) => `${seq} +${(at - T0) / 1000}s ${JSON.stringify(event)}`);
  const shown = lines.length <= 80 ? lines : [...lines.slice(1, 60), '…', ...lines.slice(-20)];
  return `${lines.length} events:\n${shown.join('\n')}`;
}
