// The card: one message a run, drawn anew from the run whenever it has moved. What it shows depends on the run alone (and
// on whether the planned end has passed), so that drawing it twice gives the same.
import type { Button, KnownBlock } from '@slack/types';
import { openedAt } from '../../model/phase.ts';
import { approved, open } from '../../model/questions.ts';
import type { Run } from '../../model/run.ts';
import { button, EXTENSION } from '../buttons.ts';
import { actions, context, type Drawn, header, lines, message } from './blocks.ts';
import { usersLine } from './door.ts';
import { heldLines, waitLine } from './held.ts';
import { stepLines } from './steps.ts';
import { duration, named, said, time } from './text.ts';
import {
  askedWords,
  endWords,
  openQuestions,
  phaseWords,
  questionWords,
  sentence,
  title,
  turnedWords,
} from './words.ts';
import { workLines } from './work.ts';

export function card(run: Run, now: number): Drawn {
  const asked = askedLines(run);
  return message(oneLine(run), {
    top: [header(title(run)), ...lines(about(run, now, 'The receipt is in the thread.'))],
    middle: [...body(run), ...lines(asked), ...(asked.length > 0 ? [context('Answer in the thread.')] : [])],
    bottom: actions(cardButtons(run)),
  });
}

/** The same without buttons, for an answer that nobody redraws; where the thread is, if anywhere, the caller says. */
export function still(run: Run, now: number): Drawn {
  return message(oneLine(run), {
    top: [header(title(run)), ...lines(about(run, now, ''))],
    middle: [...body(run), ...lines(askedLines(run))],
  });
}

/** Escaped: "shop: quieting. Workers: 2 worker dynos still stopping". */
function oneLine(run: Run): string {
  const what = `${said(run.app.name, 60)}: ${said(phaseWords(run), 200)}`;
  if (run.ended !== null) return `${what}. ${said(run.ended.why, 300)}`;
  const [question] = openQuestions(run);
  if (question !== undefined) return `${what}. ${questionWords(run, question)}`;
  const step = run.steps[run.way].find((s) => s.state !== 'done');
  const why = step?.trouble?.why ?? step?.why ?? null;
  return step === undefined || why === null ? what : `${what}. ${said(step.title, 60)}: ${said(why, 300)}`;
}

/** `receipt`: where it is, for a run that was restored. */
function about(run: Run, now: number, receipt: string): string[] {
  const words = [askedWords(run)];
  if (run.ended === null) words.push(endWords(run, now));
  if (run.accepted.length > 0) {
    words.push(`Accepted: ${run.accepted.map(({ name, by }) => `${said(name, 60)} by ${named(by)}`).join(', ')}`);
  }
  if (run.awaited.length > 0) {
    const title = (name: string): string => run.steps.quiet.find((step) => step.name === name)?.title ?? name;
    words.push(
      `Waited for: ${run.awaited.map(({ step, by }) => `${said(title(step), 60)}, as ${named(by)} said`).join('; ')}`,
    );
  }
  const turned = turnedWords(run);
  if (turned !== null) words.push(turned);
  const outside = usersLine(run);
  if (outside !== null) words.push(outside);
  const waits = waitLine(run);
  if (waits !== null) words.push(waits);
  if (run.ended !== null) words.push(endedWords(run, run.ended, receipt));
  return words;
}

function endedWords(run: Run, ended: NonNullable<Run['ended']>, receipt: string): string {
  if (ended.as === 'cancelled')
    return `Cancelled ${time(ended.at)}: ${sentence(ended.why, 1_000)} Nothing was changed.`;
  const since = run.touchedAt;
  const frozen = since === null ? '' : ` It was frozen for ${duration((openedAt(run) ?? ended.at) - since)}.`;
  return `Restored ${time(ended.at)}.${frozen} ${receipt}`.trimEnd();
}

function body(run: Run): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  if (run.ended?.as !== 'cancelled') blocks.push(...lines(stepLines(run)));
  blocks.push(...lines(heldLines(run)), ...lines(workLines(run)));
  if (run.approvalTrouble !== null && run.ended === null) {
    const { why, remedy } = run.approvalTrouble;
    blocks.push(...lines([`⚠️ The approval cannot be prepared: ${said(why, 300)} ${said(remedy, 300)}`]));
  }
  return blocks;
}

function askedLines(run: Run): string[] {
  const asked = openQuestions(run).map((question) => `❓ ${questionWords(run, question)}`);
  return asked.length > 5 ? [...asked.slice(0, 5), `… and ${asked.length - 5} more`] : asked;
}

/** What can be done with it now; nothing where it has ended or is on its way back. */
export function cardButtons(run: Run): Button[] {
  if (run.ended !== null || run.way === 'back') return [];
  const { id } = run;
  const { name } = run.app;
  const abort = button(
    { do: 'abort', run: id },
    {
      label: 'Abort',
      style: 'danger',
      confirm: {
        title: `Abort the maintenance of ${name}?`,
        says:
          run.quietAt === null
            ? `It turns round at once: everything that was changed in ${name} so far is put back as it was.`
            : `The list cannot be looked up, so nobody sees it first: everything that was changed in ${name} is put back as it was.`,
        yes: 'Abort',
      },
    },
  );
  if (run.quietAt === null) return [abort];
  const approving = run.questions.some((q) => (q.about.is === 'resume' && open(q)) || approved(q));
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
  // Where the approval cannot even be looked up there is a way back all the same.
  const out = run.approvalTrouble === null ? [] : [abort];
  return approving ? [extend, ...out] : [resume, extend, ...out];
}
