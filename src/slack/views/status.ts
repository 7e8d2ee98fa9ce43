// The answer to /maint status: how the runs stand at this moment. It has no buttons, because nobody redraws it; they are
// on the card.
import type { Run } from '../../model/run.ts';
import { context, type Drawn, header, lines, message, section } from './blocks.ts';
import { still } from './card.ts';
import { called, channelLink, code, named, said, time } from './text.ts';
import { endWords, openQuestions, phaseWords, questionWords, title } from './words.ts';

export function status(runs: readonly Run[], now: number): Drawn {
  const [first, ...more] = runs;
  if (first === undefined) {
    const none = `No maintenance is under way. ${code('/maint start APP')} begins one.`;
    return message(none, { top: [section(none)] });
  }
  if (more.length === 0) {
    const drawn = still(first, now);
    return { text: drawn.text, blocks: [...drawn.blocks, context(where(first))] };
  }
  return message(`${runs.length} maintenances are under way.`, {
    top: [header(`${runs.length} maintenances`)],
    middle: runs.flatMap((run) => lines(runLines(run, now))),
  });
}

function runLines(run: Run, now: number): string[] {
  return [
    `*${said(title(run), 200)}*`,
    `Asked for by ${named(run.askedBy)} ${time(run.askedAt)}. ${run.ended === null ? endWords(run, now) : said(run.ended.why, 200)}`,
    ...openQuestions(run)
      .slice(0, 3)
      .map((question) => `❓ ${questionWords(run, question)}`),
    where(run),
  ];
}

function where(run: Run): string {
  if (run.channel === null) return `Asked for at a terminal by ${called(run.askedBy)}.`;
  return `${run.ended === null ? 'The card is in' : 'The card was in'} ${channelLink(run.channel)}. ${said(phaseWords(run), 100)}.`;
}
