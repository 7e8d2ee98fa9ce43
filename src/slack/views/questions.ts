// The messages that ask: what it is about, the buttons that answer it, and afterwards who answered what. Drawn from the
// run like the card, so a question that is answered or withdrawn has no buttons however it came about.
import type { KnownBlock } from '@slack/types';
import { answersTo } from '../../model/decide.ts';
import type { Answer } from '../../model/event.ts';
import { APPROVAL_EXPIRES } from '../../model/next.ts';
import { type Question, type Run, watch } from '../../model/run.ts';
import { button, type Looks } from '../buttons.ts';
import { listing } from './approval.ts';
import { actions, context, type Drawn, lines, message, preformatted, section } from './blocks.ts';
import { asItStands, doorOf, onceBack, onceGivenUp, whileAsked } from './door.ts';
import { called, code, count, cut, named, plain, said, sentence, time } from './text.ts';
import { itemWords, stepTitle } from './words.ts';

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
          ...lines(listing(run, asked.shown.rows).lines),
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
          `${called(run.askedBy)}: put it back to ${code(before, 200)}, or keep ${code(now, 200)}? ${whileAsked(run)}`.trimEnd(),
        ]),
      };
    }
    case 'stuck': {
      const items = notBack(run, about.step);
      const missing = items.map((item) => `• ${code(item.label)}: ${said(item.back.will, 300)}`);
      return {
        head: about.step === watch.name ? unconfirmed(run) : `${stepTitle(run, about.step)} is not back`,
        body: [
          ...lines([
            `${said(about.why, 1000)}`,
            said(about.remedy, 1000),
            ...(missing.length > 0 ? ['*Not back yet:*', ...missing] : []),
            ...(about.byHand.length > 0 ? ['*By hand:*'] : []),
          ]),
          ...preformatted(about.byHand),
          context(
            `${called(run.askedBy)}: when the cause is gone, or it was done by hand, try again. ${about.step === watch.name ? '' : whileAsked(run)}`.trimEnd(),
          ),
        ],
      };
    }
  }
}

function notBack(run: Run, step: string) {
  return run.items.filter((item) => item.step === step && item.sent.length > 0 && item.settled === null);
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
  cancel: 'cancelled',
  approve: 'approved',
  'not-yet': 'not yet',
  restore: 'restore it',
  keep: 'keep it as it is now',
  later: 'later',
  'try-again': 'try again',
  'give-up': 'leave it as it is',
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

function buttons(run: Run, asked: Question) {
  if (run.ended !== null || (asked.about.is === 'resume' && asked.shown === null)) return [];
  const shown = asked.shown === null || listing(run, asked.shown.rows).whole;
  const answers = answersTo(asked).filter((answer) => shown || answer !== 'approve');
  return answers.map((answer) =>
    button(
      { do: 'answer', run: run.id, question: asked.id, answer, hash: asked.shown?.hash ?? null },
      looks(run, asked, answer),
    ),
  );
}

function looks(run: Run, asked: Question, answer: Answer): Looks {
  const app = run.app.name;
  const { about } = asked;
  const ask = (title: string, says: string, yes: string) => ({ title, says, yes });
  switch (answer) {
    case 'accept': {
      const names = about.is === 'start' ? about.names.join(', ') : '';
      return {
        label: 'Start, accepting this',
        style: 'danger',
        confirm: ask(
          `Start the maintenance of ${app}?`,
          `It begins at once, and your name stands for accepting: ${cut(plain(names), 180)}.`,
          'Start',
        ),
      };
    }
    case 'cancel':
      return {
        label: 'Cancel',
        confirm: ask(
          `Cancel the maintenance of ${app}?`,
          `Nothing has been changed in ${app}, and nothing will be.`,
          'Cancel it',
        ),
      };
    case 'approve':
      return {
        label: 'Approve',
        style: 'primary',
        confirm: ask(
          `Put ${app} back?`,
          `Everything in the list is put back${asked.shown === null ? '' : ` (${count(asked.shown.rows.length, 'row')})`}. ${onceBack(run, doorIsBack(run, asked))} It cannot be turned round.`,
          'Approve',
        ),
      };
    case 'not-yet':
      return {
        label: 'Not yet',
        confirm: ask(
          `Keep ${app} quiet?`,
          'This list is put away and nothing is changed. Resume shows a new one.',
          'Not yet',
        ),
      };
    case 'restore':
      return {
        label: 'Restore',
        style: 'primary',
        confirm: ask('Put it back as it was before?', driftSays(about, 'before', 'It is set to'), 'Restore'),
      };
    case 'keep':
      return {
        label: 'Keep',
        confirm: ask('Keep what somebody else set?', driftSays(about, 'now', 'It stays at'), 'Keep'),
      };
    case 'later':
      return {
        label: 'Later',
        confirm: ask('Decide later?', `${whileAsked(run)} You are reminded.`.trimStart(), 'Later'),
      };
    case 'try-again':
      return {
        label: 'Try again',
        style: 'primary',
        confirm: ask('Try again?', `maint looks how ${app} stands and sets what is not back yet.`, 'Try again'),
      };
    case 'give-up':
      return {
        label: 'Leave it as it is',
        style: 'danger',
        confirm: ask('Leave it as it is?', givingUp(run, about), 'Leave it'),
      };
  }
}

function doorIsBack(run: Run, asked: Question): boolean {
  const row = asked.shown?.rows.find((one) => one.step === doorOf(run));
  return row !== undefined && row.now === row.after;
}

function givingUp(run: Run, about: Question['about']): string {
  if (about.is !== 'stuck') return '';
  if (about.step === watch.name)
    return 'The maintenance ends without the last look: what changed since stays as it is. The receipt names you for it.';
  const names = notBack(run, about.step).map((item) => plain(item.label));
  const what = names.length === 0 ? plain(stepTitle(run, about.step)) : cut(names.join(', '), 90);
  return `${what}: maint does not put it back any more, it stays as it is now. ${onceGivenUp(run, about.step)} The receipt names you for it.`;
}

function driftSays(about: Question['about'], which: 'before' | 'now', says: string): string {
  if (about.is !== 'drift') return '';
  return `${says} ${cut(plain(about.shows[which]), 120)}. The receipt names you for it.`;
}
