// The answer to /maint status: how the runs stand at this moment. It has no buttons, because nobody redraws it; they are
// on the card, and where there is no card it says what to do instead.
import type { Run } from '../../model/run.ts';
import type { Whereabouts } from '../notifier/whereabouts.ts';
import { context, type Drawn, header, lines, message, section } from './blocks.ts';
import { still } from './card.ts';
import { isHeld, waitLine, watchLines } from './held.ts';
import { called, channelLink, code, named, said, time } from './text.ts';
import { atTerminal, endWords, openQuestions, phaseWords, questionWords, title } from './words.ts';

/** `at`: where the messages of each run are. */
export function status(runs: readonly { readonly run: Run; readonly at: Whereabouts }[], now: number): Drawn {
  const [first, ...more] = runs;
  if (first === undefined) {
    const none = `No maintenance is under way. ${code('/maint start APP')} begins one.`;
    return message(none, { top: [section(none)] });
  }
  if (more.length === 0) {
    const drawn = still(first.run, now);
    return { text: drawn.text, blocks: [...drawn.blocks, context(where(first.run, first.at))] };
  }
  return message(`${runs.length} maintenances are under way.`, {
    top: [header(`${runs.length} maintenances`)],
    middle: runs.flatMap(({ run, at }) => lines(runLines(run, at, now))),
  });
}

function runLines(run: Run, at: Whereabouts, now: number): string[] {
  return [
    `*${said(title(run), 200)}*`,
    `Asked for by ${named(run.askedBy)} ${time(run.askedAt)}. ${run.ended === null ? endWords(run, now) : said(run.ended.why, 200)}`,
    ...(isHeld(run) && run.patrol !== null ? watchLines(run.patrol) : []),
    ...[waitLine(run)].filter((line) => line !== null),
    ...openQuestions(run)
      .slice(0, 3)
      .map((question) => `❓ ${questionWords(run, question)}`),
    where(run, at),
  ];
}

/** Where to go on: the card if it is there, else the terminal. */
function where(run: Run, at: Whereabouts): string {
  const ended = run.ended !== null;
  if (run.channel === null) {
    return `Asked for at a terminal by ${called(run.askedBy)}; it has no card in Slack.${ended ? '' : ` ${goOn(run)}`}`;
  }
  if (at.card.is !== 'sent') {
    if (ended) return 'It had no card in Slack.';
    const why = at.card.why === null ? '' : ` (${said(at.card.why, 200)})`;
    return `⚠️ Its card is not in Slack${why}. ${goOn(run)}`;
  }
  if (at.card.stale !== null && !ended) {
    return `⚠️ Its card is in ${channelLink(at.card.channel)}, but maint cannot write there any more (${said(at.card.stale, 200)}), so it only shows how things stood. Let maint in again (${code('/invite')}), or: ${goOn(run)}`;
  }
  const card = `${ended ? 'The card was in' : 'The card is in'} ${channelLink(at.card.channel)}.`;
  const asked = openQuestions(run);
  const there = asked.filter((question) => at.questions.has(question.id));
  const words = [
    card,
    `${said(phaseWords(run), 100)}.`,
    ...(there.length > 0 ? ['Answer in its thread.'] : []),
    ...(there.length < asked.length ? [`⚠️ What is asked has not reached Slack. ${goOn(run)}`] : []),
  ];
  return words.join(' ');
}

function goOn(run: Run): string {
  const holding = run.way === 'quiet' && run.quietAt !== null;
  return holding
    ? `${atTerminal(run, 'resume')} shows what would be put back, and asks.`
    : `${atTerminal(run, 'status')} shows it, and how to answer.`;
}
