// What the forms of the Home tab do: the same commands as typed ones.

import type { Commands } from '../../run/commands/reply.ts';
import { appName } from '../commands/app-name.ts';
import type { Awaited, Placed } from '../notifier/placing.ts';
import { inModal, PLAN, SETTINGS_OF, START } from '../views/begin-forms.ts';
import { begun } from '../views/done.ts';
import { refusedModal } from '../views/modal.ts';
import { plan } from '../views/plan.ts';
import type { Form, Outcome } from './forms.ts';
import { settingsModal } from './settings.ts';
import { type Filled, lengthOf } from './values.ts';

export interface Beginning {
  readonly commands: Commands;
  /** Where the card of a run went, as soon as it is known. */
  readonly placed: (runId: string, what: Awaited) => Promise<Placed>;
}

export function beginForms({ commands, placed }: Beginning): readonly (readonly [string, Form])[] {
  return [
    [
      PLAN,
      ofApp(async (app, { by }) => {
        const reply = await commands.plan(by, app);
        return { is: 'shown', view: reply.is === 'refused' ? refusedModal(reply) : inModal('Plan', plan(reply)) };
      }),
    ],
    [SETTINGS_OF, ofApp(async (app, { by }) => ({ is: 'shown', view: await settingsModal(commands, by, app) }))],
    [
      START,
      ofApp(async (app, { by, filled }) => {
        const length = lengthOf(filled.one('length'));
        if (typeof length === 'string') return { is: 'errors', errors: { length } };
        const reason = filled.one('reason');
        const request = { app, length, because: reason === '' ? null : reason, accepted: [] };
        const reply = await commands.start(by, { ...request, channel: filled.many('channel')[0] ?? null });
        if (reply.is === 'refused') return { is: 'shown', view: refusedModal(reply) };
        return { is: 'shown', view: inModal('Start', begun(reply.run, await placed(reply.run.id, { is: 'card' }))) };
      }),
    ],
  ];
}

function ofApp(then: (app: string, submission: Parameters<Form>[0]) => Promise<Outcome>): Form {
  return async (submission) => {
    const app = appIn(submission.filled);
    return app.is === 'wrong'
      ? { is: 'errors', errors: { app: `${app.says} ${app.remedy}` } }
      : then(app.name, submission);
  };
}

function appIn(filled: Filled): ReturnType<typeof appName> {
  return appName(filled.one('app'));
}
