// Blocks and views that Slack would refuse are refused, in its words; what it takes is taken.
import { describe, expect, it } from 'vitest';
import { checkBlocks, checkView, type Surface } from '../../../src/sandbox/slack/blocks/validate.ts';

function complaints(blocks: unknown, surface: Surface = 'message'): readonly string[] {
  const checked = checkBlocks(blocks, surface);
  return checked.ok ? [] : checked.complaints;
}

const text = (length: number) => 'x'.repeat(length);
const plain = (length: number) => ({ type: 'plain_text', text: text(length) });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: text(length) });
const button = (over: object = {}) => ({ type: 'button', text: plain(1), ...over });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
const confirm = (over: object = {}) => ({
  title: plain(100),
  text: plain(300),
  confirm: plain(30),
  deny: plain(30),
  ...over,
});
const many = <T>(n: number, one: (i: number) => T) => Array.from({ length: n }, (_, i) => one(i));

describe('what is just within the limits is taken', () => {
  it.each<[string, unknown]>([
    ['50 blocks', many(50, () => ({ type: 'divider' }))],
    ['a section of 3000 characters', [{ type: 'section', text: mrkdwn(3_000) }]],
    ['10 fields of 2000', [{ type: 'section', fields: many(10, () => plain(2_000)) }]],
    ['25 elements in actions', [actions(...many(25, () => button()))]],
    [
      'a button of 75 with a value of 2000 and a full confirm dialog',
      [actions({ ...button({ value: text(2_000), confirm: confirm() }), text: plain(75) })],
    ],
    ['10 elements in a context', [{ type: 'context', elements: many(10, () => mrkdwn(10)) }]],
    ['a header of 150', [{ type: 'header', text: plain(150) }]],
    ['a block_id of 255', [{ type: 'divider', block_id: text(255) }]],
    ['one action_id in two blocks', [actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))]],
    [
      'every kind of choice',
      [
        actions(
          { type: 'static_select', options: [option('a')], initial_option: option('a') },
          { type: 'users_select' },
          { type: 'multi_users_select', max_selected_items: 2 },
          { type: 'conversations_select', filter: { include: ['public'] } },
          { type: 'datepicker', initial_date: '2026-11-21' },
          { type: 'timepicker', initial_time: '23:59' },
          { type: 'radio_buttons', options: [option('a')] },
          { type: 'checkboxes', options: many(10, (i) => option(String(i))) },
          { type: 'overflow', options: many(5, (i) => option(String(i))) },
        ),
      ],
    ],
    [
      'rich text',
      [
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a', style: { bold: true } }] }],
        },
      ],
    ],
    [
      'a table',
      [
        {
          type: 'table',
          rows: [
            [
              { type: 'raw_text', text: 'a' },
              { type: 'raw_text', text: 'b' },
            ],
          ],
        },
      ],
    ],
    ['markdown', [{ type: 'markdown', text: '# a' }]],
  ])('%s', (_, blocks) => {
    expect(complaints(blocks)).toEqual([]);
  });
});

describe('what is just over them, or shaped wrongly, is refused', () => {
  it.each<[string, unknown, string]>([
    ['51 blocks', many(51, () => ({ type: 'divider' })), 'no more than 50 items allowed [json-pointer:/blocks]'],
    [
      'a section of 3001',
      [{ type: 'section', text: mrkdwn(3_001) }],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'an empty text',
      [{ type: 'section', text: mrkdwn(0) }],
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a section of nothing',
      [{ type: 'section' }],
      'must define either `text` or `fields` [json-pointer:/blocks/0/type]',
    ],
    [
      '11 fields',
      [{ type: 'section', fields: many(11, () => plain(1)) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a field of 2001',
      [{ type: 'section', fields: [plain(2_001)] }],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      '26 elements',
      [actions(...many(26, () => button()))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    ['no elements', [actions()], 'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]'],
    [
      'a button text of 76',
      [actions({ ...button(), text: plain(76) })],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a button text in mrkdwn',
      [actions({ ...button(), text: mrkdwn(3) })],
      'must be a valid enum value [json-pointer:/blocks/0/elements/0/text/type]',
    ],
    [
      'a button value of 2001',
      [actions(button({ value: text(2_001) }))],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'a button of an unknown style',
      [actions(button({ style: 'red' }))],
      'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'a confirm title of 101',
      [actions(button({ confirm: confirm({ title: plain(101) }) }))],
      'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
    ],
    [
      'a confirm text of 301',
      [actions(button({ confirm: confirm({ text: plain(301) }) }))],
      'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
    ],
    [
      'a confirm button of 31',
      [actions(button({ confirm: confirm({ confirm: plain(31) }) }))],
      'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]',
    ],
    [
      'a confirm without a button',
      [actions(button({ confirm: confirm({ deny: undefined }) }))],
      'missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]',
    ],
    [
      'a header of 151',
      [{ type: 'header', text: plain(151) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: mrkdwn(3) }],
      'must be a valid enum value [json-pointer:/blocks/0/text/type]',
    ],
    [
      '11 elements in a context',
      [{ type: 'context', elements: many(11, () => mrkdwn(1)) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a button in a context',
      [{ type: 'context', elements: [button()] }],
      'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a block_id of 256',
      [{ type: 'divider', block_id: text(256) }],
      'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    [
      'one block_id twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      '`block_id` "a" already exists for another block [json-pointer:/blocks/1/block_id]',
    ],
    [
      'one action_id twice in a block',
      [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
      '`action_id` "a" already exists for another element [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a field that does not exist',
      [{ type: 'divider', text: 'x' }],
      'invalid additional property: text [json-pointer:/blocks/0]',
    ],
    [
      'a block_id on an element',
      [actions(button({ block_id: 'x' }))],
      'invalid additional property: block_id [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'an unknown block',
      [{ type: 'sectoin', text: plain(1) }],
      'unsupported type: sectoin [json-pointer:/blocks/0/type]',
    ],
    ['a block without a type', [{ text: plain(1) }], 'missing required field: type [json-pointer:/blocks/0]'],
    [
      'a text that is no object',
      [{ type: 'header', text: 'x' }],
      'must provide an object [json-pointer:/blocks/0/text]',
    ],
    [
      'a select without options',
      [actions({ type: 'static_select' })],
      'must define exactly one of `options` and `option_groups` [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'an initial option that is none',
      [actions({ type: 'static_select', options: [option('a')], initial_option: option('b') })],
      'initial options must match one of the options exactly [json-pointer:/blocks/0/elements/0]',
    ],
    [
      '6 options in an overflow',
      [actions({ type: 'overflow', options: many(6, (i) => option(String(i))) })],
      'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'a text input outside of an input block',
      [actions({ type: 'plain_text_input' })],
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'an image from nowhere',
      [{ type: 'image', alt_text: 'x' }],
      'must define exactly one of `image_url` and `slack_file` [json-pointer:/blocks/0]',
    ],
    [
      'a time of 24:00',
      [actions({ type: 'timepicker', initial_time: '24:00' })],
      'failed to match schema [json-pointer:/blocks/0/elements/0/initial_time]',
    ],
  ])('%s', (_, blocks, complaint) => {
    expect(complaints(blocks)).toEqual([complaint]);
  });

  it('names every mistake, not the first only', () => {
    expect(complaints([{ type: 'header', text: plain(151) }, { type: 'nonsense' }])).toHaveLength(2);
  });

  it('markdown is for messages', () => {
    expect(complaints([{ type: 'markdown', text: 'x' }], 'modal')).toEqual([
      'unsupported type: markdown [json-pointer:/blocks/0/type]',
    ]);
  });
});

describe('a view', () => {
  const input = { type: 'input', label: plain(1), element: { type: 'plain_text_input' } };
  const modal = (over: object = {}) => ({
    type: 'modal',
    title: plain(24),
    submit: plain(24),
    blocks: [input],
    ...over,
  });
  const refused = (view: unknown) => {
    const checked = checkView(view);
    return checked.ok ? [] : checked.complaints;
  };

  it('may be a modal with an input, or a Home tab of 100 blocks', () => {
    expect(refused(modal())).toEqual([]);
    expect(refused({ type: 'home', blocks: many(100, () => ({ type: 'divider' })) })).toEqual([]);
  });

  it('may not have 101 blocks, a long title, or an input without a way to submit it', () => {
    expect(refused(modal({ blocks: many(101, () => ({ type: 'divider' })) }))).toEqual([
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ]);
    expect(refused(modal({ title: plain(25) }))).toEqual([
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ]);
    expect(refused(modal({ submit: undefined }))).toEqual([
      'must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]',
    ]);
    expect(refused(modal({ private_metadata: text(3_001) }))).toEqual([
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ]);
  });
});
