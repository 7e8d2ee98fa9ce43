// What a person is answered whose command was carried out: where to look for what comes of it, and what to do where Slack
// does not show it.
import { approved } from '../../model/questions.ts';
import type { Run } from '../../model/run.ts';
import type { Placed } from '../notifier/placing.ts';
import type { Drawn } from './blocks.ts';
import { brief, refusal } from './reply.ts';
import { channelLink, code, duration, said, time } from './text.ts';
import { atTerminal } from './words.ts';

export function begun(run: Run, card: Placed): Drawn {
  const app = said(run.app.name, 60);
  switch (card.is) {
    case 'posted':
      return brief(`The maintenance of *${app}* has begun; its card is in ${channelLink(card.channel)}.`);
    case 'refused':
      return refusal({
        says: `The card of the maintenance of ${run.app.name} could not be posted here: ${card.why}.`,
        remedy: `Nothing begins unseen: unless something was sent already, it is cancelled. Invite maint into this channel (/invite) and start again; /maint status ${run.app.name} shows how it stands.`,
      });
    case 'not yet':
      return brief(
        `The maintenance of *${app}* has begun; its card is on its way. ${code(`/maint status ${run.app.name}`)} shows how it stands.`,
      );
  }
}

export function approvalOpened(run: Run, question: Placed): Drawn {
  const app = said(run.app.name, 60);
  if (question.is === 'posted') {
    return brief(
      `The approval for *${app}* is being prepared in the thread of its card, in ${channelLink(question.channel)}.`,
    );
  }
  const why =
    run.channel === null
      ? 'it has no card in Slack'
      : question.is === 'refused'
        ? `it could not be posted to Slack: ${said(question.why, 200)}`
        : 'it has not reached Slack yet';
  return brief(`The approval for *${app}* is open, but ${why}. ${atTerminal(run, 'resume')} shows and asks it.`);
}

/** Not escaped: for an approval that is asked where nobody in Slack can see it. */
export function unseenRemedy(run: Run): string {
  return `It is not in Slack, though: npm run maint -- resume ${run.app.name} at a terminal shows and asks it.`;
}

export function aborted(run: Run, cardIsThere: boolean): Drawn {
  const where = cardIsThere ? 'The card shows' : `${code(`/maint status ${run.app.name}`)} shows`;
  return brief(
    `*${said(run.app.name, 60)}* turns round: everything that was changed is put back. ${where} how far it is.`,
  );
}

/** The first time it only has the list looked up: nobody opens an app without having seen what for. */
export function glass(run: Run): Drawn {
  const app = said(run.app.name, 60);
  if (run.way === 'back' || run.questions.some(approved)) {
    return brief(`You open *${app}* alone, and the whole channel is told so, with your reason.`);
  }
  return brief(
    `Nothing is opened yet: what would be put back is being looked up, and is listed in the thread of the card. When you have seen it, say ${code(`/maint break-glass ${run.app.name} because …`)} again.`,
  );
}

export function extended(run: Run, by: number): Drawn {
  return brief(`*${said(run.app.name, 60)}*: ${duration(by)} more, until ${time(run.endsAt)}.`);
}
