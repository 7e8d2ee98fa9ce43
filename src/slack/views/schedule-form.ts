// Planning a window in a modal: the form, the questions about what was typed, and what was understood, shown back before it is
// saved. What a filled-in form means is read in `modals/schedule-request`. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { announceBeforeDefault } from '../../model/window.ts';
import type { ListedWindow, WindowProposal, WindowQuestion, WindowRequest } from '../../run/windows/reply.ts';
import { lengthWords } from '../../windows/day-words.ts';
import { context, header, lines, section } from './blocks.ts';
import {
  channelsInput,
  dateInput,
  modal,
  peopleInput,
  radioInput,
  selectInput,
  textInput,
  timeInput,
} from './modal.ts';
import { said } from './text.ts';
import { draftLines, savedLines } from './window-draft.ts';

export const SCHEDULE = 'schedule';
export const QUESTION = 'schedule-question';
export const SAVE = 'schedule-save';

const MOST_CHANNELS = 10;
const MOST_LEADS = 10;

/** What the form holds when it is opened. `now`: of the window that it changes, when it is, in words; it stays so where nothing else is given. */
export type Holds = Omit<WindowRequest, 'own' | 'answers' | 'now'> & { readonly now: readonly string[] };

export function nothingYet(zone: string): Holds {
  return {
    apps: [],
    typed: null,
    zone,
    lengthMs: null,
    reason: null,
    channels: [],
    leads: [],
    startsBy: 'asking',
    announceBefore: null,
    changes: null,
    now: [],
  };
}

export function heldBy({ window, version, words }: ListedWindow): Holds {
  const { apps, zone, lengthMs, reason, channels, leads, startsBy, announceBefore } = window;
  return {
    apps: apps.map(({ name }) => name),
    typed: null,
    ...{ zone, lengthMs, reason, channels, leads, startsBy, announceBefore },
    changes: { id: window.id, version },
    now: words,
  };
}

const repeats = [
  { value: 'once', words: 'Once' },
  { value: 'day', words: 'Every day' },
  { value: 'weekdays', words: 'From Monday to Friday' },
  { value: 'week', words: 'Every week, on that weekday' },
  { value: 'weeks', words: 'Every two weeks, on that weekday' },
  { value: 'nth', words: 'Every month, on that weekday of it (the 2nd Tuesday)' },
  { value: 'last', words: 'Every month, on the last such weekday of it' },
  { value: 'date', words: 'Every month, on that day of it (the 15th)' },
] as const;

/** `own`: the person's zone. */
export function scheduleForm(holds: Holds, own: string): ModalView {
  const { apps, typed, zone, lengthMs, reason, channels, leads, startsBy, announceBefore, changes, now } = holds;
  const before = (announceBefore ?? announceBeforeDefault).map((ms) => lengthWords(ms)).join(', ');
  return modal({
    form: SCHEDULE,
    title: changes === null ? 'Plan a window' : 'Change a window',
    submit: 'Look at it',
    close: 'Cancel',
    carries: JSON.stringify({ own, changes }),
    blocks: [
      ...(now.length === 0 ? [] : [section(['*It is*', ...now.map((line) => said(line, 300))].join('\n'))]),
      textInput({
        id: 'apps',
        label: 'App, or several',
        hint: 'With commas between them',
        holds: apps.join(', '),
        most: 700,
      }),
      textInput({
        id: 'typed',
        label: 'When, in words',
        hint: `Such as "sunday 1am for 2h" or "every 2nd tuesday 02:00". Or by day and time below${changes === null ? '' : '; nothing at all: as it is'}`,
        holds: typed ?? '',
        most: 300,
        optional: true,
      }),
      dateInput({ id: 'date', label: 'Day', hint: 'Of one that repeats: the first', holds: null, optional: true }),
      timeInput({ id: 'time', label: 'Time', holds: null, optional: true }),
      selectInput({ id: 'repeats', label: 'Repeats', choices: repeats, holds: 'once' }),
      textInput({ id: 'zone', label: 'Time zone', hint: 'Such as Europe/Berlin, Tokyo or UTC', holds: zone, most: 60 }),
      textInput({
        id: 'length',
        label: 'How long',
        hint: 'Such as 90m or 2h; empty: as the words say, else as the settings of the app do',
        holds: lengthMs === null ? '' : lengthWords(lengthMs),
        most: 60,
        optional: true,
      }),
      textInput({ id: 'reason', label: 'Why', holds: reason ?? '', most: 500, optional: true }),
      channelsInput({
        id: 'channels',
        label: 'Announced in',
        hint: 'Empty: the default channel of maint',
        holds: channels.map(({ id }) => id),
        most: MOST_CHANNELS,
        optional: true,
      }),
      radioInput({
        id: 'notices',
        label: 'How',
        choices: [
          { value: 'full', words: 'With the details' },
          { value: 'short', words: 'In a line each' },
        ],
        holds: channels.length > 0 && channels.every(({ notices }) => notices === 'short') ? 'short' : 'full',
      }),
      textInput({
        id: 'before',
        label: 'Announced before it begins',
        hint: 'With commas between them; empty: only when it is planned',
        holds: before,
        most: 200,
        optional: true,
      }),
      peopleInput({ id: 'leads', label: 'Led by', holds: leads, most: MOST_LEADS, optional: true }),
      radioInput({
        id: 'startsBy',
        label: 'When the time has come',
        choices: [
          { value: 'asking', words: 'maint asks, with a button' },
          { value: 'itself', words: 'It begins by itself' },
        ],
        holds: startsBy,
      }),
    ],
  });
}

/** A time that has several readings. `carries`: the request that it is about. */
export function questionForm({ question, now }: WindowQuestion, request: WindowRequest): ModalView {
  return modal({
    form: QUESTION,
    title: 'Which one?',
    submit: 'Go on',
    close: 'Back',
    carries: JSON.stringify({ request: { ...request, now }, about: question.id }),
    blocks: [
      radioInput({
        id: 'answer',
        label: question.says,
        choices: question.readings.map(({ answer, words }) => ({ value: answer, words })),
      }),
    ],
  });
}

/** `checks`: escaped. `carries`: what will be saved. */
export function proposalForm({ draft, words }: WindowProposal, checks: readonly string[], carries: string): ModalView {
  const blocks: KnownBlock[] = [
    ...lines(draftLines(draft, words)),
    ...(checks.length === 0 ? [] : [header('What was found'), ...lines(checks)]),
    context('Nothing has been saved yet.'),
  ];
  return modal({
    form: SAVE,
    title: draft.version === 0 ? 'Save this window?' : 'Save this change?',
    submit: 'Save',
    close: 'Change',
    carries,
    blocks,
  });
}

export function savedModal(listed: ListedWindow, what: string): ModalView {
  return modal({ title: 'Planned windows', last: true, blocks: lines(savedLines(listed, what)) });
}
