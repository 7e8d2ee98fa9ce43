// The card: one message a run, drawn anew from the run whenever it has moved. What it shows depends on the run alone (and
// on whether the planned end has passed), so that drawing it twice gives the same.
import type { Button, KnownBlock } from '@slack/types';
import { open, phase, type Run } from '../../model/run.ts';
import { button, EXTENSION } from '../buttons.ts';
import { actions, context, type Drawn, header, lines, message } from './blocks.ts';
import { stepLines } from './steps.ts';
import { duration, named, said, time } from './text.ts';
import {
  askedWords,
  endWords,
  frozenSince,
  openQuestions,
  phaseWords,
  questionWords,
  title,
  turnedWords,
} from './words.ts';

export function card(run: Run, now: number): Drawn {
  return message(oneLine(run), {
    top: [header(title(run)), ...lines(about(run, now))],
    middle: body(run),
    bottom: actions(buttons(run)),
  });
}

/** The same without buttons, for an answer that nobody redraws. */
export function still(run: Run, now: number): Drawn {
  return message(oneLine(run), { top: [header(title(run)), ...lines(about(run, now))], middle: body(run) });
}

/** Escaped: "shop: quieting. Workers: 2 worker dynos still stopping". */
export function oneLine(run: Run): string {
  const what = `${said(run.app.name, 60)}: ${said(phaseWords(run), 200)}`;
  if (run.ended !== null) return `${what}. ${said(run.ended.why, 300)}`;
  const [question] = openQuestions(run);
  if (question !== undefined) return `${what}. ${questionWords(run, question)}`;
  const step = run.steps[run.way].find((s) => s.state !== 'done');
  const why = step?.trouble?.why ?? step?.why ?? null;
  return step === undefined || why === null ? what : `${what}. ${said(step.title, 60)}: ${said(why, 300)}`;
}

function about(run: Run, now: number): string[] {
  const words = [askedWords(run)];
  if (run.ended === null) words.push(endWords(run, now));
  if (run.accepted.length > 0) {
    words.push(`Accepted: ${run.accepted.map(({ name, by }) => `${said(name, 60)} by ${named(by)}`).join(', ')}`);
  }
  const turned = turnedWords(run);
  if (turned !== null) words.push(turned);
  if (run.ended !== null) words.push(endedWords(run, run.ended));
  return words;
}

function endedWords(run: Run, ended: NonNullable<Run['ended']>): string {
  if (ended.as === 'cancelled') return `Cancelled ${time(ended.at)}: ${said(ended.why, 600)}. Nothing was changed.`;
  const since = frozenSince(run);
  const frozen = since === null ? '' : ` It was frozen for ${duration(ended.at - since)}.`;
  return `Restored ${time(ended.at)}.${frozen} The receipt is in the thread.`;
}

function body(run: Run): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  if (run.ended?.as !== 'cancelled') blocks.push(...lines(stepLines(run)));
  if (phase(run) === 'holding' && run.quietAt !== null) {
    blocks.push(...lines([`Quiet since ${time(run.quietAt)}. It stays so until somebody approves the way back.`]));
  }
  if (run.approvalTrouble !== null && run.ended === null) {
    const { why, remedy } = run.approvalTrouble;
    blocks.push(...lines([`⚠️ The approval cannot be prepared: ${said(why, 300)} ${said(remedy, 300)}`]));
  }
  const asked = openQuestions(run).map((question) => `❓ ${questionWords(run, question)}`);
  if (asked.length > 0) {
    blocks.push(...lines(asked.length > 5 ? [...asked.slice(0, 5), `… and ${asked.length - 5} more`] : asked));
    blocks.push(context('Answer in the thread.'));
  }
  return blocks;
}

function buttons(run: Run): Button[] {
  if (run.ended !== null || run.way === 'back') return [];
  const { id } = run;
  const { name } = run.app;
  if (run.quietAt === null) {
    return [
      button(
        { do: 'abort', run: id },
        {
          label: 'Abort',
          style: 'danger',
          confirm: {
            title: `Abort the maintenance of ${name}?`,
            says: `It turns round at once: everything that was changed in ${name} so far is put back as it was.`,
            yes: 'Abort',
          },
        },
      ),
    ];
  }
  const approving = run.questions.some(
    (q) => q.about.is === 'resume' && q.withdrawn === null && (open(q) || q.answered?.answer === 'approve'),
  );
  const resume = button(
    { do: 'resume', run: id },
    {
      label: 'Resume',
      style: 'primary',
      confirm: {
        title: `Open the approval for ${name}?`,
        says: `Nothing is changed yet: the thread gets a list of what would be put back in ${name}, to approve or not.`,
        yes: 'Show the list',
      },
    },
  );
  const extend = button(
    { do: 'extend', run: id },
    {
      label: 'Extend 15 min',
      confirm: {
        title: `Extend the maintenance of ${name}?`,
        says: `The planned end moves by ${duration(EXTENSION)}. The end only reminds; nothing opens by itself.`,
        yes: 'Extend',
      },
    },
  );
  return approving ? [extend] : [resume, extend];
}
