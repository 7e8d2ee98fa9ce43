// One button of ours, whatever it is for: how it is drawn, and how what it carries is read back. What there is to carry, and what
// a click does, belongs to each kind: `buttons`, `window-buttons` and `planning`.
import type { Button } from '@slack/types';
import { z } from 'zod';
import { cut, plain } from './views/text.ts';

/** Longer, or with anything unreadable in it, it is none that we have made, and goes no further. */
export const Id = z
  .string()
  .max(300)
  .regex(/^[ -~]+$/u);

export interface Looks {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  /** Slack's own dialog before the click counts. `says`: what will happen, in a sentence or two, plain text. */
  readonly confirm?: { readonly title: string; readonly says: string; readonly yes: string };
}

/** Of a button that changes something at the click. */
export type Confirmed = Looks & Required<Pick<Looks, 'confirm'>>;

/** `value`: 2000 characters at most. */
export function drawButton(actionId: string, value: string, { label, style, confirm }: Looks): Button {
  const styled = style === undefined ? {} : { style };
  return {
    type: 'button',
    action_id: actionId,
    value,
    text: { type: 'plain_text', text: cut(plain(label), 75), emoji: true },
    ...styled,
    ...(confirm === undefined
      ? {}
      : {
          confirm: {
            title: { type: 'plain_text', text: cut(plain(confirm.title), 100) },
            text: { type: 'plain_text', text: cut(plain(confirm.says), 300) },
            confirm: { type: 'plain_text', text: cut(confirm.yes, 30) },
            deny: { type: 'plain_text', text: 'Go back' },
            ...styled,
          },
        }),
  };
}

/** Null where the value is none of ours, or of an older version of maint. */
export function carriedIn<T>(schema: z.ZodType<T>, value: string | undefined): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(value ?? ''));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
