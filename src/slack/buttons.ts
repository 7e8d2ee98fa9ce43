// What a button carries, from the view that draws it to the handler that hears the click. The value is bound to one run,
// and an answer to one question and what it showed: a button of an old message can do nothing to a new run.
import type { Button } from '@slack/types';
import { z } from 'zod';
import { Answer } from '../model/event.ts';
import { Request } from './planning.ts';
import { cut, plain } from './views/text.ts';

/** Every button of ours has an action_id that begins so; Slack wants them to differ within a block. */
export const PREFIX = 'maint:';
/** How much longer "Extend 15 min" makes it, milliseconds. */
export const EXTENSION = 15 * 60_000;

/** Longer, or with anything unreadable in it, it is none that we have made, and goes no further. */
const Id = z
  .string()
  .max(300)
  .regex(/^[ -~]+$/u);

export const Press = z.discriminatedUnion('do', [
  z.object({ do: z.literal('abort'), run: Id }),
  z.object({ do: z.literal('resume'), run: Id }),
  z.object({ do: z.literal('extend'), run: Id }),
  z.object({
    do: z.literal('answer'),
    run: Id,
    question: Id,
    answer: Answer,
    hash: Id.nullable(),
  }),
]);
export type Press = z.infer<typeof Press>;

/** What opens a modal has an action_id that begins so: it changes nothing by itself, and is confirmed in the modal. */
export const OPENS = 'maint-open:';

export const Opening = z.discriminatedUnion('opens', [
  z.object({ opens: z.literal('settings'), app: Id }),
  z.object({ opens: z.enum(['plan', 'start', 'settings-of']) }),
  z.object({ opens: z.literal('schedule'), app: Id.nullable() }),
  z.object({ opens: z.literal('edit-window'), window: Id }),
  z.object({ opens: z.literal('change-request'), request: Request }),
]);
export type Opening = z.infer<typeof Opening>;

export function opener(opening: Opening, label: string, style?: 'primary'): Button {
  return {
    type: 'button',
    action_id: OPENS + opening.opens,
    value: JSON.stringify(opening),
    text: { type: 'plain_text', text: cut(plain(label), 75), emoji: true },
    ...(style === undefined ? {} : { style }),
  };
}

export interface Looks {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  /** Slack's own dialog before the click counts. `says`: what will happen, in a sentence or two, plain text. */
  readonly confirm: { readonly title: string; readonly says: string; readonly yes: string };
}

export function button(press: Press, { label, style, confirm }: Looks): Button {
  return {
    type: 'button',
    action_id: PREFIX + (press.do === 'answer' ? `answer:${press.answer}` : press.do),
    value: JSON.stringify(press),
    text: { type: 'plain_text', text: cut(plain(label), 75), emoji: true },
    ...(style === undefined ? {} : { style }),
    confirm: {
      title: { type: 'plain_text', text: cut(plain(confirm.title), 100) },
      text: { type: 'plain_text', text: cut(plain(confirm.says), 300) },
      confirm: { type: 'plain_text', text: cut(confirm.yes, 30) },
      deny: { type: 'plain_text', text: 'Go back' },
      ...(style === undefined ? {} : { style }),
    },
  };
}

/** Null where the value is none of ours, or of an older version of maint. */
export function readPress(value: string | undefined): Press | null {
  return read(Press, value);
}

/** The same. */
export function readOpening(value: string | undefined): Opening | null {
  return read(Opening, value);
}

function read<T>(schema: z.ZodType<T>, value: string | undefined): T | null {
  if (value === undefined) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(value));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
