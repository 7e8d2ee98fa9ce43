// The settings of an app, changed in a modal: what is saved is bound to the version that the form showed.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Person } from '../../model/person.ts';
import type { Commands } from '../../run/commands/reply.ts';
import { refusedModal } from '../views/modal.ts';
import { problemsByField, SETTINGS, settingsForm, settingsInput, settingsSaved } from '../views/settings-form.ts';
import { carriedBy, type Form } from './forms.ts';

export { SETTINGS };

type Settable = Pick<Commands, 'settings' | 'changeSettings'>;

/** `app`: its id, for its name may change meanwhile. */
const Carried = z.object({ app: z.string(), version: z.number().int().nonnegative() });

/** `app`: its name or id. */
export async function settingsModal(commands: Settable, by: Person, app: string): Promise<ModalView> {
  const reply = await commands.settings(by, app);
  if (reply.is === 'refused') return refusedModal(reply);
  return settingsForm(reply, JSON.stringify({ app: reply.app.id, version: reply.version } satisfies Carried));
}

type Carried = z.infer<typeof Carried>;

export function settingsSubmitted(commands: Settable): Form {
  return async (submission) => {
    const { by, filled } = submission;
    const { app, version } = carriedBy(Carried, submission);
    const now = await commands.settings(by, app);
    if (now.is === 'refused') return { is: 'shown', view: refusedModal(now) };
    // What was changed is known only against what the form showed; where that is not so any more it is refused for it.
    const input = settingsInput(now.settings, (id) => filled.one(id));
    const reply = await commands.changeSettings(by, app, input, version);
    if (reply.is === 'settings-change') return { is: 'shown', view: settingsSaved(reply) };
    const errors = 'problems' in reply ? problemsByField(reply.problems) : {};
    return Object.keys(errors).length > 0 ? { is: 'errors', errors } : { is: 'shown', view: refusedModal(reply) };
  };
}
