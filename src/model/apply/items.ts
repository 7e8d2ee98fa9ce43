// What happens to items: they are captured, then what is sent of them is kept, then what they came to. The snapshot comes
// first and stays (I1).
import type { Event } from '../event.ts';
import { type ItemState, preflight, type Run } from '../run.ts';
import { stoppedBy } from '../work.ts';
import { id, withItem, withStep } from './with.ts';

/** An event that would break an invariant. It would do so however often it is tried. */
export class Unlawful extends Error {
  override readonly name = 'Unlawful';
}

type ItemEvent = Event & {
  readonly is: 'planned' | 'appeared' | 'corrected' | 'renamed' | 'sending' | 'settled';
};

/** Throws `Unlawful`. */
export function applyToItems(run: Run, at: number, event: ItemEvent): Run {
  switch (event.is) {
    case 'planned': {
      const known = new Set(run.items.map(id));
      const fresh = event.items.filter((item) => !known.has(id(item)));
      const next = {
        ...run,
        planned: { at, concerns: event.concerns },
        items: [...run.items, ...fresh.map((item): ItemState => ({ ...item, sent: [], settled: null, loud: false }))],
      };
      return withStep(next, 'quiet', preflight.name, (step) => ({ ...step, trouble: null, why: null }));
    }
    case 'appeared':
      if (run.items.some((item) => id(item) === id(event.item))) return run;
      return { ...run, items: [...run.items, { ...event.item, sent: [], settled: null, loud: false }] };
    case 'corrected':
      return withItem(run, event.item, (item) => {
        if (run.quietAt !== null) {
          throw new Unlawful(`Expected no "before" to be corrected while the app is held, got one of ${id(item)} (I1)`);
        }
        if (item.sent.length > 0) {
          throw new Unlawful(
            `Expected nothing sent for ${id(item)} when its "before" is corrected, got ${item.sent.length} writes (I1)`,
          );
        }
        return { ...item, ...event.item };
      });
    case 'renamed':
      return event.items.reduce(
        (so, said) => withItem(so, said, (item) => ({ ...item, quiet: said.quiet, back: said.back })),
        { ...run, app: { ...run.app, name: event.name }, works: stoppedBy(run.works, event.stops) },
      );
    case 'sending': {
      const unknown = event.changes.find(({ key }) => !run.items.some((item) => id(item) === id({ ...event, key })));
      if (unknown !== undefined) {
        throw new Unlawful(
          `Expected the "before" of ${id({ ...event, key: unknown.key })} when it is sent, got none (I1)`,
        );
      }
      const next = event.changes.reduce<Run>(
        (so, { key, value }) =>
          withItem(so, { step: event.step, key }, (item) => ({ ...item, sent: [...item.sent, value], settled: null })),
        { ...run, touchedAt: run.touchedAt ?? at },
      );
      return withStep(next, event.way, event.step, (step) => ({
        ...step,
        state: 'todo',
        since: step.since ?? at,
      }));
    }
    case 'settled':
      return withItem(run, event, (item) => ({ ...item, settled: { as: event.as, now: event.now, by: event.by } }));
  }
}
