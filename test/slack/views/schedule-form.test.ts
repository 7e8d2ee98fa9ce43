import type { ModalView } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { announceBeforeDefault } from '../../../src/model/window.ts';
import type { ListedWindow, WindowDraft, WindowQuestion, WindowRequest } from '../../../src/run/windows/reply.ts';
import { checkView } from '../../../src/sandbox/slack/blocks/validate.ts';
import { stateOf } from '../../../src/sandbox/slack/values.ts';
import { requestOf } from '../../../src/slack/modals/schedule-request.ts';
import { type Filled, filled } from '../../../src/slack/modals/values.ts';
import {
  type Holds,
  heldBy,
  nothingYet,
  proposalForm,
  questionForm,
  savedModal,
  scheduleForm,
} from '../../../src/slack/views/schedule-form.ts';
import { checklistLines, draftLines } from '../../../src/slack/views/window-draft.ts';
import { proposalMessage, questionMessage, windowChanged, windowsList } from '../../../src/slack/views/windows.ts';
import { expectSlackTakes, labels, shown } from '../drawn.ts';
import { ada, at } from '../runs.ts';

const HOUR = 3_600_000;
const long = `<!channel> & "x" ${'\\"'.repeat(120)}`;

function draft(over: Partial<WindowDraft> = {}): WindowDraft {
  return {
    id: 'w0123456789ab',
    version: 0,
    apps: [{ id: '01234567-89ab-cdef-0123-456789abcdef', name: 'shop' }],
    when: { is: 'once', startAt: at + 13 * HOUR },
    zone: 'Europe/London',
    lengthMs: 2 * HOUR,
    reason: 'moving a table',
    channels: [{ id: 'C0OPS', notices: 'full' }],
    leads: ['U0ADA'],
    startsBy: 'asking',
    announceBefore: [...announceBeforeDefault],
    ...over,
  };
}

/** As large as the form lets one be. */
const most: Partial<WindowDraft> = {
  apps: Array.from({ length: 10 }, (_, n) => ({
    id: `01234567-89ab-cdef-0123-45678900000${n}`,
    name: `a-name-of-thirty-characters-0${n}`,
  })),
  channels: Array.from({ length: 10 }, (_, n) => ({ id: `C0123456789${n}`, notices: 'short' })),
  leads: Array.from({ length: 10 }, (_, n) => `U0123456789${n}`),
  reason: long,
};

function listed(
  over: Partial<WindowDraft> = {},
  may: ListedWindow['may'] = ['edit', 'skip', 'cancel', 'start'],
): ListedWindow {
  const { version, ...window } = draft(over);
  const occurrence = {
    id: `${window.id}/2026-11-22`,
    window: window.id,
    date: '2026-11-22',
    plannedAt: at,
    startAt: at + 13 * HOUR,
    endAt: at + 15 * HOUR,
    facts: [],
    state: 'planned',
    runs: [],
  } as const;
  return {
    window: { ...window, exceptions: [], createdBy: ada, createdAt: at, changedAt: at },
    version: version + 1,
    words: ['Sunday 22 November 2026, 01:00 to 03:00 in Europe/London (UTC)'],
    occurrence,
    may,
  };
}

function taken(view: ModalView) {
  const checked = checkView(JSON.parse(JSON.stringify(view)));
  if (!checked.ok) throw new Error(checked.complaints.join('\n'));
  return checked.value;
}

/** A form of which only this was filled in. */
function back(holds: Holds, typed: Readonly<Record<string, string>>): Filled {
  const view = taken(scheduleForm(holds, 'Europe/London'));
  const state = filled(JSON.parse(JSON.stringify(stateOf(view.blocks, {}))));
  return { one: (id) => typed[id] ?? state.one(id), many: (id) => state.many(id) };
}

const opened = { own: 'Europe/London', changes: null };
const wanted = (typed: Readonly<Record<string, string>>) =>
  requestOf(back(nothingYet('Europe/London'), { apps: 'shop', ...typed }), opened);

describe('the form of a window', () => {
  test('means what was filled in', () => {
    const asked = wanted({
      apps: 'shop, store-front',
      typed: 'sunday 1am for 2h',
      zone: 'tokyo',
      before: '2h and 10m',
    });
    expect(asked).toEqual({
      is: 'request',
      request: {
        apps: ['shop', 'store-front'],
        typed: 'sunday 1am for 2h',
        zone: 'Asia/Tokyo',
        own: 'Europe/London',
        answers: {},
        now: null,
        lengthMs: null,
        reason: null,
        channels: [],
        leads: [],
        startsBy: 'asking',
        announceBefore: [2 * HOUR, HOUR / 6],
        changes: null,
      } satisfies WindowRequest,
    });
  });

  test('holds the window that it changes, which stays as it is where no other time is given', () => {
    const window = listed({ startsBy: 'itself', channels: [{ id: 'C0OPS', notices: 'short' }] });
    const asked = requestOf(back(heldBy(window), {}), { own: 'UTC', changes: { id: window.window.id, version: 1 } });
    expect(asked).toMatchObject({
      is: 'request',
      request: {
        apps: ['shop'],
        typed: null,
        zone: 'Europe/London',
        lengthMs: 2 * HOUR,
        reason: 'moving a table',
        channels: [{ id: 'C0OPS', notices: 'short' }],
        leads: ['U0ADA'],
        startsBy: 'itself',
        announceBefore: announceBeforeDefault,
        changes: { id: window.window.id, version: 1 },
      },
    });
  });

  test.each([
    [{}, ['date', 'time']],
    [{ date: '2026-12-01' }, ['time']],
    [{ typed: 'sunday 1am', time: '02:00' }, ['typed']],
    [{ typed: 'sunday 1am', repeats: 'week' }, ['repeats']],
    [
      { typed: 'sunday 1am', zone: 'CET', length: '2', before: 'soon', apps: ' , ' },
      ['apps', 'before', 'length', 'zone'],
    ],
    [{ typed: 'sunday 1am', zone: 'Europe/Nowhere', length: '25h' }, ['length', 'zone']],
  ])('says at its field what is wrong: %j', (typed, fields) => {
    const asked = wanted(typed);
    expect(asked.is === 'errors' ? Object.keys(asked.errors).toSorted() : asked).toEqual(fields);
  });

  test('is refused where it is more than Slack carries', () => {
    const apps = Array.from({ length: 20 }, (_, n) => `a-name-of-thirty-characters-${n}`).join(', ');
    const held = { ...nothingYet('UTC'), ...most, apps: [], now: [] };
    const asked = requestOf(back(held, { apps, typed: 'sunday 1am', reason: '\u0001'.repeat(500) }), opened);
    expect(asked.is === 'errors' ? Object.keys(asked.errors) : asked).toEqual(['reason']);
  });
});

describe('what was understood', () => {
  const words = ['Sunday 22 November 2026, 01:00 to 03:00 in Europe/London (UTC)'];

  test.each([
    ['one app', draft()],
    ['as much as there can be', draft(most)],
  ])('is shown in a modal that carries what will be saved: %s', (_name, one) => {
    const carries = JSON.stringify({ draft: one, own: 'Europe/London' });
    const checks = checklistLines({
      is: 'checklist',
      at,
      items: one.apps.flatMap((app) => [
        { app, about: 'preflight', level: 'good', found: 'It could begin <now>.' },
        { app, about: 'last', level: 'warning', found: `Not well: ${long.repeat(10)}` },
      ]),
    });
    const view = taken(proposalForm({ is: 'window-proposal', draft: one, words }, checks, carries));
    expect(JSON.stringify(view)).toContain('01:00 to 03:00 in Europe/London');
    expect(JSON.stringify(view.blocks)).not.toContain('<!channel>');
    taken(savedModal({ ...listed(one) }, 'saved'));
  });

  test('says where it is announced nowhere', () => {
    expect(draftLines(draft({ channels: [] }), words).join('\n')).toContain('It is announced nowhere');
  });

  const request: WindowRequest = {
    ...{ apps: ['shop'], typed: 'every 2nd tuesday 02:00', zone: 'UTC', own: 'UTC', answers: {}, now: null },
    ...{
      lengthMs: null,
      reason: null,
      channels: [],
      leads: [],
      startsBy: 'asking',
      announceBefore: null,
      changes: null,
    },
  };

  test('is a message with Save and Change; where that is more than a button carries, it says what to do', () => {
    const small = proposalMessage({ is: 'window-proposal', draft: draft(), words }, ['✅ Fine.'], request);
    expectSlackTakes(small);
    expect(labels(small)).toEqual(['Save', 'Change']);
    expect(small.text).toBe(`Save this window of shop? ${words[0]}. Nothing has been saved yet.`);
    const large = proposalMessage({ is: 'window-proposal', draft: draft(most), words }, [], {
      ...request,
      reason: long.repeat(9),
    });
    expectSlackTakes(large);
    expect([labels(large), shown(large)]).toEqual([[], expect.stringContaining('more than a message can carry')]);
  });

  test('a question has a button for each reading, or radio buttons', () => {
    const question: WindowQuestion = {
      is: 'window-question',
      now: at,
      question: {
        is: 'question',
        id: 'nth',
        says: 'Which <one>?',
        readings: [
          { answer: 'month', words: 'The 2nd Tuesday of every month' },
          { answer: 'weeks', words: 'A Tuesday every 2 weeks' },
        ],
      },
    };
    const drawn = questionMessage(question, request);
    expectSlackTakes(drawn);
    expect(labels(drawn)).toEqual(['The 2nd Tuesday of every month', 'A Tuesday every 2 weeks', 'Change']);
    const view = taken(questionForm(question, request));
    expect(JSON.parse(view.private_metadata ?? '')).toEqual({ request: { ...request, now: at }, about: 'nth' });
  });
});

describe('the list of windows', () => {
  test('has the buttons that each may have, and fits a message however many there are', () => {
    const few = windowsList({ is: 'windows', at, windows: [listed(), listed({}, [])] }, 'shop');
    expectSlackTakes(few);
    expect(labels(few)).toEqual(['Change', 'Skip once', 'Cancel', 'Start now']);
    expectSlackTakes(windowsList({ is: 'windows', at, windows: Array.from({ length: 60 }, () => listed(most)) }, null));
    expect(few.text).toBe('2 windows planned for shop.');
    const none = windowsList({ is: 'windows', at, windows: [] }, 'shop');
    expectSlackTakes(none);
    expect(none.text).toBe('Nothing is planned for shop. `/maint schedule` plans a window.');
  });

  test.each(['saved', 'edited', 'skipped', 'cancelled'] as const)('says that one was %s', (what) => {
    expectSlackTakes(windowChanged({ is: 'window-changed', what, listed: listed(most) }));
  });
});
