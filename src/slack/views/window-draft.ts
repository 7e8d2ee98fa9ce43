// A window that will be saved, or was, in words: everything of it, and what was found of its apps. For messages and modals alike.
import type { Checklist, ListedWindow, WindowDraft } from '../../run/windows/reply.ts';
import { lengthWords } from '../../windows/day-words.ts';
import { channelLink, said, userLink } from './text.ts';

/** Escaped, a line each: everything that will be saved. */
export function draftLines(draft: Omit<WindowDraft, 'id' | 'version'>, words: readonly string[]): string[] {
  const { apps, reason, channels, leads, startsBy, announceBefore } = draft;
  const where = channels.map(
    ({ id, notices }) => `${channelLink(id)}${notices === 'short' ? ' (in a line each)' : ''}`,
  );
  const before = announceBefore.map((ms) => lengthWords(ms)).join(', ');
  return [
    `*${apps.map(({ name }) => said(name, 60)).join(', ')}*`,
    ...words.map((line) => said(line, 400)),
    reason === null ? 'No reason given.' : `“${said(reason, 600)}”`,
    leads.length === 0 ? 'Nobody is named to lead it.' : `Led by ${leads.map(userLink).join(', ')}.`,
    startsBy === 'itself' ? 'It begins by itself.' : 'When the time has come maint asks, with a button.',
    where.length === 0
      ? '⚠️ It is announced nowhere: no channel was given, and maint has no default one.'
      : `Announced in ${where.join(', ')}, when it is planned${before === '' ? '' : ` and ${before} before`}.`,
  ];
}

const marks = { good: '✅', note: 'ℹ️', warning: '⚠️', unknown: '❔' } as const;

/** Escaped, a line each. */
export function checklistLines({ items }: Checklist): string[] {
  const several = new Set(items.map(({ app }) => app.id)).size > 1;
  return items.map(
    ({ app, level, found }) => `${marks[level]} ${several ? `*${said(app.name, 60)}*: ` : ''}${said(found, 500)}`,
  );
}

export function savedLines({ window, words }: ListedWindow, what: string): string[] {
  return [`✅ The window is ${what}.`, ...draftLines(window, words)];
}
