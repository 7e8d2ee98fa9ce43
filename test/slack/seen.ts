// What a person sees in the sandbox's Slack, and waiting for it; words are told however they are broken into lines.
import { vi } from 'vitest';
import type { Message } from '../../src/sandbox/slack/index.ts';
import { PATIENCE } from '../helpers/patience.ts';
import type { Bot } from './bot.ts';

export const patiently = <T>(look: () => Promise<T> | T): Promise<T> => vi.waitFor(look, PATIENCE);

export const spaced = (text: string): string => text.replace(/\s+/gu, ' ');

/** The uppermost modal; empty where none is open. */
export function top(b: Bot, user = 'ada'): string {
  const view = b.slack.openViews(user).at(-1);
  return view === undefined ? '' : spaced(b.slack.renderView(view));
}

/** The last of what this person alone sees that reads so. */
export function told(b: Bot, pattern: RegExp, user = 'ada'): Promise<Message> {
  return patiently(() => {
    const all = b.slack.messages.list({ ephemeral: true }).filter((m) => m.onlyFor === b.slack.workspace.user(user).id);
    const found = all.findLast((m) => pattern.test(spaced(b.slack.render(m))));
    if (found === undefined)
      throw new Error(`Expected ${pattern}, got:\n${all.map((m) => b.slack.render(m)).join('\n')}`);
    return found;
  });
}
