// Modals that are filled in and submitted. Slack waits for the answer to a submission, unlike all else, for it is shown in the
// modal: complaints beside their fields, or another view. What takes long is answered with a view that says so, and changed.
import { setTimeout as later } from 'node:timers/promises';
import type { App, SlackViewMiddlewareArgs, ViewOutput, ViewResponseAction, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { z } from 'zod';
import type { Logger } from '../../log.ts';
import type { Person } from '../../model/person.ts';
import type { Trail } from '../../trail.ts';
import { personOf } from '../person.ts';
import { refusedModal, waiting, wrongModal } from '../views/modal.ts';
import { failureFor, reasonOf } from '../words.ts';
import { type Filled, filled } from './values.ts';

export interface Submission {
  readonly by: Person;
  readonly filled: Filled;
  /** What the view carried along. */
  readonly carries: string;
}

export type Outcome =
  /** By block id; the modal stays as it is. */
  | { readonly is: 'errors'; readonly errors: Readonly<Record<string, string>> }
  /** On top of a form that was opened; in place of one that lies on another. */
  | { readonly is: 'shown'; readonly view: ModalView };

export type Form = (submission: Submission) => Promise<Outcome>;

export interface Filling {
  /** By `callback_id`. */
  readonly forms: ReadonlyMap<string, Form>;
  readonly answers: Answers;
  readonly log: Logger;
  readonly trail: Trail;
  /** Real milliseconds that an answer is waited for before the person is shown that it takes longer. */
  readonly lateMs?: number | undefined;
}

/** Slack waits 3 s; what comes before a form may take two of them at worst. Real time. */
const LATE = 800;

export function listenForForms(app: App, filling: Filling): void {
  const { log, answers, lateMs = LATE } = filling;
  app.view<ViewSubmitAction>({ callback_id: /^/u, type: 'view_submission' }, async ({ ack, body, view, client }) => {
    const give = answers.giving(body.trigger_id, ack);
    const result = carriedOut(filling, personOf(body.user), view);
    const first = await Promise.race([result, later(lateMs, null, { ref: false })]);
    if (first !== null) return give(answerOf(view, first));
    const id = `maint.${body.trigger_id}`;
    await give(shown(view, waiting(id)));
    await replace(client, id, lateView(view, await result), log);
  });
}

async function carriedOut(filling: Filling, by: Person, view: ViewOutput): Promise<Outcome> {
  const form = filling.forms.get(view.callback_id);
  if (form === undefined) return notKnown(filling, by);
  try {
    return await form({ by, filled: filled(view.state.values), carries: view.private_metadata });
  } catch (error) {
    if (error instanceof OldForm) return notKnown(filling, by);
    filling.log.error({ form: view.callback_id, why: reasonOf(error) }, 'a form failed');
    return { is: 'shown', view: refusedModal(failureFor(error)) };
  }
}

function notKnown({ trail }: Filling, by: Person): Outcome {
  trail.note({ person: by, what: 'a Slack form', outcome: 'refused', why: 'it is not one of this version of maint' });
  return { is: 'shown', view: refusedModal(UNKNOWN) };
}

/** What it carries is not what this version reads: it was opened before an update. */
class OldForm extends Error {
  override readonly name = 'OldForm';
}

/** What the view carried along. Throws where another version of maint has made it; the person is told. */
export function carriedBy<T>(schema: z.ZodType<T>, { carries }: Submission): T {
  try {
    return schema.parse(JSON.parse(carries));
  } catch {
    throw new OldForm('Expected a form of this version of maint');
  }
}

const UNKNOWN = {
  says: 'This form is not one of this version of maint.',
  remedy: 'Close it, and open it again.',
};

function answerOf(view: ViewOutput, outcome: Outcome): ViewResponseAction {
  return outcome.is === 'errors'
    ? { response_action: 'errors', errors: { ...outcome.errors } }
    : shown(view, outcome.view);
}

/** What was filled in stays there under it. */
function shown(below: ViewOutput, view: ModalView): ViewResponseAction {
  return { response_action: below.previous_view_id === null ? 'push' : 'update', view };
}

/** The fields are under it, or gone: what is wrong with them is told with their names. */
function lateView({ blocks }: ViewOutput, outcome: Outcome): ModalView {
  if (outcome.is === 'shown') return outcome.view;
  return wrongModal(
    Object.entries(outcome.errors).map(([id, says]) => {
      const block = blocks.find((one) => one.block_id === id);
      return { label: block !== undefined && 'label' in block ? (block.label?.text ?? id) : id, says };
    }),
  );
}

/** Real time: Slack may know the view only a little after it was answered with. */
const TRIES = [100, 300, 900, 2_000];

/** A person may have closed it meanwhile: then there is nothing to show it in. */
async function replace(client: WebClient, id: string, view: ModalView, log: Logger): Promise<void> {
  for (const ms of [...TRIES, null]) {
    try {
      await client.views.update({ external_id: id, view });
      return;
    } catch (error) {
      if (ms === null) log.debug({ why: reasonOf(error) }, 'a modal could not be changed');
      else await later(ms, undefined, { ref: false });
    }
  }
}

type Ack = SlackViewMiddlewareArgs<ViewSubmitAction>['ack'];

/** What submissions were answered with, for those that come twice: Slack shows the one or the other. */
export interface Answers {
  /** Answers this submission, and every other copy of it. */
  giving(id: string, ack: Ack): (answer: ViewResponseAction) => Promise<void>;
  /** What another copy of it is answered with, as soon as it is. */
  given(id: string): Promise<ViewResponseAction>;
}

/** Real time. */
const KEPT = 60_000;

export function formAnswers(): Answers {
  const all = new Map<string, PromiseWithResolvers<ViewResponseAction>>();
  const of = (id: string): PromiseWithResolvers<ViewResponseAction> => {
    const known = all.get(id);
    if (known !== undefined) return known;
    const made = Promise.withResolvers<ViewResponseAction>();
    all.set(id, made);
    setTimeout(() => all.delete(id), KEPT).unref();
    return made;
  };
  return {
    giving: (id, ack) => async (answer) => {
      of(id).resolve(answer);
      await ack(answer);
    },
    given: (id) => of(id).promise,
  };
}
