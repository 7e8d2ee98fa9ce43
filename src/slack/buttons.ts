// What a button carries, from the view that draws it to the handler that hears the click. The value is bound to one run,
// and an answer to one question and what it showed: a button of an old message can do nothing to a new run.
import type { Button } from '@slack/types';
import { z } from 'zod';
import { Answer } from '../model/event.ts';
import { type Confirmed, carriedIn, drawButton, Id } from './button.ts';
import { Request } from './planning.ts';

/** Every button of ours has an action_id that begins so; Slack wants them to differ within a block. */
export const PREFIX = 'maint:';
/** How much longer "Extend 15 min" makes it, milliseconds. */
export const EXTENSION = 15 * 60_000;

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
  const looks = style === undefined ? { label } : { label, style };
  return drawButton(OPENS + opening.opens, JSON.stringify(opening), looks);
}

export function button(press: Press, looks: Confirmed): Button {
  const does = press.do === 'answer' ? `answer:${press.answer}` : press.do;
  return drawButton(PREFIX + does, JSON.stringify(press), looks);
}

/** Null as in `carriedIn`. */
export function readPress(value: string | undefined): Press | null {
  return carriedIn(Press, value);
}

/** The same. */
export function readOpening(value: string | undefined): Opening | null {
  return carriedIn(Opening, value);
}
