// Block Kit's blocks and which elements may stand in each. Limits that cross blocks (how many, unique ids, what a
// surface allows) are checked in validate.ts.
import { z } from 'zod';
import * as el from './elements.ts';
import { anyText, id, plainText, slackFile } from './objects.ts';

const block = { block_id: id().optional() };

const selects = [
  el.staticSelect,
  el.multiStaticSelect,
  el.usersSelect,
  el.multiUsersSelect,
  el.conversationsSelect,
  el.multiConversationsSelect,
  el.channelsSelect,
  el.multiChannelsSelect,
] as const;

const choices = [el.datepicker, el.timepicker, el.radioButtons, el.checkboxes] as const;

const accessory = z.discriminatedUnion('type', [el.button, el.overflow, el.image, ...selects, ...choices]);
const action = z.discriminatedUnion('type', [el.button, el.overflow, el.datetimepicker, ...selects, ...choices]);
const inputElement = z.discriminatedUnion('type', [
  el.plainTextInput,
  el.numberInput,
  el.emailInput,
  el.urlInput,
  el.datetimepicker,
  ...selects,
  ...choices,
]);

export type Element = z.infer<typeof accessory> | z.infer<typeof action> | z.infer<typeof inputElement>;

const header = z.strictObject({ type: z.literal('header'), ...block, text: plainText(150) });
const divider = z.strictObject({ type: z.literal('divider'), ...block });

const section = z.strictObject({
  type: z.literal('section'),
  ...block,
  text: anyText(3000).optional(),
  fields: z.array(anyText(2000)).min(1).max(10).optional(),
  accessory: accessory.optional(),
  expand: z.boolean().optional(),
});

const context = z.strictObject({
  type: z.literal('context'),
  ...block,
  elements: z.array(el.contextElement).min(1).max(10),
});

const actions = z.strictObject({ type: z.literal('actions'), ...block, elements: z.array(action).min(1).max(25) });

const input = z.strictObject({
  type: z.literal('input'),
  ...block,
  label: plainText(2000),
  element: inputElement,
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
});

const image = z.strictObject({
  type: z.literal('image'),
  ...block,
  alt_text: z.string().min(1).max(2000),
  title: plainText(2000).optional(),
  image_url: z.string().min(1).max(3000).optional(),
  slack_file: slackFile.optional(),
});

const markdown = z.strictObject({ type: z.literal('markdown'), ...block, text: z.string().min(1).max(12_000) });

const style = z
  .strictObject({
    bold: z.boolean().optional(),
    italic: z.boolean().optional(),
    strike: z.boolean().optional(),
    code: z.boolean().optional(),
    underline: z.boolean().optional(),
  })
  .optional();

const richElement = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style }),
  z.strictObject({
    type: z.literal('link'),
    url: z.string().min(1),
    text: z.string().optional(),
    unsafe: z.boolean().optional(),
    style,
  }),
  z.strictObject({ type: z.literal('user'), user_id: id(), style }),
  z.strictObject({ type: z.literal('usergroup'), usergroup_id: id(), style }),
  z.strictObject({ type: z.literal('channel'), channel_id: id(), style }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']), style }),
  z.strictObject({ type: z.literal('emoji'), name: id(), unicode: z.string().optional(), style }),
  z.strictObject({
    type: z.literal('date'),
    timestamp: z.int(),
    format: z.string().min(1),
    url: z.string().optional(),
    fallback: z.string().optional(),
    style,
  }),
]);
export type RichElement = z.infer<typeof richElement>;

const border = z.union([z.literal(0), z.literal(1)]).optional();
const richSection = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(richElement) });
const richText = z.strictObject({
  type: z.literal('rich_text'),
  ...block,
  elements: z
    .array(
      z.discriminatedUnion('type', [
        richSection,
        z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(richElement), border }),
        z.strictObject({ type: z.literal('rich_text_preformatted'), elements: z.array(richElement), border }),
        z.strictObject({
          type: z.literal('rich_text_list'),
          style: z.enum(['bullet', 'ordered']),
          elements: z.array(richSection).min(1),
          indent: z.int().min(0).max(8).optional(),
          offset: z.int().min(0).optional(),
          border,
        }),
      ]),
    )
    .min(1),
});
export type RichText = z.infer<typeof richText>;

const tableCell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
  richText,
]);
const table = z.strictObject({
  type: z.literal('table'),
  ...block,
  rows: z.array(z.array(tableCell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z.strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() }),
    )
    .max(20)
    .optional(),
});

export const anyBlock = z.discriminatedUnion('type', [
  header,
  divider,
  section,
  context,
  actions,
  input,
  image,
  markdown,
  richText,
  table,
]);
export type Block = z.infer<typeof anyBlock>;

const viewParts = {
  blocks: z.array(anyBlock).max(100),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};

export const anyView = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('modal'),
    ...viewParts,
    title: plainText(24),
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('home'), ...viewParts }),
]);
export type View = z.infer<typeof anyView>;
