// The messages that ask: what it is about, the buttons that answer it, and afterwards who answered what. Drawn from the
// run like the card, so a question that is answered or withdrawn has no buttons however it came about.
import type { KnownBlock } from '@slack/types';
import type { About, Answer } from '../../model/event.ts';
import { PATROL } from '../../model/patrol.ts';
import { APPROVAL_EXPIRES, approvalsMissing, open } from '../../model/questions.ts';
import { type Question, type Run, watch } from '../../model/run.ts';
import { hasBegun } from '../../model/work.ts';
import { buttons } from './answers.ts';
import { listing } from './approval.ts';
import { actions, context, type Drawn, lines, message, preformatted, section } from './blocks.ts';
import { asItStands, doorOf, whileAsked } from './door.ts';
import { called, code, named, said, sentence, time } from './text.ts';
import { itemWords, notBack, stepTitle } from './words.ts';
import { workSummary } from './work.ts';

export function question(run: Run, asked: Question): Drawn {
  const { head, body } = asking(run, asked);
  return message(`${said(run.app.name, 60)}: ${head}`, {
    top: [section(`❓ *${said(run.app.name, 60)}*: ${head}`)],
    middle: body,
    bottom: [...outcome(run, asked), ...actions(buttons(run, asked))],
  });
}

function asking(run: Run, asked: Question): { head: string; body: KnownBlock[] } {
  const { about } = asked;
  switch (about.is) {
    case 'start':
      return { head: 'start although this stands against it?', body: lines(concernLines(run, about.names)) };
    case 'resume': {
      if (asked.shown === null) return { head: 'looking up what would be put back …', body: [] };
      return {
        head: 'put everything back like this?',
        body: [
          ...lines([...workSummary(run), ...listing(run, asked.shown.rows).lines]),
          ...approvalsSoFar(run, asked),
          context(
            `As looked up ${time(asked.shown.at)}; an approval is for exactly this list, until ${time(asked.shown.at + APPROVAL_EXPIRES)}.`,
          ),
        ],
      };
    }
    case 'drift': {
      const { before, sent, now } = about.shows;
      return {
        head: `${itemWords(run, about)} was changed by somebody else`,
        body: lines([
          `• *before*  ${code(before, 200)}`,
          `• *maint set it to*  ${code(sent, 200)}`,
          `• *now*  ${code(now, 200)}`,
          `${called(run.askedBy)}: put it back to ${code(before, 200)}, or keep ${code(now, 200)}? ${meanwhile(run, asked)}`.trimEnd(),
        ]),
      };
    }
    case 'violation':
      return notQuiet(run, about);
    case 'step':
      return {
        head: said(about.says, 400),
        body: lines([
          ...about.details.map((line) => `• ${said(line, 300)}`),
          `${called(run.askedBy)}: ${meanwhile(run, asked)}`.replace(/: $/u, ''),
        ]),
      };
    case 'stuck':
      return { head: stuckHead(run, about), body: stuckBody(run, asked, about) };
    case 'work':
      return {
        head: said(about.says, 400),
        body: lines([`${called(run.askedBy)}: ${hasBegun(run, about.id) ? LOST : UNCLEAR}`]),
      };
  }
}

/** Of one that is answered nothing hangs on it any more, and its message is left as it was whatever the door does. */
function meanwhile(run: Run, asked: Question): string {
  return open(asked) ? whileAsked(run) : '';
}

const UNCLEAR =
  'maint does not start it a second time by itself. See `heroku ps` and `heroku logs`: if it has not begun, try again; if it runs or has run, leave it. The app is not opened before this is answered.';

const LOST =
  'See `heroku ps` and `heroku logs`: if it has ended, say so. It is looked for all the time, and the question goes by itself where it is seen. The app is not opened before this is answered.';

/** Nothing where one approval is enough and anybody's counts. */
function approvalsSoFar(run: Run, asked: Question): KnownBlock[] {
  const { count: wanted, asker } = run.settings.approvals;
  if (wanted === 1 && asker) return [];
  const who = wanted === 1 ? 'One person has' : `${wanted} different people have`;
  const not = asker ? '' : `, and not ${named(run.askedBy)}, who asked for the maintenance`;
  const given = asked.approvals.map(({ by, at, answer }) => `• ✅ ${named(by)} ${time(at)}: *${words[answer]}*`);
  const missing = approvalsMissing(run, asked);
  const still = open(asked) ? [`*${missing} more ${missing === 1 ? 'is' : 'are'} missing.*`] : [];
  return lines([`${who} to approve it${not}.`, ...given, ...still]);
}

function notQuiet(run: Run, about: About & { is: 'violation' }): { head: string; body: KnownBlock[] } {
  const { before, wanted, now } = about.shows;
  const open = about.step === doorOf(run);
  return {
    head: `${itemWords(run, about)} is not quiet any more${open ? ': the users of the app are let in' : ''}`,
    body: [
      ...lines([
        `• *before the maintenance*  ${code(before, 200)}`,
        `• *quiet wants*  ${code(wanted, 200)}`,
        `• *now*  ${code(now, 200)}`,
        `${called(run.askedBy)}: set it to ${code(wanted, 200)} again, or accept ${code(now, 200)}? maint does neither by itself.`,
      ]),
    ],
  };
}

function stuckHead(run: Run, { step, wide }: About & { is: 'stuck' }): string {
  if (step === PATROL) return 'it cannot be looked at any more: whether it is still quiet is not known';
  if (wide === true) return 'nothing at all can be done, so nothing of it is put back now';
  return step === watch.name ? unconfirmed(run) : `${stepTitle(run, step)} is not back`;
}

function stuckBody(run: Run, asked: Question, about: About & { is: 'stuck' }): KnownBlock[] {
  // While holding nothing is to be put back yet.
  const items = about.step === PATROL ? [] : notBack(run, about);
  const missing = items.map((item) => `• ${itemWords(run, item)}: ${said(item.back.will, 300)}`);
  const still = about.step === watch.name || about.step === PATROL ? '' : ` ${meanwhile(run, asked)}`;
  const itself = about.wide === true ? ' It is tried again each minute by itself.' : '';
  return [
    ...lines([
      said(about.why, 1000),
      said(about.remedy, 1000),
      ...(missing.length > 0 ? ['*Not back yet:*', ...missing] : []),
      ...(about.byHand.length > 0 ? ['*By hand:*'] : []),
    ]),
    ...preformatted(about.byHand),
    context(`${called(run.askedBy)}: ${onceMended(about)}${itself}${still}`.trimEnd()),
  ];
}

function onceMended({ step }: About & { is: 'stuck' }): string {
  if (step === PATROL) return 'nothing opens by itself; when the cause is gone, try again.';
  return 'when the cause is gone, try again; where it was done by hand, say so.';
}

/** A last look that could not be made is not the same as something that is not back. */
function unconfirmed(run: Run): string {
  const left = run.items.some((item) => item.settled?.as === 'kept' || item.settled?.as === 'left');
  return `everything was put back${left ? ', but for what was decided otherwise,' : ''} and ${asItStands(run)}; that it stays so could not be confirmed`;
}

function concernLines(run: Run, names: readonly string[]): string[] {
  const concerns = run.planned?.concerns ?? [];
  return names.flatMap((name) => {
    const concern = concerns.find((c) => c.name === name);
    if (concern === undefined) return [`• ${code(name)}`];
    const except = concern.except === null ? '' : ` It would be quiet *except ${said(concern.except, 100)}*.`;
    return [`• ${code(name)}: ${sentence(said(concern.says, 600))}${except} ${said(concern.remedy, 400)}`];
  });
}

const words: Readonly<Record<Answer, string>> = {
  accept: 'accepted',
  wait: 'wait for it',
  cancel: 'cancelled',
  approve: 'approved',
  'approve-layers': 'approved, layer by layer',
  'not-yet': 'not yet',
  restore: 'restore it',
  keep: 'keep it as it is now',
  later: 'later',
  'try-again': 'try again',
  'done-by-hand': 'done by hand',
  'give-up': 'leave it as it is',
  'quiet-again': 'quiet again',
  'look-again': 'look again',
  'turn-back': 'turn back',
  'go-on': 'go on',
  'go-slowly': 'go on slowly',
  'all-the-rest': 'all the rest',
};

function outcome(run: Run, asked: Question): KnownBlock[] {
  if (asked.answered !== null) {
    const { answer, by, at } = asked.answered;
    const lost = asked.withdrawn === null ? '' : ` Not carried out: ${said(asked.withdrawn, 600)}.`;
    return [section(`➡️ ${named(by)} ${time(at)}: *${words[answer]}*.${lost}`)];
  }
  if (asked.withdrawn !== null) return [section(`➡️ Not asked any more: ${said(asked.withdrawn, 600)}.`)];
  return run.ended === null ? [] : [section(`➡️ Not asked any more: the maintenance has ended.`)];
}
