// Block Kit's small parts that elements and blocks are made of: texts, options, confirm dialogs. Each is strict: a field
// that Slack does not know is refused, as Slack does.
import { z } from 'zod';

export const id = (max = 255) => z.string().min(1).max(max);

export const plainText = (max = 3000) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  });

const mrkdwn = (max = 3000) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(max),
    verbatim: z.boolean().optional(),
  });

export const anyText = (max = 3000) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)]);

export type AnyText = z.infer<ReturnType<typeof anyText>>;

export const colour = z.enum(['primary', 'danger']);

export const confirm = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: colour.optional(),
});

// Slack's pages have named 75 and 150 characters for an option's value at different times: the smaller is safe in both.
const optionValue = z.string().min(1).max(75);

/** An option of a select or an overflow menu. */
export const plainOption = z.strictObject({
  text: plainText(75),
  value: optionValue,
  description: plainText(75).optional(),
});

/** An option of radio buttons or checkboxes, where mrkdwn is allowed. */
export const richOption = z.strictObject({
  text: anyText(75),
  value: optionValue,
  description: anyText(75).optional(),
});

export const overflowOption = plainOption.extend({ url: z.string().max(3000).optional() });

export type Option = z.infer<typeof richOption>;

export const optionGroup = z.strictObject({
  label: plainText(75),
  options: z.array(plainOption).min(1).max(100),
});

export const slackFile = z.union([z.strictObject({ id: id() }), z.strictObject({ url: z.string().min(1).max(3000) })]);
