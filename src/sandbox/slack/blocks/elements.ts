// Block Kit's elements: what can be pressed, picked or typed, and the image beside a text. Where each may stand is said
// in blocks.ts. Selects with external data are left out: maint has none, and they would need option requests.
import { z } from 'zod';
import {
  anyText,
  colour,
  confirm,
  id,
  optionGroup,
  overflowOption,
  plainOption,
  plainText,
  richOption,
  slackFile,
} from './objects.ts';

const actionable = { action_id: id().optional() };
const confirmable = { confirm: confirm.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const placeholdable = { placeholder: plainText(150).optional() };
const dispatchable = {
  dispatch_action_config: z
    .strictObject({ trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1) })
    .optional(),
};
const severalAtMost = { max_selected_items: z.int().min(1).optional() };
const picker = { ...actionable, ...confirmable, ...focusable, ...placeholdable };

export const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

export const button = z.strictObject({
  type: z.literal('button'),
  ...actionable,
  ...confirmable,
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: colour.optional(),
  accessibility_label: z.string().max(75).optional(),
});
export type Button = z.infer<typeof button>;

export const image = z.strictObject({
  type: z.literal('image'),
  alt_text: z.string().min(1).max(2000),
  image_url: z.string().min(1).max(3000).optional(),
  slack_file: slackFile.optional(),
});

export const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...actionable,
  ...confirmable,
  options: z.array(overflowOption).min(1).max(5),
});

export const staticSelect = z.strictObject({
  type: z.literal('static_select'),
  ...picker,
  options: z.array(plainOption).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
  initial_option: plainOption.optional(),
});

export const multiStaticSelect = z.strictObject({
  type: z.literal('multi_static_select'),
  ...picker,
  ...severalAtMost,
  options: z.array(plainOption).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
  initial_options: z.array(plainOption).min(1).max(100).optional(),
});

export const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  ...picker,
  initial_user: id().optional(),
});

export const multiUsersSelect = z.strictObject({
  type: z.literal('multi_users_select'),
  ...picker,
  ...severalAtMost,
  initial_users: z.array(id()).optional(),
});

const conversationFilter = z.strictObject({
  include: z
    .array(z.enum(['im', 'mpim', 'private', 'public']))
    .min(1)
    .optional(),
  exclude_external_shared_channels: z.boolean().optional(),
  exclude_bot_users: z.boolean().optional(),
});

export const conversationsSelect = z.strictObject({
  type: z.literal('conversations_select'),
  ...picker,
  initial_conversation: id().optional(),
  default_to_current_conversation: z.boolean().optional(),
  response_url_enabled: z.boolean().optional(),
  filter: conversationFilter.optional(),
});

export const multiConversationsSelect = z.strictObject({
  type: z.literal('multi_conversations_select'),
  ...picker,
  ...severalAtMost,
  initial_conversations: z.array(id()).optional(),
  default_to_current_conversation: z.boolean().optional(),
  filter: conversationFilter.optional(),
});

export const channelsSelect = z.strictObject({
  type: z.literal('channels_select'),
  ...picker,
  initial_channel: id().optional(),
  response_url_enabled: z.boolean().optional(),
});

export const multiChannelsSelect = z.strictObject({
  type: z.literal('multi_channels_select'),
  ...picker,
  ...severalAtMost,
  initial_channels: z.array(id()).optional(),
});

export const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  ...picker,
  initial_date: date.optional(),
});

export const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  ...picker,
  initial_time: timeOfDay.optional(),
  timezone: z.string().optional(),
});

export const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  ...actionable,
  ...confirmable,
  ...focusable,
  // Seconds, ten digits: milliseconds are the usual mistake, and Slack refuses them.
  initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
});

export const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  ...actionable,
  ...confirmable,
  ...focusable,
  options: z.array(richOption).min(1).max(10),
  initial_option: richOption.optional(),
});

export const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  ...actionable,
  ...confirmable,
  ...focusable,
  options: z.array(richOption).min(1).max(10),
  initial_options: z.array(richOption).min(1).max(10).optional(),
});

const typed = { ...actionable, ...dispatchable, ...focusable, ...placeholdable };

export const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  ...typed,
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
});

export const numberInput = z.strictObject({
  type: z.literal('number_input'),
  ...typed,
  is_decimal_allowed: z.boolean(),
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
});

export const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  ...typed,
  initial_value: z.string().optional(),
});

export const urlInput = z.strictObject({
  type: z.literal('url_text_input'),
  ...typed,
  initial_value: z.string().optional(),
});

export const contextElement = z.discriminatedUnion('type', [...anyText(3000).options, image]);
