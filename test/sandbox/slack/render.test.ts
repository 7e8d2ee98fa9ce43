// What a message looks like in the demo's terminal.
import { expect, it } from 'vitest';
import type { Block } from '../../../src/sandbox/slack/blocks/blocks.ts';
import { checkBlocks } from '../../../src/sandbox/slack/blocks/validate.ts';
import { type Message, renderMessage, renderView } from '../../../src/sandbox/slack/index.ts';
import { defaultWorkspace } from '../../../src/sandbox/slack/workspace.ts';
import { buttons, plain, section } from './bolt.ts';

const names = defaultWorkspace();

function message(content: { text?: string; blocks?: unknown }, over: Partial<Message> = {}): Message {
  const checked = checkBlocks(content.blocks ?? [], 'message');
  if (!checked.ok) throw new Error(checked.complaints.join('\n'));
  const blocks: readonly Block[] = checked.value;
  return {
    channel: 'C0OPS',
    ts: '1.000001',
    threadTs: null,
    broadcast: false,
    user: 'U0MAINT',
    byBot: true,
    onlyFor: null,
    versions: [{ text: content.text ?? '', blocks, metadata: null, at: 1_000 }],
    deletedAt: null,
    files: [],
    ...over,
  };
}

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });

it('draws a card', () => {
  const card = message({
    blocks: [
      { type: 'header', text: plain('Maintenance of shop') },
      section(':hourglass_flowing_sand: *quieting* for <@U0ADA>: upgrade &amp; vacuum'),
      {
        type: 'section',
        fields: [
          mrkdwn('*Planned end*\n12:30'),
          mrkdwn('*Approver*\n<!subteam^S0ONCALL>'),
          mrkdwn('*Workers*\n4 -> 0'),
        ],
      },
      { type: 'divider' },
      { type: 'section', text: mrkdwn('1 scheduled job'), accessory: { type: 'button', text: plain('Show') } },
      { type: 'context', elements: [mrkdwn('in <#C0OPS>'), mrkdwn('<https://example.com/run|the run>')] },
      buttons('Resume', 'Extend 15 min'),
    ],
  });
  expect(renderMessage(card, { names })).toBe(
    `
maint
  *** Maintenance of shop ***
  ⏳ *quieting* for @ada: upgrade & vacuum
  *Planned end*   *Approver*
  12:30           @oncall
  *Workers*
  4 -> 0
  ----------------------------------------
  1 scheduled job
  [ Show ]
  · in #ops  the run (https://example.com/run)
  [ Resume ]  [ Extend 15 min ]`.trim(),
  );
});

it('shows the text where there are no blocks, and the ids where there are no names', () => {
  expect(renderMessage(message({ text: 'asked by <@U0ADA>' }))).toBe('U0MAINT\n  asked by @U0ADA');
});

it('sets a reply in, and says who else sees nothing', () => {
  expect(renderMessage(message({ text: 'one\ntwo' }, { threadTs: '1.000000' }), { names })).toBe(
    '    maint (in thread)\n      one\n      two',
  );
  expect(renderMessage(message({ text: 'x' }, { onlyFor: 'U0ADA', deletedAt: 2 }), { names })).toBe(
    'maint (only ada sees this, deleted)\n  x',
  );
});

it('breaks long lines between words, but no command that is to be copied', () => {
  const command = `heroku ps:scale worker=4 --app shop ${'x'.repeat(30)}`;
  const shown = renderMessage(message({ text: `one two three four\n\`\`\`\n${command}\n\`\`\`` }), {
    names,
    width: 14,
  });
  expect(shown.split('\n')).toEqual(['maint', '  one two', '  three four', '  ```', `  ${command}`, '  ```']);
});

it('draws tables, lists and choices', () => {
  const shown = renderMessage(
    message({
      blocks: [
        {
          type: 'table',
          rows: [
            [
              { type: 'raw_text', text: 'item' },
              { type: 'raw_text', text: 'before' },
            ],
            [
              { type: 'raw_text', text: 'worker' },
              { type: 'raw_number', value: 4, text: '4' },
            ],
          ],
        },
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_list',
              style: 'bullet',
              elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U0ADA' }] }],
            },
          ],
        },
        {
          type: 'actions',
          elements: [
            {
              type: 'static_select',
              placeholder: plain('Pick an app'),
              options: [{ text: plain('shop'), value: 's' }],
            },
            {
              type: 'radio_buttons',
              options: [{ text: plain('keep'), value: 'k' }],
              initial_option: { text: plain('keep'), value: 'k' },
            },
          ],
        },
      ],
    }),
    { names },
  );
  expect(shown.split('\n')).toEqual([
    'maint',
    '  item   | before',
    '  worker | 4',
    '  - @ada',
    '  ( Pick an app v )  (o) keep',
  ]);
});

it('draws a modal with what was wrong in it', () => {
  const blocks: Block[] = [
    {
      type: 'input',
      block_id: 'why',
      label: plain('Reason'),
      optional: true,
      element: { type: 'plain_text_input', initial_value: 'x' },
    },
  ];
  const view = { type: 'modal' as const, title: plain('Why'), submit: plain('Start'), blocks };
  expect(renderView({ view, errors: { why: 'Longer, please' } })).toBe(
    '=== Why ===\n  Reason (optional): [ x ]\n    ! Longer, please\n  [ Cancel ]  [ Start ]',
  );
});
