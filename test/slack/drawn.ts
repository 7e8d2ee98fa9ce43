// What a drawn message shows, and whether Slack would take it: judged by the sandbox's own rules.
import { expect } from 'vitest';
import { checkBlocks } from '../../src/sandbox/slack/blocks/validate.ts';
import { readOpening, readPress } from '../../src/slack/buttons.ts';
import { readPlanning } from '../../src/slack/planning.ts';
import { type Drawn, weight } from '../../src/slack/views/blocks.ts';
import { WindowPress } from '../../src/slack/window-buttons.ts';

/** All text of the blocks, a line a text. */
export function shown(drawn: Drawn): string {
  return texts(drawn.blocks).join('\n');
}

function texts(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  if (Array.isArray(part)) return part.flatMap(texts);
  if ('type' in part && part.type === 'button') return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'text' && typeof value === 'string' ? [value] : texts(value),
  );
}

export function labels(drawn: Drawn): string[] {
  return buttons(drawn).map((button) => button.text.text);
}

export function buttons(drawn: Drawn) {
  return drawn.blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.flatMap((e) => (e.type === 'button' ? [e] : [])) : [],
  );
}

/** Within every limit, every button confirms and carries what its handler reads, and nothing can call the channel. */
export function expectSlackTakes(drawn: Drawn): void {
  const checked = checkBlocks(JSON.parse(JSON.stringify(drawn.blocks)), 'message');
  expect(checked.ok ? [] : checked.complaints).toEqual([]);
  expect(weight(drawn.blocks)).toBeLessThanOrEqual(9_600);
  expect(drawn.text).not.toBe('');
  expect(drawn.text.length).toBeLessThanOrEqual(1_000);
  for (const { value, confirm } of buttons(drawn)) {
    // What only opens a form, or saves or reads what stands above it, changes nothing that was not read.
    const planning = readPlanning(value)?.do;
    if (readOpening(value) !== null || planning === 'save' || planning === 'read') continue;
    expect(confirm).toBeDefined();
    const starts = WindowPress.safeParse(JSON.parse(value ?? '')).success;
    expect(starts || planning !== undefined || readPress(value) !== null).toBe(true);
  }
  for (const text of [drawn.text, ...mrkdwn(drawn.blocks)]) {
    expect(text).not.toMatch(/<!(?!date\^)|<[#@](?![A-Z0-9]+>)/u);
    expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/u);
  }
}

/** Only what Slack interprets: plain_text and rich_text are literal. */
function mrkdwn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  if (Array.isArray(part)) return part.flatMap(mrkdwn);
  if ('type' in part && part.type === 'mrkdwn' && 'text' in part && typeof part.text === 'string') return [part.text];
  return Object.values(part).flatMap(mrkdwn);
}
