// What the forms and the buttons of planned windows carry between two answers: a request that has questions, or the draft that a
// person was shown. Nothing is kept meanwhile but what Slack brings back.
import type { Button } from '@slack/types';
import { z } from 'zod';
import { WindowDraft, type WindowRequest } from '../run/windows/reply.ts';
import type { QuestionId } from '../windows/reading.ts';
import type { Looks } from './buttons.ts';
import { cut, plain } from './views/text.ts';

export const questionId = z.enum([
  'date',
  'next',
  'nth',
  'short',
  'hour',
  'end-hour',
  'midnight',
  'missing',
  'twice',
  'end-missing',
  'end-twice',
  'rule-missing',
  'rule-twice',
] as const satisfies readonly QuestionId[]);

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

const Id = z
  .string()
  .max(300)
  .regex(/^[ -~]+$/u);

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
export function planner(
  planning: Planning,
  { label, style, confirm }: Omit<Looks, 'confirm'> & { readonly confirm?: Looks['confirm'] },
  n = 0,
): Button[] {
  const value = JSON.stringify(planning);
  if (value.length > MOST_VALUE) return [];
  return [
    {
      type: 'button',
      action_id: `${PLANS}${planning.do}${n === 0 ? '' : `:${n}`}`,
      value,
      text: { type: 'plain_text', text: cut(plain(label), 75), emoji: true },
      ...(style === undefined ? {} : { style }),
      ...(confirm === undefined
        ? {}
        : {
            confirm: {
              title: { type: 'plain_text', text: cut(plain(confirm.title), 100) },
              text: { type: 'plain_text', text: cut(plain(confirm.says), 300) },
              confirm: { type: 'plain_text', text: cut(confirm.yes, 30) },
              deny: { type: 'plain_text', text: 'Go back' },
              ...(style === undefined ? {} : { style }),
            },
          }),
    },
  ];
}

/** Null where the value is none of ours, or of an older version of maint. */
export function readPlanning(value: string | undefined): Planning | null {
  try {
    const parsed = Planning.safeParse(JSON.parse(value ?? ''));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
