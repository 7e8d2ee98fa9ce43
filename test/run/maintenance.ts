// One maintenance on the toy platform, driven to where a test wants it.
import { answersTo } from '../../src/model/decide.ts';
import type { Answer, Event } from '../../src/model/event.ts';
import type { Json } from '../../src/model/json.ts';
import { open } from '../../src/model/questions.ts';
import { type ItemState, preflight, type Question, watch } from '../../src/model/run.ts';
import { refOf } from '../../src/model/step.ts';
import { bob, requested, T0 } from '../helpers/make-run.ts';
import { ToyWorld, toyPlatform } from '../helpers/toy-platform.ts';
import { ToyDriver } from './toy-driver.ts';

type Values = Readonly<Record<string, Readonly<Record<string, Json>>>>;

export const usual: Values = {
  door: { door: false },
  intake: { http: 'open' },
  jobs: { nightly: 'rake nightly', hourly: 'rake hourly' },
  workers: { alpha: 4, beta: 0 },
  variable: { MAINTENANCE: null },
};

export class Maintenance {
  readonly world: ToyWorld;
  readonly driver: ToyDriver;

  constructor(values: Values = {}, over: Partial<Event & { is: 'requested' }> = {}) {
    this.world = new ToyWorld({ ...usual, ...values });
    const platform = toyPlatform(this.world);
    const quiet = [preflight, ...platform.quiet.map(refOf)];
    const back = [...platform.back.map(refOf), watch];
    this.driver = new ToyDriver(platform, requested({ quiet, back, ...over }), T0);
  }

  /**
   * Until it rests for longer than `ms` of domain time, which is shorter than a stuck step is left alone, or is held and has
   * been looked at; time moves with it.
   */
  async goOn(ms = 59_000): Promise<this> {
    for (let turns = 0; turns < 1_000; turns += 1) {
      const turn = await this.driver.turn();
      if (turn.is === 'acted') continue;
      if (turn.until === null || turn.until - this.driver.now > ms || turn.after.do === 'patrol') return this;
      this.driver.now = turn.until;
    }
    throw new Error(
      `Expected it to rest within 1000 actions, got ${JSON.stringify(this.driver.log.slice(-12), null, 1)}`,
    );
  }

  /** Until an event of that kind is in the log. */
  async until(is: Event['is'], which: (event: Event) => boolean = () => true): Promise<this> {
    const from = this.driver.log.length;
    for (let turns = 0; turns < 1_000; turns += 1) {
      const turn = await this.driver.turn();
      if (turn.is === 'rests') this.driver.now = turn.until ?? this.driver.now;
      if (this.driver.log.slice(from).some(({ event }) => event.is === is && which(event))) return this;
    }
    throw new Error(`Expected "${is}" within 1000 actions, got ${JSON.stringify(this.driver.log.slice(-12), null, 1)}`);
  }

  async approve(): Promise<this> {
    this.driver.command({ do: 'resume' }, bob);
    await this.goOn();
    this.answer('approve');
    return this;
  }

  /** Answers the one open question that takes this answer. */
  answer(answer: Answer): void {
    const question = this.driver.run.questions.find((q) => open(q) && answersTo(q).includes(answer));
    if (question === undefined) throw new Error(`Expected a question that takes "${answer}", got ${this.asked()}`);
    const hash = question.shown?.hash ?? null;
    const said = this.driver.command({ do: 'answer', question: question.id, answer, hash }, bob);
    if (said === 'refused') throw new Error(`Expected "${answer}" to be taken, got a refusal`);
  }

  open(): readonly Question[] {
    return this.driver.run.questions.filter(open);
  }

  asked(): string {
    return this.open()
      .map((q) => q.about.is)
      .join(', ');
  }

  item(key: string): ItemState {
    const item = this.driver.run.items.find((i) => i.key === key);
    if (item === undefined) throw new Error(`Expected an item ${key}, got none`);
    return item;
  }

  events<K extends Event['is']>(is: K): readonly (Event & { is: K })[] {
    return this.driver.log.map((l) => l.event).filter((event): event is Event & { is: K } => event.is === is);
  }

  written(step: string): readonly Json[] {
    return this.world.writes.filter((w) => w.step === step).map((w) => w.value);
  }
}
