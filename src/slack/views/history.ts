// The answer to /maint history: the last maintenances, each with who asked for it, how long the app was quiet, who let it be opened, and
// how it ended.
import { approved, approvers } from '../../model/questions.ts';
import type { Run } from '../../model/run.ts';
import type { History } from '../../run/commands/reply.ts';
import { context, type Drawn, header, message, section } from './blocks.ts';
import { code, count, duration, named, said, time } from './text.ts';
import { askedWords, title } from './words.ts';

export function history({ app, runs }: History, now: number): Drawn {
  const whose = app === null ? '' : ` of ${said(app.name, 60)}`;
  if (runs.length === 0) {
    const none = `There has been no maintenance${whose} yet. ${code('/maint plan APP')} shows what one would do.`;
    return message(none, { top: [section(none)] });
  }
  const last = `The last ${count(runs.length, 'maintenance')}${whose}`;
  return message(`${said(last, 100)}.`, {
    top: [header(last)],
    middle: runs.map((run) => section(outcome(run, now).join('\n'))),
    bottom: [
      context(
        `${code('/maint history APP last')} tells who did what and when in the last one of an app, and with the id in its place in any other.`,
      ),
    ],
  });
}

/** Escaped, a line each; the first is what it was and how it ended. */
export function outcome(run: Run, now: number): string[] {
  const { works, ended } = run;
  const failed = works.filter((work) => work.ended !== null && work.ended.exit !== 0).length;
  const ran =
    works.length === 0 ? [] : [`${count(works.length, 'command')} run${failed === 0 ? '' : `, ${failed} not well`}`];
  const parts = [heldWords(run, now), ...ran, ...opened(run)].filter((part) => part !== null);
  return [
    `*${said(title(run), 200)}* · ${code(run.id, 20)}`,
    askedWords(run),
    ...(parts.length === 0 ? [] : [`${parts.join('. ')}.`]),
    ...(ended === null || ended.as === 'restored' ? [] : [`It ended ${time(ended.at)}: ${said(ended.why, 300)}`]),
  ];
}

/** How long it was quiet; null where it never was. */
function heldWords({ quietAt, turned, ended }: Run, now: number): string | null {
  if (quietAt === null) return null;
  const until = turned?.at ?? ended?.at ?? now;
  const open = ended?.as === 'restored' ? `, open again ${time(ended.at)}` : '';
  return `Quiet for ${duration(until - quietAt)} from ${time(quietAt)}${open}`;
}

function opened({ questions, glass }: Run): string[] {
  const question = questions.findLast(approved);
  if (question === undefined) return [];
  const alone = glass !== null && question.answered?.by.id === glass.by.id;
  if (alone) return [`Opened by ${named(glass.by)} alone, breaking the glass: “${said(glass.because, 300)}”`];
  return [`Approved by ${approvers(question).map(named).join(', ')}`];
}
