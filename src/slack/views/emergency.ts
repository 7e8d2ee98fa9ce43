// The emergency note: the commands that undo everything with the Heroku CLI alone, in the order of the way back. It is
// there for the day maint itself is dead, so it leans on nothing but the thread that it stands in.

import type { KnownBlock } from '@slack/types';
import { same } from '../../model/json.ts';
import type { ItemState, Run } from '../../model/run.ts';
import { context, type Drawn, message, preformatted, section } from './blocks.ts';
import { count, said, utc } from './text.ts';
import { stepTitle } from './words.ts';

/** Characters of commands a message. */
const PAGE = 7_000;

/**
 * One message, or as many as it takes: a card that is cut short would undo only half. `now`: commands are as of then; a
 * later card in the thread replaces an earlier one.
 */
export function emergency(run: Run, now: number): readonly [Drawn, ...Drawn[]] {
  const items = undone(run);
  const app = said(run.app.name, 60);
  if (items.length === 0) {
    const nothing = `🧯 ${app}: nothing that this maintenance would set differs from how it is, so there is nothing to undo by hand.`;
    return [message(nothing, { top: [section(nothing)] })];
  }
  const [first = [], ...more] = pages(items);
  const head = `🧯 *Emergency card for ${app}*: these commands put back everything that this maintenance changes, in this order. They need only the Heroku CLI and work with maint dead. Running one twice does no harm.`;
  const asOf = context(`As of ${utc(now)}; a later card in this thread replaces this one.`);
  const whole = 1 + more.length;
  const drawn = (part: readonly ItemState[], top: string, n: number) =>
    message(
      `${app}: the emergency card, ${count(items.length, 'command')} to undo everything by hand${whole > 1 ? ` (part ${n} of ${whole})` : ''}.`,
      {
        top: [section(top)],
        middle: commands(run, part),
        bottom: [...(n < whole ? [context(`Part ${n} of ${whole}: it goes on below.`)] : []), asOf],
      },
    );
  return [
    drawn(first, head, 1),
    ...more.map((part, i) => drawn(part, `🧯 *Emergency card for ${app}*, part ${i + 2} of ${whole}`, i + 2)),
  ];
}

function commands(run: Run, items: readonly ItemState[]): KnownBlock[] {
  const steps = [...new Set(items.map((item) => item.step))];
  return steps.flatMap((step) => [
    section(`*${stepTitle(run, step)}*`),
    ...preformatted(items.filter((item) => item.step === step).map((item) => item.back.byHand)),
  ]);
}

/** So that each page fits into one message, whatever its headings. */
function pages(items: readonly ItemState[]): ItemState[][] {
  const all: ItemState[][] = [];
  let room = 0;
  for (const item of items) {
    const needs = item.back.byHand.length + 1;
    const page = all.at(-1);
    if (page === undefined || needs > room) {
      all.push([item]);
      room = PAGE - needs;
    } else {
      page.push(item);
      room -= needs;
    }
  }
  return all;
}

/** What would be changed, in the order in which it is put back. */
export function undone(run: Run): readonly ItemState[] {
  const order = run.steps.back.map((step) => step.name);
  const place = (item: ItemState) => {
    const at = order.indexOf(item.step);
    return at < 0 ? order.length : at;
  };
  return run.items
    .filter((item) => !same(item.aim, item.before) || item.sent.length > 0)
    .toSorted((a, b) => place(a) - place(b));
}
