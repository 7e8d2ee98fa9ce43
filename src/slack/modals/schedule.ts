// Planning and changing windows in modals: the form, its questions one after the other, and what was understood, which alone is saved.
import { z } from 'zod';
import type { Person } from '../../model/person.ts';
import type { WindowCommands, WindowRequest } from '../../run/windows/reply.ts';
import { questionId, Request, Shown } from '../planning.ts';
import { answered, readBack } from '../scheduling.ts';
import { MOST_CARRIED, refusedModal } from '../views/modal.ts';
import { proposalForm, QUESTION, questionForm, SAVE, SCHEDULE, savedModal } from '../views/schedule-form.ts';
import { carriedBy, type Form, type Outcome } from './forms.ts';
import { requestOf } from './schedule-request.ts';

const Opened = z.object({ own: z.string(), changes: z.object({ id: z.string(), version: z.number() }).nullable() });
const Asked = z.object({ request: Request, about: questionId });

export function scheduleForms(commands: WindowCommands): readonly (readonly [string, Form])[] {
  return [
    [
      SCHEDULE,
      async (submission) => {
        const { by, filled } = submission;
        const wanted = requestOf(filled, carriedBy(Opened, submission));
        return wanted.is === 'errors' ? wanted : readBackIn(commands, by, wanted.request);
      },
    ],
    [
      QUESTION,
      async (submission) => {
        const { request, about } = carriedBy(Asked, submission);
        return readBackIn(commands, submission.by, answered(request, about, submission.filled.one('answer')));
      },
    ],
    [
      SAVE,
      async (submission) => {
        const { draft, own } = carriedBy(Shown, submission);
        const reply = await commands.schedule(submission.by, draft, own);
        return {
          is: 'shown',
          view: reply.is === 'refused' ? refusedModal(reply) : savedModal(reply.listed, reply.what),
        };
      },
    ],
  ];
}

async function readBackIn(commands: WindowCommands, by: Person, request: WindowRequest): Promise<Outcome> {
  const reply = await readBack(commands, by, request);
  if (reply.is === 'refused') return { is: 'shown', view: refusedModal(reply) };
  if (reply.is === 'window-question') return { is: 'shown', view: questionForm(reply, request) };
  const { draft } = reply.proposal;
  const carries = JSON.stringify({ draft, own: request.own } satisfies Shown);
  return {
    is: 'shown',
    view: carries.length > MOST_CARRIED ? refusedModal(TOO_MUCH) : proposalForm(reply.proposal, reply.checks, carries),
  };
}

const TOO_MUCH = {
  says: 'This window is more than Slack can carry; nothing was saved.',
  remedy: 'Give fewer apps and channels, or a shorter reason.',
};
