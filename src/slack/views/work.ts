// The operators' work in words: a line each on the card, the approval and the receipt, and the notes of its beginning and end.
// Commands are redacted; what they print is a file in the thread.
import type { Run, Work } from '../../model/run.ts';
import { workWords } from '../../model/work.ts';
import { type Drawn, message, preformatted, section } from './blocks.ts';
import { isHeld, loudOf } from './held.ts';
import { code, count, duration, named, said, time } from './text.ts';

/** Of all works, the newest. */
const NEWEST = 5;

/** Escaped; nothing where maint has run nothing. */
export function workLines(run: Run): string[] {
  const newest = run.works.slice(-NEWEST);
  const more = run.works.length - newest.length;
  return [
    ...(newest.length === 0 ? [] : ['*Run by maint, as asked for:*']),
    ...(more > 0 ? [`… ${count(more, 'command')} before`] : []),
    ...newest.map((work) => `${mark(work)} ${workLine(work)}`),
  ];
}

/** In one line, for the approval, whose room the list needs: how the last ones ended. */
export function workSummary(run: Run): string[] {
  if (run.works.length === 0) return [];
  const last = run.works.slice(-3).map((work) => `${mark(work)} ${code(work.shows, 30)} ${exitWords(work)}`);
  const more = run.works.length - last.length;
  return [`*Run by maint:* ${last.join(', ')}${more > 0 ? ` and ${more} before` : ''}`];
}

function exitWords({ ended }: Work): string {
  if (ended === null) return 'has not ended';
  return ended.exit === null ? 'exit status not known' : `exit status ${ended.exit}`;
}

function workLine(work: Work): string {
  const { shows, by, ended } = work;
  const since = work.startedAt ?? work.askedAt;
  const when = ended === null ? `since ${time(since)}` : `${time(ended.at)}, after ${duration(ended.at - since)}`;
  return `${code(shows, 60)} ${said(workWords(work), 300)}, ${when}, by ${named(by)}`;
}

function mark({ ended }: Work): string {
  if (ended === null) return '🏃';
  return ended.exit === 0 ? '✅' : ended.exit === null ? '❔' : '❌';
}

/** Escaped. What the thread is told when a work begins, and when it has ended. */
export function workNote(run: Run, kind: 'work-started' | 'work-ended' | 'work-output', id: string | null): string {
  const work = run.works.find((one) => one.id === id);
  if (work === undefined) return 'a command that is not known any more.';
  const what = code(work.shows, 60);
  if (kind === 'work-started') {
    const dyno = work.dyno === null ? '' : ` as ${code(work.dyno.name, 60)}`;
    return `🏃 ${what} has begun${dyno}, asked for by ${named(work.by)}. The app is not opened before it has ended.`;
  }
  const { ended } = work;
  if (ended === null) return `${what} has not ended.`;
  if (kind === 'work-output') return `what ${what} printed: ${printed(ended)}.`;
  const after = work.startedAt === null ? '' : ` after ${duration(ended.at - work.startedAt)}`;
  const output = ended.lines === 0 ? 'Nothing of what it printed was heard.' : `It printed ${printed(ended)}.`;
  return `${mark(work)} ${what} ${said(workWords(work), 600)}${after}. ${work.startedAt === null ? '' : output}`.trimEnd();
}

/** To the person who asked, and only to them: exactly what runs. */
export function working(run: Run, work: Work): Drawn {
  const size = work.size === null ? '' : ` (${said(work.size, 60)})`;
  const loud = isHeld(run) && loudOf(run).length > 0 ? ' ⚠️ The app is not quiet any more: see the card.' : '';
  const words = `🏃 Runs in *${said(run.app.name, 60)}*${size}, once. How it ends, and what it prints, is told in the thread of the card.${loud}`;
  return message(words, { top: [section(words)], middle: preformatted([work.command]) });
}

/** In place of the file: where it can be read. `why`: of Slack, not escaped. */
export function outputElsewhere(run: Run, work: Work, why: string | null): Drawn {
  const reason = why === null ? '' : ` (${said(why, 200)})`;
  const invite = why === 'not_in_channel' ? ` Next time: ${code('/invite')} maint into this channel.` : '';
  const words = `*${said(run.app.name, 60)}*: what ${code(work.shows, 60)} printed could not be put here as a file${reason}. ${code(`npm run maint -- output ${run.app.name}`)} at a terminal shows it.${invite}`;
  return message(words, { top: [section(words)] });
}

/** "1,204 lines, of which 20 in the middle were not kept". */
function printed({ lines, cut }: NonNullable<Work['ended']>): string {
  return `${count(lines, 'line')}${cut === 0 ? '' : `, of which ${cut} in the middle were not kept`}`;
}
