// The parts that modals are made of, within Slack's limits: inputs with what they hold now, and the views that only say something.
import type { InputBlock, KnownBlock, ModalView, Option } from '@slack/types';
import { section } from './blocks.ts';
import { cut, plain, said } from './text.ts';

const MOST_BLOCKS = 100;
/** Slack takes 3,000 characters of what a view carries along. */
export const MOST_CARRIED = 3_000;

export interface Modal {
  /** Which form it is; none for a view that only says something. */
  readonly form?: string;
  /** At most 24 characters are shown. */
  readonly title: string;
  readonly blocks: readonly KnownBlock[];
  readonly submit?: string;
  readonly close?: string;
  /** Comes back with the submission. Throws above 3,000 characters: whoever carries more has to refuse it before. */
  readonly carries?: string;
  /** Closing it closes what lies under it. */
  readonly last?: boolean;
}

export function modal({ form, title, blocks, submit, close = 'Close', carries, last = false }: Modal): ModalView {
  if (carries !== undefined && carries.length > MOST_CARRIED) {
    throw new Error(`Expected at most ${MOST_CARRIED} characters for a modal to carry, got ${carries.length}`);
  }
  return {
    type: 'modal',
    title: { type: 'plain_text', text: cut(plain(title), 24) },
    blocks: blocks.length <= MOST_BLOCKS ? [...blocks] : [...blocks.slice(0, MOST_BLOCKS - 1), section('…')],
    close: { type: 'plain_text', text: cut(close, 24) },
    ...(submit === undefined ? {} : { submit: { type: 'plain_text', text: cut(submit, 24) } }),
    ...(form === undefined ? {} : { callback_id: form }),
    ...(carries === undefined ? {} : { private_metadata: carries }),
    ...(last ? { clear_on_close: true } : {}),
  };
}

/** While it is being worked on. `id`: to find it again by. */
export function waiting(id: string): ModalView {
  return { ...modal({ title: 'maint', blocks: [section('⏳ One moment …')] }), external_id: cut(id, 255) };
}

/** Closed, it shows again what lies under it, as it was filled in. */
export function refusedModal({ says, remedy }: { readonly says: string; readonly remedy: string }): ModalView {
  return modal({
    title: 'maint',
    blocks: [section(`🚫 ${said(says, 1400)}\n${said(remedy, 1400)}`.trimEnd())],
    close: 'Back',
  });
}

/** What is wrong by field where the fields themselves cannot show it any more. */
export function wrongModal(problems: readonly { readonly label: string; readonly says: string }[]): ModalView {
  const lines = problems.slice(0, 20).map(({ label, says }) => `• *${said(label, 60)}*: ${said(says, 300)}`);
  return modal({
    title: 'maint',
    blocks: [section(`🚫 Nothing was saved.`), ...lines.map((line) => section(line))],
    close: 'Back',
  });
}

interface Asking {
  /** Its block's id, under which the value comes back, and errors are shown. */
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** Nothing may be filled in. */
  readonly optional?: boolean;
}

type Inner = InputBlock['element'];

function input({ id, label, hint, optional = false }: Asking, element: Inner): InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: { type: 'plain_text', text: cut(plain(label), 200) },
    element,
    ...(hint === undefined ? {} : { hint: { type: 'plain_text', text: cut(plain(hint), 500) } }),
    ...(optional ? { optional: true } : {}),
  };
}

/** The one element of each block has this action id. */
export const VALUE = 'value';
const LONGEST_TEXT = 3_000;

/** `holds`: up to 3,000 characters. */
export function textInput(
  asking: Asking & { readonly holds: string; readonly lines?: boolean; readonly like?: string; readonly most?: number },
): InputBlock {
  const { holds, lines = false, like, most = LONGEST_TEXT } = asking;
  return input(asking, {
    type: 'plain_text_input',
    action_id: VALUE,
    multiline: lines,
    max_length: most,
    ...(holds === '' ? {} : { initial_value: holds.slice(0, most).toWellFormed() }),
    ...(like === undefined ? {} : { placeholder: { type: 'plain_text', text: cut(like, 150) } }),
  });
}

export interface Choice {
  readonly value: string;
  readonly words: string;
}

function option({ value, words }: Choice): Option & { text: { type: 'plain_text'; text: string } } {
  return { value, text: { type: 'plain_text', text: cut(plain(words), 75) } };
}

/** `holds`: the value of one of the choices; null: none yet. */
export function selectInput(
  asking: Asking & { readonly choices: readonly Choice[]; readonly holds: string | null },
): InputBlock {
  const now = asking.choices.find(({ value }) => value === asking.holds);
  return input(asking, {
    type: 'static_select',
    action_id: VALUE,
    options: asking.choices.slice(0, 100).map(option),
    ...(now === undefined ? {} : { initial_option: option(now) }),
  });
}

export function radioInput(
  asking: Asking & { readonly choices: readonly Choice[]; readonly holds?: string },
): InputBlock {
  const now = asking.choices.find(({ value }) => value === asking.holds);
  return input(asking, {
    type: 'radio_buttons',
    action_id: VALUE,
    options: asking.choices.slice(0, 10).map(option),
    ...(now === undefined ? {} : { initial_option: option(now) }),
  });
}

export function dateInput(asking: Asking & { readonly holds: string | null }): InputBlock {
  const { holds } = asking;
  return input(asking, {
    type: 'datepicker',
    action_id: VALUE,
    ...(holds === null ? {} : { initial_date: holds }),
  });
}

export function timeInput(asking: Asking & { readonly holds: string | null }): InputBlock {
  const { holds } = asking;
  return input(asking, {
    type: 'timepicker',
    action_id: VALUE,
    ...(holds === null ? {} : { initial_time: holds }),
  });
}

export function peopleInput(asking: Asking & { readonly holds: readonly string[]; readonly most: number }): InputBlock {
  const { holds, most } = asking;
  return input(asking, {
    type: 'multi_users_select',
    action_id: VALUE,
    max_selected_items: most,
    ...(holds.length === 0 ? {} : { initial_users: [...holds] }),
  });
}

/** Channels, public or private, that people of this workspace alone are in or not. */
export function channelsInput(
  asking: Asking & { readonly holds: readonly string[]; readonly most: number },
): InputBlock {
  const { holds, most } = asking;
  return input(asking, {
    type: 'multi_conversations_select',
    action_id: VALUE,
    max_selected_items: most,
    filter: { include: ['public', 'private'] },
    ...(holds.length === 0 ? {} : { initial_conversations: [...holds] }),
  });
}
