// Workers on their way back on a stage, driven as the engine drives them: looked at, written, settled, and people answer.
import { herokuQueues } from '../../../src/heroku/queues.ts';
import { workers } from '../../../src/heroku/steps/process-types.ts';
import type { Json } from '../../../src/model/json.ts';
import type { Settings } from '../../../src/model/settings.ts';
import { type Answered, held, type Item, type StepAnswer, type Verdict } from '../../../src/model/step.ts';
import type { AppDescription } from '../../../src/sandbox/index.ts';
import { shop } from '../../helpers/engine.ts';
import { grace } from './observing.ts';
import { capture, look, type Stage } from './stage.ts';

type Asking = Verdict<Json> & { is: 'ask' };

export async function comingBack(
  stageFor: (app: AppDescription, settings?: Partial<Settings>) => Promise<Stage>,
  formation: NonNullable<AppDescription['formation']>,
  settings: Partial<Settings> = {},
  over: Partial<AppDescription> = {},
) {
  const stage = await stageFor(shop({ formation, ...over }), { canary: 30_000, ...settings });
  const hold = held(workers(stage.heroku, herokuQueues(stage.heroku)));
  let items: readonly Item<Json>[] = (await capture(stage, hold)).map((item) => ({ ...item, sent: [0] }));
  await hold.write(
    stage.cx(),
    items.map(({ key }) => ({ key, value: 0 })),
  );
  let memo: Json = null;
  let state: 'todo' | 'moving' = 'todo';
  let since = stage.clock.now();
  let answered: Answered[] = [];
  /** The quantities that were written, one row a write. */
  const writes: string[] = [];
  const whys: string[] = [];
  let touchedAt: number | null = null;
  const cx = () => ({ ...stage.cx(since), touchedAt, answered });

  async function move(): Promise<void> {
    const now = new Map((await look(stage, hold)).map(({ key, value }) => [key, value]));
    const left = items.filter(({ key, before }) => now.get(key) !== before);
    const changes = left
      .map((item) => ({ key: item.key, value: hold.aim(cx(), item, 'back', memo) }))
      .filter(({ key, value }) => now.get(key) !== value);
    items = items.map((item) => ({
      ...item,
      sent: [...item.sent, ...changes.filter(({ key }) => key === item.key).map(({ value }) => value)],
    }));
    if (changes.length > 0) await hold.write(cx(), changes);
    if (changes.length > 0)
      writes.push(
        changes
          .map(({ key, value }) => `${key}=${value}`)
          .sort()
          .join(' '),
      );
    since = stage.clock.now();
    state = 'moving';
  }

  async function settle(): Promise<Verdict<Json>> {
    if (state === 'todo') await move();
    const verdict = await hold.settle(cx(), 'back', items, memo);
    // As the store gives it back.
    if ('memo' in verdict) memo = JSON.parse(JSON.stringify(verdict.memo));
    if (verdict.is === 'again') state = 'todo';
    if (verdict.is === 'waiting') whys.push(verdict.why);
    return verdict;
  }

  /** Goes on, and lets the time pass that it asks for, until it comes to that, or to an end. */
  async function until(is: Verdict<Json>['is'], between: (looks: number) => void | Promise<void> = () => {}) {
    for (let looks = 1; looks < 200; looks += 1) {
      const verdict = await settle();
      if (verdict.is === is || verdict.is === 'done' || verdict.is === 'failed') return verdict;
      await between(looks);
      if ('look' in verdict) stage.clock.advance(verdict.look);
    }
    throw new Error(`Expected the workers to come to ${is}: ${whys.at(-1)}`);
  }

  return {
    stage,
    settle,
    until,
    writes,
    whys,
    sent: () => items.map(({ sent }) => sent),
    async asked(between?: (looks: number) => void | Promise<void>): Promise<Asking> {
      const verdict = await until('ask', between);
      if (verdict.is !== 'ask') throw new Error(`Expected a question, got ${JSON.stringify(verdict)}`);
      return verdict;
    },
    answer({ ask: { key, says } }: Asking, answer: StepAnswer): void {
      answered = [...answered, { key, says, answer, by: grace, at: stage.clock.now() }];
    },
    /** When it comes back the maintenance has taken so long. */
    heldFor(ms: number): void {
      touchedAt = stage.clock.now() - ms;
    },
    /** As a process that died between the write and its record leaves it. */
    lookFirst(): void {
      state = 'todo';
    },
  };
}
