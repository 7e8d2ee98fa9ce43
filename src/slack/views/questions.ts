// The messages that ask: what it is about, the buttons that answer it, and afterwards who answered what. Drawn from the
// run like the card, so a question that is answered or withdrawn has no buttons however it came about.
import type { KnownBlock } from '@slack/types';
import { answersTo } from '../../model/decide.ts';
import type { Answer } from '../../model/event.ts';
import { APPROVAL_EXPIRES } from '../../model/next.ts';
import type { Question, Run } from '../../model/run.ts';
import { button, type Looks } from '../buttons.ts';
import { rowLines } from './approval.ts';
import { actions, context, type Drawn, lines, message, preformatted, section } from './blocks.ts';
import { called, code, count, cut, named, plain, said, time } from './text.ts';
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
          ...lines(rowLines(run, asked.shown.rows)),
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
          `• *sent* (what the maintenance set)  ${code(sent, 200)}`,
          `• *now*  ${code(now, 200)}`,
          `${called(run.askedBy)}: put it back to ${code(before, 200)}, or keep ${code(now, 200)}? The app opens when this is answered.`,
        ]),
      };
    }
    case 'stuck': {
      const items = run.items.filter((i) => i.step === about.step && i.sent.length > 0 && i.settled === null);
      const missing = items.map((item) => `• ${code(item.label)}: ${said(item.back.will, 300)}`);
      return {
        head: `${stepTitle(run, about.step)} is not back`,
        body: [
          ...lines([
            `${said(about.why, 1000)}`,
            said(about.remedy, 1000),
            ...(missing.length > 0 ? ['*Not back yet:*', ...missing] : []),
            ...(about.byHand.length > 0 ? ['*By hand:*'] : []),
          ]),
          ...preformatted(about.byHand),
          context(`${called(run.askedBy)}: when the cause is gone, or it was done by hand, try again.`),
        ],
      };
    }
  }
}

function concernLines(run: Run, names: readonly string[]): string[] {
  const concerns = run.planned?.concerns ?? [];
  return names.flatMap((name) => {
    const concern = concerns.find((c) => c.name === name);
    if (concern === undefined) return [`• ${code(name)}`];
    const except = concern.except === null ? '' : ` It would be quiet *except ${said(concern.except, 100)}*.`;
    return [`• ${code(name)}: ${said(concern.says, 600)}${except} ${said(concern.remedy, 400)}`];
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
  return answersTo(asked).map((answer) =>
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
          `Everything in the list is put back${asked.shown === null ? '' : ` (${count(asked.shown.rows.length, 'row')})`}, the app opens to its users last. It cannot be turned round.`,
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
        confirm: ask(
          'Decide later?',
          `${app} stays closed to its users until this is decided, and you are reminded.`,
          'Later',
        ),
      };
    case 'try-again':
      return {
        label: 'Try again',
        style: 'primary',
        confirm: ask('Try again?', `maint looks how ${app} stands and sets what is not back yet.`, 'Try again'),
      };
  }
}

function driftSays(about: Question['about'], which: 'before' | 'now', says: string): string {
  if (about.is !== 'drift') return '';
  return `${says} ${cut(plain(about.shows[which]), 120)}. The receipt names you for it.`;
}
