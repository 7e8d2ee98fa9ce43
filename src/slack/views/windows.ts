// Planned windows in messages: the list with its buttons, what was understood before it is saved, and the questions about it.
import type { Button, KnownBlock } from '@slack/types';
import { unreachable } from '../../errors.ts';
import type { Run } from '../../model/run.ts';
import type { Occurrence } from '../../model/window.ts';
import type {
  ListedWindow,
  ListedWindows,
  WindowChanged,
  WindowProposal,
  WindowQuestion,
  WindowRequest,
} from '../../run/windows/reply.ts';
import { opener } from '../buttons.ts';
import { planner } from '../planning.ts';
import { startNow } from '../window-buttons.ts';
import { actions, context, type Drawn, header, lines, message, section } from './blocks.ts';
import { cardButtons } from './card.ts';
import { code, count, said, sentence, time, userLink } from './text.ts';
import { draftLines, savedLines } from './window-draft.ts';
import { title } from './words.ts';

/** Two blocks each, and two more for each run of one that is under way. */
const SHOWN = 20;

/** `runs`: those of windows that have begun, as they are. */
export function windowsList({ windows }: ListedWindows, app: string | null, runs: readonly Run[] = []): Drawn {
  const whose = app === null ? '' : ` for ${said(app, 60)}`;
  if (windows.length === 0) {
    const none = `Nothing is planned${whose}. ${code('/maint schedule')} plans a window.`;
    return message(none, {
      top: [section(none)],
      bottom: actions([opener({ opens: 'schedule', app }, 'Plan a window')]),
    });
  }
  return message(`${count(windows.length, 'window')} planned${whose}.`, {
    top: [header(`${count(windows.length, 'window')} planned${whose}`)],
    middle: windows
      .slice(0, SHOWN)
      .flatMap((listed) => [
        section(windowLines(listed).join('\n')),
        ...actions(buttons(listed)),
        ...underWay(listed, runs),
      ]),
    bottom: [
      ...(windows.length > SHOWN
        ? [context(`… and ${windows.length - SHOWN} more: ${code('/maint windows APP')} shows those of one app.`)]
        : []),
    ],
  });
}

/** Escaped, a line each. */
export function windowLines({ window, words, occurrence }: ListedWindow): string[] {
  const { apps, reason, leads, startsBy } = window;
  const by = leads.length === 0 ? '' : `, led by ${leads.map(userLink).join(', ')}`;
  return [
    `*${apps.map(({ name }) => said(name, 60)).join(', ')}*${reason === null ? '' : `: “${said(reason, 300)}”`}`,
    ...words.map((line) => said(line, 300)),
    `${startsBy === 'itself' ? 'It begins by itself' : 'maint asks when the time has come'}${by}.`,
    ...(occurrence === null ? [] : [stands(occurrence)].filter((line) => line !== '')),
  ];
}

/** It is not cancelled any more, but ended or extended: each app of it by itself, with the buttons of its card. */
function underWay({ occurrence }: ListedWindow, runs: readonly Run[]): KnownBlock[] {
  if (occurrence?.state !== 'started') return [];
  return runs
    .filter((run) => occurrence.runs.includes(run.id) && run.ended === null)
    .flatMap((run) => [context(said(title(run), 200)), ...actions(cardButtons(run))]);
}

function stands({ state, startAt, endAt }: Occurrence): string {
  switch (state) {
    case 'planned':
      return `Next: ${time(startAt)}.`;
    case 'asked':
      return `🔔 It was planned for ${time(startAt)}, and waits for somebody to start it.`;
    case 'started':
      return `▶️ Under way, planned end ${time(endAt)}.`;
    case 'missed':
      return `❗ ${time(startAt)} was missed.`;
    case 'ended':
    case 'skipped':
    case 'cancelled':
      return '';
  }
}

function buttons({ window, occurrence, may }: ListedWindow): Button[] {
  const apps = window.apps.map(({ name }) => name).join(', ');
  return may.flatMap((wish): Button[] => {
    switch (wish) {
      case 'start':
        return occurrence === null ? [] : [startNow(occurrence.id, apps)];
      case 'edit':
        return [opener({ opens: 'edit-window', window: window.id }, 'Change')];
      case 'skip':
        return occurrence === null
          ? []
          : planner(
              { do: 'skip', occurrence: occurrence.id },
              {
                label: 'Skip once',
                confirm: {
                  title: 'Skip it this time?',
                  says: `The maintenance of ${apps} does not take place this time; the next one does. The channel is told.`,
                  yes: 'Skip once',
                },
              },
            );
      case 'cancel':
        return planner(
          { do: 'cancel', window: window.id },
          {
            label: 'Cancel',
            style: 'danger',
            confirm: {
              title: 'Cancel this window?',
              says: `None of it comes any more for ${apps}. One that is under way goes on. The channel is told.`,
              yes: 'Cancel it',
            },
          },
        );
      default:
        return unreachable(wish);
    }
  });
}

/** Shown to the one who asked, before anything is saved. `checks`: escaped. */
export function proposalMessage(
  { draft, words }: WindowProposal,
  checks: readonly string[],
  request: WindowRequest,
): Drawn {
  const save = planner({ do: 'save', shown: { draft, own: request.own } }, { label: 'Save', style: 'primary' });
  const found: KnownBlock[] = checks.length === 0 ? [] : [header('What was found'), ...lines(checks)];
  const apps = draft.apps.map(({ name }) => said(name, 60)).join(', ');
  return message(`Save this window of ${apps}? ${sentence(said(words[0] ?? '', 300))} Nothing has been saved yet.`, {
    top: [header('Save this window?'), ...lines(draftLines(draft, words))],
    middle: found,
    bottom: [
      ...actions([...save, ...changing(request)]),
      context(save.length > 0 ? 'Nothing has been saved yet. Only you see this.' : `${TOO_MUCH}.`),
    ],
  });
}

const TOO_MUCH = `This is more than a message can carry: ${code('/maint schedule')} alone opens a form that takes it`;

/** A button for each way to read it. */
export function questionMessage({ question, now }: WindowQuestion, request: WindowRequest): Drawn {
  const says = said(question.says, 600);
  const readings = question.readings.flatMap(({ answer, words }, n) => {
    const next: WindowRequest = { ...request, now, answers: { ...request.answers, [question.id]: answer } };
    return planner({ do: 'read', request: next }, { label: words }, n + 1);
  });
  const buttons = [...readings, ...changing(request)];
  return message(says, {
    top: [section(`❓ ${says}`), ...lines(question.readings.map(({ words }) => `• ${said(words, 300)}`))],
    bottom: [
      ...actions(buttons),
      ...(readings.length === question.readings.length ? [] : [context(`${TOO_MUCH} and asks this there.`)]),
    ],
  });
}

function changing(request: WindowRequest): Button[] {
  const button = opener({ opens: 'change-request', request }, 'Change');
  return (button.value ?? '').length > 2_000 ? [] : [button];
}

export function windowChanged({ what, listed }: WindowChanged): Drawn {
  const { window, occurrence } = listed;
  const apps = window.apps.map(({ name }) => said(name, 60)).join(', ');
  if (what === 'saved' || what === 'edited') {
    const all = savedLines(listed, what);
    return message(`The window of ${apps} is ${what}.`, { top: lines(all) });
  }
  const next = occurrence?.state === 'planned' ? ` The next one: ${time(occurrence.startAt)}.` : '';
  const words =
    what === 'skipped'
      ? `⏭️ The maintenance of *${apps}* is skipped this time.${next}`
      : `🚫 The window of *${apps}* is cancelled: none of it comes any more.`;
  return message(words, { top: [section(words)] });
}
