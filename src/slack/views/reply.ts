// What a person is answered who asked for something: help, a refusal, a failure, a short confirmation. Only they see it.
import type { Parsed } from '../commands/parse.ts';
import { type Drawn, lines, message, section } from './blocks.ts';
import { code, escaped, said } from './text.ts';

const usages: Readonly<Record<Exclude<Parsed['is'], 'wrong' | 'trail'>, { usage: string; does: string }>> = {
  plan: { usage: '/maint plan APP', does: 'go or no-go, and what would be done item by item; changes nothing' },
  start: { usage: '/maint start APP [for 30m] [because REASON]', does: 'quiets the app and holds it quiet' },
  status: { usage: '/maint status [APP]', does: 'how it stands' },
  history: {
    usage: '/maint history [APP] [RUN]',
    does: 'the last maintenances, and how they ended; of one of them, who did what and when',
  },
  schedule: {
    usage: '/maint schedule [APP] [WHEN] [for 2h] [because REASON]',
    does: 'plans a window, such as “shop sunday 1am for 2h”; alone it opens a form. What was understood is shown before it is saved',
  },
  windows: { usage: '/maint windows [APP]', does: 'what is planned, to change, skip once, or cancel' },
  run: {
    usage: '/maint run APP [--size=SIZE] -- COMMAND',
    does: 'runs a command in the app while it is held; what it prints goes into the thread, where everybody can read it',
  },
  resume: { usage: '/maint resume APP', does: 'shows what would be put back, to be approved' },
  extend: { usage: '/maint extend APP [by 15m]', does: 'moves the planned end, which only reminds' },
  abort: { usage: '/maint abort APP', does: 'turns round at once, as long as the app is not quiet yet' },
  'break-glass': {
    usage: '/maint break-glass APP because REASON',
    does: 'opens it alone, without the approvals that it needs; the whole channel is told',
  },
  settings: { usage: '/maint settings APP', does: 'how its next maintenance behaves' },
  help: { usage: '/maint help', does: 'this' },
};

export function help(): Drawn {
  return message('maint: maintenance windows for Heroku apps.', {
    top: [
      section('*maint* holds a Heroku app still while people work in it, and puts every single thing back afterwards.'),
    ],
    middle: lines(Object.values(usages).map(({ usage, does }) => `• ${code(usage)}  ${escaped(does)}`)),
    bottom: [
      section(
        'Buttons that fit are on the card of a maintenance. Nothing opens by itself: from quiet, only an approval starts the way back.',
      ),
    ],
  });
}

/** What stands against it, and what would be right. */
export function refusal(refused: { readonly says: string; readonly remedy: string }): Drawn {
  const says = said(refused.says, 1400);
  const remedy = said(refused.remedy, 1400);
  return message(`${says} ${remedy}`, { top: [section(`🚫 ${says}\n${remedy}`.trimEnd())] });
}

/** `words` are escaped already. */
export function brief(words: string): Drawn {
  return message(words, { top: [section(words)] });
}
