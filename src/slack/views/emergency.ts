// The emergency note: the commands that undo everything with the Heroku CLI alone, in the order of the way back. It is
// there for the day maint itself is dead, so it leans on nothing but the thread that it stands in.

import type { KnownBlock } from '@slack/types';
import { same } from '../../model/json.ts';
import type { ItemState, Run } from '../../model/run.ts';
import { context, type Drawn, lines, message, preformatted, section } from './blocks.ts';
import { code, count, said, time, utc } from './text.ts';
import { atTerminal, stepTitle } from './words.ts';

/** Characters of commands a message. A longer command has no place in any message, and is named instead. */
const PAGE = 6_500;

/**
 * One message, or as many as it takes: a card that is cut short would undo only half. `now`: commands are as of then; a
 * later card in the thread replaces an earlier one. Once the run has ended the commands are void: pasted the day after,
 * they would undo what was done since. Those of what was left as it is still count.
 */
export function emergency(run: Run, now: number): readonly [Drawn, ...Drawn[]] {
  return run.ended === null ? inForce(run, now) : [voided(run, run.ended)];
}

/** How many messages a card in force takes. */
export function emergencyParts(run: Run): number {
  return inForce(run, run.askedAt).length;
}

function voided(run: Run, ended: NonNullable<Run['ended']>): Drawn {
  const app = said(run.app.name, 60);
  const left = leftOpen(run);
  if (left.length > 0) return stillCounting(run, ended, left);
  const text = `🧯 The emergency card for *${app}* is void since ${time(ended.at)}: the maintenance has ended. Its commands would undo what was done since.`;
  return message(text, { top: [section(text)] });
}

/** One message whatever it holds: every part of a card that was longer becomes this. */
function stillCounting(run: Run, ended: NonNullable<Run['ended']>, left: readonly ItemState[]): Drawn {
  const app = said(run.app.name, 60);
  const [shown = []] = pages(left.filter((item) => !tooLong(item)));
  const missing = left.filter((item) => !shown.includes(item));
  const what = count(left.length, 'item was left as it is', 'items were left as they are');
  const text = `🧯 The maintenance of *${app}* has ended ${time(ended.at)}, and ${what}. Only the commands below still count; all others of this card are void, and would undo what was done since.`;
  return message(
    `${app}: the maintenance has ended, and ${what}: the commands still count.`,
    {
      top: [section(text), ...(missing.length === 0 ? [] : [section(incomplete(run, missing))])],
      middle: commands(run, shown),
    },
    `*NOT complete*: there is more than this message can hold; ${atTerminal(run, 'status')} prints it.`,
  );
}

function inForce(run: Run, now: number): readonly [Drawn, ...Drawn[]] {
  const items = undone(run);
  const app = said(run.app.name, 60);
  if (items.length === 0) {
    const nothing = `🧯 ${app}: nothing that this maintenance would set differs from how it is, so there is nothing to undo by hand.`;
    return [message(nothing, { top: [section(nothing)] })];
  }
  const missing = items.filter(tooLong);
  const [first = [], ...more] = pages(items.filter((item) => !tooLong(item)));
  const asOf = context(`As of ${utc(now)}; a later card in this thread replaces this one.`);
  const whole = 1 + more.length;
  const drawn = (part: readonly ItemState[], top: readonly string[], n: number) =>
    message(
      `${app}: the emergency card, ${count(items.length - missing.length, 'command')} to undo ${missing.length > 0 ? 'most of it' : 'everything'} by hand${whole > 1 ? ` (part ${n} of ${whole})` : ''}.`,
      {
        top: lines(top),
        middle: commands(run, part),
        bottom: [...(n < whole ? [context(`Part ${n} of ${whole}: it goes on below.`)] : []), asOf],
      },
      `*NOT complete*: there is more than this message can hold; ${atTerminal(run, 'status')} prints it.`,
    );
  return [
    drawn(first, head(run, missing), 1),
    ...more.map((part, i) => drawn(part, [`🧯 *Emergency card for ${app}*, part ${i + 2} of ${whole}`], i + 2)),
  ];
}

function head(run: Run, missing: readonly ItemState[]): string[] {
  const app = said(run.app.name, 60);
  const what = missing.length === 0 ? 'everything that this maintenance changes' : 'what this maintenance changes';
  return [
    '🧯 *First stop maint, or press Abort* (once it is quiet: Resume, then Approve). While it runs it may set this again.',
    ...(missing.length === 0 ? [] : [incomplete(run, missing)]),
    `*Emergency card for ${app}*: these commands put back ${what}, in this order. They need only the Heroku CLI and work with maint dead. Running one twice does no harm.`,
  ];
}

function incomplete(run: Run, missing: readonly ItemState[]): string {
  const names = missing.slice(0, 8).map((item) => `${stepTitle(run, item.step)}: ${code(item.label, 40)}`);
  const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : '';
  return `⚠️ *NOT complete*: ${names.join(', ')}${more} ${missing.length === 1 ? 'is' : 'are'} missing, too long for a Slack message; ${atTerminal(run, 'status')} prints it.`;
}

function tooLong(item: ItemState): boolean {
  return item.back.byHand.length >= PAGE;
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

/** What a person has left as it is: not put back, whether or not the maintenance has ended. */
export function leftOpen(run: Run): readonly ItemState[] {
  return undone(run).filter((item) => item.settled?.as === 'left');
}

/** What would be changed, in the order in which it is put back. */
function undone(run: Run): readonly ItemState[] {
  const order = run.steps.back.map((step) => step.name);
  const place = (item: ItemState) => {
    const at = order.indexOf(item.step);
    return at < 0 ? order.length : at;
  };
  return run.items
    .filter((item) => !same(item.aim, item.before) || item.sent.length > 0)
    .toSorted((a, b) => place(a) - place(b));
}
