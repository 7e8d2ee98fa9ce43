// The forms that begin something from the Home tab, where no channel and no app is known: which app, and for a start how long, why
// and where its card goes.
import type { ModalView } from '@slack/types';
import type { Drawn } from './blocks.ts';
import { channelsInput, modal, textInput } from './modal.ts';

export const PLAN = 'plan';
export const START = 'start';
export const SETTINGS_OF = 'settings-of';

const app = textInput({ id: 'app', label: 'App', hint: 'Its name at Heroku', holds: '', most: 60 });

export function planForm(): ModalView {
  return modal({ form: PLAN, title: 'Plan', submit: 'Look', close: 'Cancel', blocks: [app] });
}

export function settingsOfForm(): ModalView {
  return modal({ form: SETTINGS_OF, title: 'Settings', submit: 'Open', close: 'Cancel', blocks: [app] });
}

export function startForm(): ModalView {
  return modal({
    form: START,
    title: 'Start',
    submit: 'Start',
    close: 'Cancel',
    blocks: [
      app,
      textInput({
        id: 'length',
        label: 'How long',
        hint: 'Such as 30m or 1h30m; empty: as the settings of the app say. Nothing opens by itself at its end',
        holds: '',
        most: 60,
        optional: true,
      }),
      textInput({ id: 'reason', label: 'Why', holds: '', most: 500, optional: true }),
      channelsInput({
        id: 'channel',
        label: 'Channel of its card',
        hint: 'Empty: the default channel of maint',
        holds: [],
        most: 1,
        optional: true,
      }),
    ],
  });
}

/** What a message would show, in a modal. */
export function inModal(title: string, { blocks }: Drawn, last = true): ModalView {
  return modal({ title, blocks, last });
}
