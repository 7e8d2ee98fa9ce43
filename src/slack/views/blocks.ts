// The few kinds of Block Kit blocks that the views are made of, kept within Slack's limits. What a text says is the
// views' business, and it comes here escaped already.
import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  RichTextBlock,
  SectionBlock,
} from '@slack/types';
import { cut, cutEscaped, plain } from './text.ts';

/** A message: `text` says in a line what `blocks` show, for notifications and screen readers. */
export interface Drawn {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

const MOST_BLOCKS = 50;
const SECTION = 3000;
/** Slack answers `msg_blocks_too_long` above some sum that it does not tell: 9,600 passed, 11,300 failed (slackapi/bolt-js#2867). */
const MOST_TEXT = 9_500;
/** The longest text of one preformatted block: a phone still scrolls it. */
const PREFORMATTED = 2800;

export function header(text: string): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text: cut(plain(text), 150), emoji: true } };
}

/** One section; longer text belongs into `lines`. */
export function section(text: string): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: cutEscaped(text, SECTION) } };
}

export function context(text: string): ContextBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: cutEscaped(text, SECTION) }] };
}

export function actions(elements: Button[]): ActionsBlock[] {
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

/** Lines in as few sections as hold them; a line is never divided. */
export function lines(all: readonly string[]): SectionBlock[] {
  return packed(all, SECTION - 100).map(section);
}

/** Literal text to copy: Slack interprets nothing in it, so nothing is escaped, and it is copied as it was written. */
export function preformatted(all: readonly string[]): RichTextBlock[] {
  return packed(all, PREFORMATTED).map((text) => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  }));
}

function packed(all: readonly string[], most: number): string[] {
  const texts: string[] = [];
  for (const line of all) {
    const last = texts.at(-1);
    if (line === '') continue;
    if (last !== undefined && last.length + 1 + line.length <= most) texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts;
}

/**
 * A message of `top`, as much of `middle` as Slack takes, and `bottom`, which holds what people need to press and is never
 * left out. `missing` says what to do about the rest.
 */
export function message(
  text: string,
  { top, middle = [], bottom = [] }: { top: KnownBlock[]; middle?: KnownBlock[]; bottom?: KnownBlock[] },
  missing = 'There is more than one Slack message can hold; the terminal shows all of it.',
): Drawn {
  const kept: KnownBlock[] = [];
  let room = MOST_TEXT - [...top, ...bottom].reduce((sum, block) => sum + weight(block), 0);
  let places = MOST_BLOCKS - top.length - bottom.length - 1;
  for (const block of middle) {
    room -= weight(block);
    places -= 1;
    if (room < 0 || places < 0)
      return { text: cutEscaped(text, 1000), blocks: [...top, ...kept, context(missing), ...bottom] };
    kept.push(block);
  }
  return { text: cutEscaped(text, 1000), blocks: [...top, ...kept, ...bottom] };
}

/** The length of all text in blocks, however deep. */
export function weight(part: unknown): number {
  if (typeof part !== 'object' || part === null) return 0;
  if (Array.isArray(part)) return part.reduce<number>((sum, inner) => sum + weight(inner), 0);
  return Object.entries(part).reduce(
    (sum, [key, value]) => sum + (key === 'text' && typeof value === 'string' ? value.length : weight(value)),
    0,
  );
}

/** What leaves room for the head and the buttons of a message. */
const ROOM = MOST_TEXT - 1_500;

export function fits(all: readonly string[], room = ROOM): boolean {
  return all.reduce((sum, line) => sum + line.length + 1, 0) <= room;
}

/** The longest of `drafts` that leaves room for the rest of a message; the last one where none does. */
export function fitting(drafts: readonly (() => string[])[], room = ROOM): string[] {
  let made: string[] = [];
  for (const draft of drafts) {
    made = draft();
    if (fits(made, room)) break;
  }
  return made;
}
