// What must hold at every instant of every maintenance, checked where it would break: at the write itself, at the event
// itself. Each throws with the invariant's number.
import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../../src/model/event.ts';
import { type Json, same } from '../../src/model/json.ts';
import { APPROVAL_EXPIRES, approved, open, violationOf } from '../../src/model/questions.ts';
import { type ItemState, type Question, type Run, touched } from '../../src/model/run.ts';
import type { StepName } from '../../src/model/step.ts';
import { workUnderWay } from '../../src/model/work.ts';
import { type Call, shown as say, type ToyWorld } from '../helpers/toy-platform.ts';
import type { ToyDriver } from './toy-driver.ts';

export class Watched {
  readonly #world: ToyWorld;
  readonly #driver: ToyDriver;
  #last: Event | null = null;
  /** What maint saw of each step when it last looked. */
  readonly #seen = new Map<StepName, ReadonlyMap<string, Json>>();
  /** The first `before` of each item that anything was sent for. */
  readonly #snapshot = new Map<string, Json>();

  constructor(world: ToyWorld, driver: ToyDriver) {
    this.#world = world;
    this.#driver = driver;
  }

  answer({ step, does }: Call): void {
    if (does === 'look' || does === 'write') this.#seen.set(step, new Map(this.#world.of(step)));
  }

  write({ step, changes }: Call): void {
    const { run, doing } = this.#driver;
    for (const { key, value } of changes) {
      const item = run.items.find((i) => i.step === step && i.key === key);
      const what = `${step} ${key} = ${JSON.stringify(value)}`;
      check(item !== undefined, `I1: ${what} is written and its "before" is not in the log`);
      check(
        item.sent.some((sent) => same(sent, value)),
        `I1: ${what} is written and the intent is not in the log`,
      );
      check(doing?.do === 'move', `${what} is written outside a move`);
      const held = run.quietAt !== null && doing.way === 'quiet';
      check(doing.way === 'back' || held || !same(item.before, value), `I4: ${what} was so before and is written`);
    }
    if (run.way === 'quiet' && run.quietAt !== null)
      for (const { key, value } of changes) this.#heldStill(run, step, key, value);
    if (step === 'door' && doing?.do === 'move' && doing.way === 'back') this.#doorOpens(run);
  }

  /** While holding, only what a person wants quiet again is written, and only to be quiet. */
  #heldStill(run: Run, step: StepName, key: string, value: Json): void {
    const what = `${step} ${key} = ${JSON.stringify(value)}`;
    const asked = violationOf(run, { step, key });
    check(asked?.answered?.answer === 'quiet-again', `I11: ${what} is written while holding and nobody asked for it`);
    const item = run.items.find((i) => i.step === step && i.key === key);
    check(item !== undefined && same(item.aim, value), `I11: ${what} is written while holding and is not quiet`);
    const now = this.#seen.get(step)?.get(key) ?? null;
    const shown = asked.about.is === 'violation' && (same(asked.about.now, now) || same(value, now));
    check(shown, `I11: ${what} replaces ${JSON.stringify(now)}, which nobody was shown`);
  }

  #doorOpens(run: Run): void {
    const waiting = run.items.filter((i) => i.step !== 'door' && touched(i) && i.settled === null).map((i) => i.key);
    check(waiting.length === 0, `the door opens before ${waiting.join(', ')} is settled`);
    const asked = run.questions.filter(
      (q) => open(q) && (q.about.is === 'drift' || (q.about.is === 'stuck' && q.about.step !== 'door')),
    );
    check(asked.length === 0, `the door opens while ${asked.map((q) => q.id).join(', ')} is open`);
  }

  /** A command begins: only in an app that is held and that nobody has approved to open, with its intent in the log, and once. */
  start(): void {
    const { run } = this.#driver;
    const work = run.works.find(({ ended }) => ended === null);
    check(run.way === 'quiet' && run.quietAt !== null, 'a command is started in an app that is not held');
    check(work !== undefined && work.startingAt !== null, 'a command is started and its intent is not in the log');
    check(work.dyno === null, 'a command is started that runs already');
    check(!run.questions.some(approved), 'a command is started in an app that was approved to be opened');
    const again = run.questions.filter(
      ({ about, answered }) => about.is === 'work' && answered?.answer === 'try-again',
    );
    const allowed = run.works.length + again.length;
    check(this.#world.ran.length < allowed, `a command is started, and ${this.#world.ran.length} of ${allowed} were`);
  }

  event(event: Event, before: Run): void {
    const last = this.#last;
    this.#last = event;
    switch (event.is) {
      case 'work-asked': {
        const opening = before.questions.some((q) => q.about.is === 'resume' && open(q));
        check(!opening, 'a command is taken on while an approval is open');
        return;
      }
      case 'answered':
        // Who breaks the glass in the middle of a command has named it.
        if (workUnderWay(before) !== null && (event.answer === 'approve' || event.answer === 'approve-layers'))
          check(last?.is === 'glass-broken', 'an approval is given in the middle of a command');
        return;
      case 'sending':
        for (const { key } of event.changes) this.#firstSent(before, event.step, key);
        return;
      case 'turned':
        if (before.quietAt !== null) this.#approved(before, event);
        return;
      case 'ended':
        if (event.as === 'restored')
          for (const item of before.items.filter((i) => touched(i) || i.loud)) this.#restored(item);
        else check(this.#world.writes.length === 0, 'I3: cancelled, although something was written');
        return;
      default:
        return;
    }
  }

  #firstSent(run: Run, step: StepName, key: string): void {
    const item = run.items.find((i) => i.step === step && i.key === key);
    check(item !== undefined, `I1: ${step} ${key} is about to be sent and has no "before"`);
    if (touched(item)) return;
    const seen = this.#seen.get(step)?.get(key);
    // What others changed while the app was held is put back as it was before that.
    check(
      (run.quietAt !== null && item.loud) || (seen !== undefined && same(seen, item.before)),
      `I1: the "before" of ${step} ${key} is ${JSON.stringify(item.before)}, but the look before the first write saw ${JSON.stringify(seen)}`,
    );
    this.#snapshot.set(JSON.stringify([step, key]), item.before);
  }

  #approved(run: Run, event: Event & { is: 'turned' }): void {
    const given = run.questions.findLast((q) => q.about.is === 'stuck' && q.answered?.answer === 'give-up');
    if (given !== undefined && event.by?.id === given.answered?.by.id) return;
    const last = run.questions.findLast((q) => q.about.is === 'resume');
    if (last !== undefined && last.withdrawn !== null && run.approvalTrouble !== null) {
      // It was asked for, and could not be looked up: then a person's abort is enough, and needs a name.
      check(event.by !== null, 'I11: nobody is named for the turn from holding');
      return;
    }
    const answer = run.questions.findLast((q) => q.about.is === 'resume' && approves(q));
    check(answer !== undefined && answer.withdrawn === null, 'I11: the run turned from holding without an approval');
    const { answered, shown } = answer;
    check(event.by !== null && event.by.id === answered?.by.id, 'I11: nobody is named for the turn from holding');
    check(shown !== null && answered !== null, 'I11: what was approved had not been shown');
    check(answered.at < shown.at + APPROVAL_EXPIRES, 'I11: the approval had expired');
    for (const row of shown.rows) {
      const now = this.#seen.get(row.step)?.get(row.key);
      const says = now === undefined ? 'gone' : say(row.step, now);
      if (row.now === 'cannot be read') continue;
      check(says === row.now, `I11: ${row.key} was approved as ${row.now} and is ${says}`);
    }
    const rows = run.items.filter((item) => touched(item) || item.loud).length;
    check(shown.rows.length === rows, `I11: ${shown.rows.length} of ${rows} items were shown`);
  }

  #restored({ step, key, before, settled }: ItemState): void {
    const now = this.#seen.get(step)?.get(key);
    const what = `I3: restored, and ${step} ${key}`;
    check(settled !== null, `${what} is not settled`);
    switch (settled.as) {
      case 'before':
        check(now !== undefined && same(now, before), `${what} is ${JSON.stringify(now)}, not ${String(before)}`);
        return;
      case 'gone':
        check(now === undefined, `${what} is said to be gone and is ${JSON.stringify(now)}`);
        return;
      case 'kept':
        check(settled.by !== null, `${what} is kept and nobody is named for it`);
    }
  }

  /** After a crash, and at the end: the log alone tells everything. */
  restarted(): void {
    check(isDeepStrictEqual(this.#driver.folded(), this.#driver.run), 'I5: the log folds into another run');
    for (const item of this.#driver.run.items) {
      const first = this.#snapshot.get(JSON.stringify([item.step, item.key]));
      check(first === undefined || same(first, item.before), `I1: the "before" of ${item.key} has changed`);
      check(first !== undefined || !touched(item), `I1: ${item.key} was touched and never seen to be`);
    }
  }

  rests(until: number | null): void {
    const { run, now } = this.#driver;
    if (run.ended !== null) return;
    check(until !== null && Number.isFinite(until), 'I3: the run rests for ever and has not ended');
    check(until >= now, 'the run rests until a time that is past');
  }
}

/** All in one go, or layer by layer. */
function approves({ answered }: Question): boolean {
  return answered?.answer === 'approve' || answered?.answer === 'approve-layers';
}

function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
