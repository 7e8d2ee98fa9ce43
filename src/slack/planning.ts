// What the forms and the buttons of planned windows carry between two answers: a request that has questions, or the draft that a
// person was shown. Nothing is kept meanwhile but what Slack brings back.
import type { Button } from '@slack/types';
import { z } from 'zod';
import { WindowDraft, type WindowRequest } from '../run/windows/reply.ts';
import { questionIds } from '../windows/reading.ts';
import { carriedIn, drawButton, Id, type Looks } from './button.ts';

export const questionId = z.enum(questionIds);

/** As in `WindowRequest`. */
export const Request: z.ZodType<WindowRequest> = z.object({
  apps: z.array(z.string()),
  typed: z.string().nullable(),
  zone: z.string(),
  own: z.string(),
  answers: z.partialRecord(questionId, z.string()),
  now: z.number().int().nullable(),
  lengthMs: z.number().int().nullable(),
  reason: z.string().nullable(),
  channels: WindowDraft.shape.channels,
  leads: z.array(z.string()),
  startsBy: WindowDraft.shape.startsBy,
  announceBefore: z.array(z.number().int()).nullable(),
  changes: z.object({ id: z.string(), version: z.number().int() }).nullable(),
});

/** What a person was shown, with the zone of theirs that it was shown in. */
export const Shown = z.object({ draft: WindowDraft, own: z.string() });
export type Shown = { readonly draft: WindowDraft; readonly own: string };

/** Every action_id begins so. */
export const PLANS = 'maint-plan:';

export const Planning = z.discriminatedUnion('do', [
  z.object({ do: z.literal('save'), shown: Shown }),
  /** A question was answered: it is read again. */
  z.object({ do: z.literal('read'), request: Request }),
  z.object({ do: z.literal('skip'), occurrence: Id }),
  z.object({ do: z.literal('cancel'), window: Id }),
]);
export type Planning = z.infer<typeof Planning>;

/** Slack takes no more in a button. */
const MOST_VALUE = 2_000;

/** None where it is more than a button can carry. `n`: to tell those of one message apart. */
export function planner(planning: Planning, looks: Looks, n = 0): Button[] {
  const value = JSON.stringify(planning);
  if (value.length > MOST_VALUE) return [];
  return [drawButton(`${PLANS}${planning.do}${n === 0 ? '' : `:${n}`}`, value, looks)];
}

/** Null as in `carriedIn`. */
export function readPlanning(value: string | undefined): Planning | null {
  return carriedIn(Planning, value);
}
