// What is picked and typed in elements: how a person's words become the value that Slack sends, and which values a view
// or message holds at a moment.
import type { Block, Element } from './blocks/blocks.ts';
import type { Option } from './blocks/objects.ts';
import { elementsOf } from './blocks/validate.ts';
import type { Workspace } from './workspace.ts';

/** As a person would say it: a text, an option's label or value, a user's or channel's name, several of them. */
export type Said = string | number | readonly string[];
export type StateValue = { readonly type: string } & Readonly<Record<string, unknown>>;
/** Block id, then action id. */
export type State = Record<string, Record<string, StateValue>>;

export type Pickable = Exclude<Element, { type: 'button' | 'image' }>;

export function isPickable(element: Element): element is Pickable {
  return element.type !== 'button' && element.type !== 'image';
}

/** The value that `said` means for this element; throws, naming what there is, where it means none. */
export function meant(element: Pickable, said: Said, workspace: Workspace): StateValue {
  const { type } = element;
  const one = Array.isArray(said) ? String(said[0] ?? '') : String(said);
  const several = Array.isArray(said) ? said.map(String) : [String(said)];
  switch (type) {
    case 'plain_text_input':
      refuseLength(one, element);
      return { type, value: one === '' ? null : one };
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type, value: one === '' ? null : one };
    case 'datepicker':
      return { type, selected_date: one };
    case 'timepicker':
      return { type, selected_time: one };
    case 'datetimepicker':
      return { type, selected_date_time: Number(one) };
    case 'static_select':
    case 'radio_buttons':
    case 'overflow':
      return { type, selected_option: option(element, one) };
    case 'multi_static_select':
    case 'checkboxes':
      return { type, selected_options: several.map((word) => option(element, word)) };
    case 'users_select':
      return { type, selected_user: workspace.user(one).id };
    case 'multi_users_select':
      return { type, selected_users: several.map((word) => workspace.user(word).id) };
    case 'conversations_select':
      return { type, selected_conversation: workspace.channel(one).id };
    case 'multi_conversations_select':
      return { type, selected_conversations: several.map((word) => workspace.channel(word).id) };
    case 'channels_select':
      return { type, selected_channel: workspace.channel(one).id };
    case 'multi_channels_select':
      return { type, selected_channels: several.map((word) => workspace.channel(word).id) };
  }
}

function refuseLength(text: string, element: Extract<Pickable, { type: 'plain_text_input' }>): void {
  const { min_length = 0, max_length = 3_000 } = element;
  if (text !== '' && (text.length < min_length || text.length > max_length)) {
    throw new Error(`Expected ${min_length} to ${max_length} characters, got ${text.length}`);
  }
}

type WithOptions = Extract<
  Pickable,
  { type: 'static_select' | 'multi_static_select' | 'radio_buttons' | 'checkboxes' | 'overflow' }
>;

function optionsOf(element: WithOptions): readonly Option[] {
  if ('option_groups' in element && element.option_groups !== undefined) {
    return element.option_groups.flatMap((group) => group.options);
  }
  return element.options ?? [];
}

function option(element: WithOptions, word: string): Option {
  const options = optionsOf(element);
  const found = options.find(({ value, text }) => value === word || text.text === word);
  if (found !== undefined) return found;
  throw new Error(`Expected an option, one of ${options.map(({ text }) => text.text).join(', ')}; got ${word}`);
}

/** What an element holds before anybody touches it. */
function initial(element: Exclude<Pickable, { type: 'overflow' }>): StateValue {
  const { type } = element;
  switch (type) {
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type, value: element.initial_value ?? null };
    case 'datepicker':
      return { type, selected_date: element.initial_date ?? null };
    case 'timepicker':
      return { type, selected_time: element.initial_time ?? null };
    case 'datetimepicker':
      return { type, selected_date_time: element.initial_date_time ?? null };
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: element.initial_option ?? null };
    case 'multi_static_select':
    case 'checkboxes':
      return { type, selected_options: element.initial_options ?? [] };
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null };
    case 'multi_users_select':
      return { type, selected_users: element.initial_users ?? [] };
    case 'conversations_select':
      return { type, selected_conversation: element.initial_conversation ?? null };
    case 'multi_conversations_select':
      return { type, selected_conversations: element.initial_conversations ?? [] };
    case 'channels_select':
      return { type, selected_channel: element.initial_channel ?? null };
    case 'multi_channels_select':
      return { type, selected_channels: element.initial_channels ?? [] };
  }
}

/** All values of these blocks: what was picked or typed, else what they began with. */
export function stateOf(blocks: readonly Block[], touched: State): State {
  const state: State = {};
  for (const block of blocks) {
    for (const { element } of elementsOf(block)) {
      if (!isPickable(element) || element.type === 'overflow') continue;
      const blockId = block.block_id ?? '';
      const actionId = element.action_id ?? '';
      const kept = touched[blockId]?.[actionId];
      const value = kept !== undefined && kept.type === element.type ? kept : initial(element);
      state[blockId] = { ...state[blockId], [actionId]: value };
    }
  }
  return state;
}

/** Whether a person would call it empty. */
export function isEmpty(value: StateValue): boolean {
  return Object.entries(value).every(
    ([key, held]) => key === 'type' || held === null || held === '' || (Array.isArray(held) && held.length === 0),
  );
}
