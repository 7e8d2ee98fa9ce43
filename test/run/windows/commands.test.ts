import { describe, expect, it } from 'vitest';
import type { WhoIs } from '../../../src/policy/may.ts';
import { nobody } from '../../../src/policy/policy.ts';
import { createCommands } from '../../../src/run/commands/index.ts';
import { checklistOf } from '../../../src/run/windows/checklist.ts';
import type { WindowRequest } from '../../../src/run/windows/reply.ts';
import { ada, grace, shop } from '../../helpers/engine.ts';
import { type Bed, beds, DAY, HOUR, MINUTE } from './bed.ts';

const bed = beds();

async function request(b: Bed, over: Partial<WindowRequest>) {
  return b.commands.proposeWindow(ada, {
    apps: ['shop'],
    typed: 'sunday 1am for 2h',
    zone: 'Europe/Berlin',
    own: 'Europe/Berlin',
    answers: {},
    now: null,
    lengthMs: null,
    reason: null,
    channels: [],
    leads: [],
    startsBy: 'asking',
    announceBefore: null,
    changes: null,
    ...over,
  });
}

describe('what a person wants as a window', () => {
  it('is read back in words, where the window is, for the person, and in UTC, before anything is saved', async () => {
    const b = await bed();
    const proposal = await request(b, { typed: '2026-12-01 01:00 America/New_York for 90m' });
    expect(proposal).toMatchObject({
      is: 'window-proposal',
      words: [
        'Tuesday 1 December 2026, 01:00 to 02:30 in America/New_York (UTC-5)',
        'For you Tuesday 1 December 2026, 07:00 to 08:30 in Europe/Berlin (UTC+1)',
        'Tuesday 1 December 2026, 06:00 to 07:30 UTC',
      ],
      draft: { apps: [{ name: 'shop' }], version: 0, lengthMs: 90 * MINUTE },
    });
    expect(await b.engine.store.windows.toCome()).toEqual([]);
  });

  it('is asked about where it has two readings, and read with the answer as of the time that it was asked', async () => {
    const b = await bed();
    const typed = '2027-03-28 02:30 for 1h';
    const asked = await request(b, { typed });
    if (asked.is !== 'window-question') throw new Error(`Expected a question, got ${JSON.stringify(asked)}`);
    expect(asked.question.readings).toHaveLength(2);
    const [first] = asked.question.readings;
    const read = await request(b, { typed, now: asked.now, answers: { [asked.question.id]: first?.answer ?? '' } });
    expect(read.is).toBe('window-proposal');
  });

  it.each([
    ['nonsense', { typed: 'when it suits' }, /./u],
    ['no app', { apps: [' '] }, /name of an app/u],
    ['an app that is not there', { apps: ['shopp'] }, /no app called "shopp"/u],
    ['a zone that is none', { zone: 'Mars/Olympus' }, /no time zone called "Mars\/Olympus"/u],
    ['what is over', { typed: '2026-11-20 01:00 for 1h' }, /./u],
    ['a length of nothing', { typed: 'sunday 1am', lengthMs: 0 }, /cannot be a window/u],
  ])('is refused with the reason and a remedy: %s', async (_, over, says) => {
    const b = await bed();
    const refused = await request(b, over);
    expect(refused).toMatchObject({ is: 'refused', says: expect.stringMatching(says) });
    expect(refused.is === 'refused' ? refused.remedy : '').not.toBe('');
  });

  it('is refused for an app that has another window then', async () => {
    const b = await bed();
    await b.planned({ typed: '2026-11-24 01:00 UTC for 2h' });
    expect(await request(b, { typed: '2026-11-24 02:00 UTC for 2h' })).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('shop has another window then'),
    });
    expect((await request(b, { typed: '2026-11-24 02:00 UTC for 2h', apps: ['till'] })).is).toBe('window-proposal');
  });
});

describe('saving a window', () => {
  it('twice saves one', async () => {
    const b = await bed();
    const draft = await b.proposed({});
    const both = await Promise.all([b.commands.schedule(ada, draft, 'UTC'), b.commands.schedule(ada, draft, 'UTC')]);
    expect(both.some(({ is }) => is === 'window-changed')).toBe(true);
    expect(await b.commands.schedule(ada, draft, 'UTC')).toMatchObject({ is: 'window-changed', what: 'saved' });
    expect(await b.engine.store.windows.toCome()).toHaveLength(1);
  });

  it('is refused where another one of the app was saved meanwhile', async () => {
    const b = await bed();
    const [mine, theirs] = [await b.proposed({}), await b.proposed({})];
    expect((await b.commands.schedule(ada, mine, 'UTC')).is).toBe('window-changed');
    expect(await b.commands.schedule(grace, theirs, 'UTC')).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('another window then'),
    });
  });

  it('edits one as it was seen, and moves what is to come', async () => {
    const b = await bed();
    const id = await b.planned({});
    const changes = { id, version: 1 };
    const draft = await b.proposed({ typed: '2026-11-25 03:00 UTC for 1h', changes });
    expect(await b.commands.schedule(grace, draft, 'UTC')).toMatchObject({
      what: 'edited',
      listed: { version: 2, occurrence: { startAt: Date.UTC(2026, 10, 25, 3) }, window: { createdBy: ada } },
    });
    expect(await b.commands.schedule(ada, draft, 'UTC')).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('Somebody has changed this window'),
    });
  });

  it('keeps its app where that was renamed, and another one has the name by now', async () => {
    const b = await bed();
    const id = await b.planned({});
    const [app] = (await b.engine.store.windows.load(id))?.window.apps ?? [];
    b.engine.world.rename('shop', 'shop-old');
    b.engine.world.rename('till', 'shop');
    const draft = await b.proposed({ apps: ['shop'], reason: 'older disks', changes: { id, version: 1 } });
    expect(draft.apps).toEqual([{ id: app?.id, name: 'shop-old' }]);
  });

  it('is for who may operate every app of it, and written down', async () => {
    const b = await bed();
    const draft = await b.proposed({});
    b.name({ operators: [grace.id] });
    expect(await b.commands.schedule(ada, draft, 'UTC')).toMatchObject({ is: 'refused' });
    expect(await b.commands.schedule(grace, draft, 'UTC')).toMatchObject({ is: 'window-changed' });
    expect(await b.engine.store.audited(2)).toMatchObject([
      { person: grace, outcome: 'changed', what: `schedule window ${draft.id} of shop` },
      { person: ada, outcome: 'refused', what: `schedule window ${draft.id} of shop` },
    ]);
  });
});

describe('the list of windows', () => {
  it('is by when they come, with what the person may do', async () => {
    const b = await bed();
    const later = await b.planned({ apps: ['till'], typed: 'every day 03:00 for 1h' });
    const sooner = await b.planned({ typed: '2026-11-22 01:00 UTC for 1h' });
    const all = await b.commands.windows(ada, null, 'UTC');
    if (all.is !== 'windows') throw new Error(all.says);
    expect(all.windows.map(({ window }) => window.id)).toEqual([sooner, later]);
    expect(all.windows.map(({ may }) => may)).toEqual([
      ['edit', 'cancel', 'start'],
      ['edit', 'skip', 'cancel', 'start'],
    ]);
    const one = await b.commands.windows(ada, 'till', 'UTC');
    expect(one).toMatchObject({ windows: [{ window: { id: later } }] });
    b.name({ operators: [grace.id], viewers: [ada.id] });
    expect(await b.commands.windows(ada, null, 'UTC')).toMatchObject({ windows: [{ may: [] }, { may: [] }] });
    b.name({ operators: [grace.id] });
    expect(await b.commands.windows(ada, null, 'UTC')).toMatchObject({ is: 'refused' });
  });

  it('does not offer to begin what comes more than a day later', async () => {
    const b = await bed();
    const id = await b.planned({});
    expect(await b.commands.window(ada, id, 'UTC')).toMatchObject({ may: ['edit', 'cancel'] });
    const { occurrence } = await b.occurrence(id);
    expect(await b.commands.startWindow(ada, occurrence.id)).toMatchObject({ is: 'refused' });
    await b.pass(2 * DAY);
    expect(await b.commands.startWindow(ada, occurrence.id)).toMatchObject({ is: 'window-started' });
  });

  it('names a window that has begun, which can be neither skipped nor cancelled', async () => {
    const b = await bed();
    const id = await b.planned({});
    await b.pass(2 * DAY + 13 * HOUR);
    expect(await b.commands.window(ada, id, 'UTC')).toMatchObject({ occurrence: { state: 'started' } });
    const { occurrence } = await b.occurrence(id);
    for (const refused of [
      await b.commands.skip(ada, occurrence.id, 'UTC'),
      await b.commands.cancelWindow(ada, id, 'UTC'),
    ]) {
      expect(refused).toMatchObject({ is: 'refused', says: 'This window has begun.' });
    }
  });
});

describe('who is let in for single apps', () => {
  /** Shop is Ada's by one channel, till is hers by another, and Grace operates everything. */
  async function ofTwoChannels() {
    const b = await bed();
    const inBoth: WhoIs = async (person, gatherings) => {
      const mine = person.id === ada.id ? ['CSHOP', 'CTILL'] : [];
      return { person, standing: 'member', in: gatherings.filter((one) => mine.includes(one)), unsure: false };
    };
    const commands = createCommands({ ...b.door, whoIs: inBoth, who: { ...nobody, operators: [grace.id] } });
    const ids = [await b.planned({}), await b.planned({ apps: ['till'] })];
    b.name({ operators: [grace.id] });
    for (const [n, channel] of ['CSHOP', 'CTILL'].entries()) {
      const app = (await b.engine.store.windows.load(ids[n] ?? ''))?.window.apps[0];
      if (app === undefined) throw new Error('Expected a window with an app');
      const body = { who: { ...nobody, operators: [channel] } };
      await b.engine.store.saveSettings({ app, body, by: grace, at: b.engine.clock.now(), expected: 0 });
    }
    return { b, commands, ids };
  }

  it('sees the windows of all of them, by whichever channel or group, and can change them', async () => {
    const { b, commands } = await ofTwoChannels();
    expect(await commands.windows(ada, null, 'UTC')).toMatchObject({
      windows: [{ may: ['edit', 'cancel'] }, { may: ['edit', 'cancel'] }],
    });
    // Nothing was refused on the way to that.
    expect((await b.engine.store.audited(50)).filter(({ outcome }) => outcome === 'refused')).toEqual([]);
  });

  it('sees that nothing is planned for their app where only others have windows', async () => {
    const { b, commands, ids } = await ofTwoChannels();
    expect(await b.commands.cancelWindow(grace, ids[0] ?? '', 'UTC')).toMatchObject({ what: 'cancelled' });
    const onlyShop: WhoIs = async (person, gatherings) => {
      const mine = gatherings.filter((one) => one === 'CSHOP');
      return { person, standing: 'member', in: mine, unsure: false };
    };
    const who = { ...nobody, operators: [grace.id] };
    const its = createCommands({ ...b.door, whoIs: onlyShop, who });
    expect(await its.windows(ada, null, 'UTC')).toMatchObject({ is: 'windows', windows: [] });
    expect(await its.windows(ada, 'till', 'UTC')).toMatchObject({ is: 'refused' });
    expect(await its.window(ada, ids[1] ?? '', 'UTC')).toMatchObject({ is: 'refused' });
    expect(await commands.windows(ada, 'till', 'UTC')).toMatchObject({ windows: [{}] });
  });
});

describe('a window that has begun', () => {
  it('is not saved otherwise by a form that was opened before, and told of with other apps', async () => {
    const b = await bed();
    const id = await b.planned({ typed: 'every day 01:00 for 1h', announceBefore: [] });
    const draft = await b.proposed({ apps: ['till'], typed: null, changes: { id, version: 1 } });
    await b.pass(12 * HOUR + 40 * MINUTE);
    expect(await b.commands.schedule(ada, draft, 'UTC')).toMatchObject({
      is: 'refused',
      says: 'This window has begun.',
      remedy: expect.stringContaining('/maint extend APP'),
    });
  });

  it('and is over, where it comes once, is not saved for another time: it would never come', async () => {
    const b = await bed();
    const id = await b.planned({ typed: '2026-11-22 01:00 UTC for 10m', announceBefore: [] });
    const changes = { id, version: 1 };
    const draft = await b.proposed({ typed: '2026-11-22 23:00 UTC for 10m', changes });
    await b.pass(11 * HOUR);
    const early = await b.commands.startWindow(ada, (await b.occurrence(id)).occurrence.id);
    if (early.is === 'refused') throw new Error(early.says);
    await b.pass(MINUTE);
    await b.engine.approve(early.runs[0]?.id ?? '');
    await b.pass(5 * MINUTE);
    expect((await b.occurrence(id)).occurrence.state).toBe('ended');
    expect(await b.commands.schedule(ada, draft, 'UTC')).toMatchObject({
      is: 'refused',
      says: 'This window is over.',
    });
  });
});

describe('taking back a window', () => {
  it('that was missed again and again tells of what was to come, and not of each time that it did not', async () => {
    const b = await bed();
    const id = await b.planned({ typed: 'every day 01:00 for 1h', announceBefore: [], startsBy: 'asking' });
    await b.pass(2 * DAY + 14 * HOUR);
    const [first] = await b.engine.store.windows.occurrencesOf(id);
    expect(first?.occurrence.state).toBe('missed');
    const before = b.said().length;
    expect(await b.commands.cancelWindow(ada, id, 'UTC')).toMatchObject({ what: 'cancelled' });
    await b.pass(MINUTE);
    expect(b.said().slice(before)).toEqual([expect.stringContaining('cancelled it')]);
    // Nor does one of them begin by its old button.
    expect(await b.commands.startWindow(ada, first?.occurrence.id ?? '')).toMatchObject({
      is: 'refused',
      says: 'This window was cancelled.',
    });
    expect(await b.commands.windows(ada, null, 'UTC')).toMatchObject({ windows: [] });
  });

  it('that comes once and was missed tells of it, for that one was asked about', async () => {
    const b = await bed();
    const id = await b.planned({ announceBefore: [], startsBy: 'asking' });
    await b.pass(2 * DAY + 16 * HOUR);
    const before = b.said().length;
    expect(await b.commands.cancelWindow(ada, id, 'UTC')).toMatchObject({ what: 'cancelled' });
    await b.pass(MINUTE);
    expect(b.said().slice(before)).toEqual([expect.stringContaining('cancelled it')]);
  });
});

describe('the checklist', () => {
  it('has every item with what was found, in the time of the window', async () => {
    const b = await bed();
    const checklist = await b.commands.checkWindow(ada, await b.proposed({}));
    if (checklist.is !== 'checklist') throw new Error(checklist.says);
    expect(checklist.items.map(({ about }) => about)).toEqual([
      ...['preflight', 'jobs', 'critical', 'drain', 'approvers', 'last'],
    ]);
    expect(checklist.items.filter(({ found }) => !/^(?:\p{Lu}|maint ).*\.$/u.test(found))).toEqual([]);
    expect(checklist.items[0]?.found).toContain('on both ways: it restarts every dyno. MAINT_VARIABLE=off');
    expect(checklist.items.at(-1)?.found).toBe('maint has never been used with it.');
  });

  it.each([
    // Where approvers are named nobody else approves.
    [{ operators: [ada.id, grace.id], approvers: [grace.id] }, 2, 'warning', /Named: UGRACE\. These are too few\./u],
    [{ operators: [ada.id, grace.id] }, 2, 'good', /Named: UADA, UGRACE\.$/u],
    [{ operators: [ada.id], approvers: ['everybody'] }, 3, 'good', /Named: everybody\.$/u],
    [{ operators: [ada.id], approvers: ['SOPS'] }, 3, 'good', /Named: SOPS\.$/u],
    [{}, 3, 'note', /everybody of the workspace can/u],
    [{ viewers: [ada.id, grace.id] }, 1, 'warning', /Nobody is named who can/u],
  ] as const)('counts those who can let it open again: %j, %i needed', async (who, count, level, found) => {
    const b = await bed();
    const draft = await b.proposed({});
    const [app] = draft.apps;
    if (app === undefined) throw new Error('Expected a window with an app');
    const body = { approvals: { count, asker: true } };
    await b.engine.store.saveSettings({ app, body, by: ada, at: b.engine.clock.now(), expected: 0 });
    b.name(who);
    const items = await checklistOf(b.door, draft, { from: 0, to: HOUR }, 'person');
    const item = items.find(({ about }) => about === 'approvers');
    expect(item).toMatchObject({ level, found: expect.stringMatching(found) });
  });

  it.each([
    [[], 'note', 'No job is named as critical'],
    [[{ job: 'rake billing', catchesUp: false }], 'warning', 'does not catch up: job'],
    [[{ job: 'rake billing', catchesUp: true }], 'note', 'catches up by itself: job'],
    [[{ job: 'rake search', catchesUp: false }], 'good', 'No critical job falls into it.'],
    [[{ job: 'rake gone', catchesUp: false }], 'warning', 'none was found that has such a command'],
  ])('knows critical jobs, by what the settings say: %j', async (criticalJobs, level, found) => {
    const b = await bed();
    b.engine.world.addApp(
      shop({
        name: 'bank',
        jobs: [
          { id: '1', command: 'rake billing:nightly', every: 1440, at: 90 },
          { id: '2', command: 'rake search', every: 1440, at: 600 },
        ],
      }),
    );
    const draft = await b.proposed({ apps: ['bank'] });
    const at = b.engine.clock.now();
    const app = draft.apps[0] ?? { id: '', name: '' };
    await b.engine.store.saveSettings({ app, body: { criticalJobs }, by: ada, at, expected: 0 });
    const checklist = await b.commands.checkWindow(ada, draft);
    if (checklist.is !== 'checklist') throw new Error(checklist.says);
    const critical = checklist.items.find(({ about }) => about === 'critical');
    expect(critical).toMatchObject({ level, found: expect.stringContaining(found) });
  });

  it('says that an app could not be looked at, and goes on with the others', async () => {
    const b = await bed();
    const draft = await b.proposed({ apps: ['shop', 'till'] });
    b.engine.sandbox.faults.add({ service: 'heroku', path: '/apps/*/formation', kind: 'status', times: 'always' });
    const checklist = await b.commands.checkWindow(ada, draft);
    expect(checklist).toMatchObject({ items: [{ level: 'unknown' }, { level: 'unknown' }] });
  });
});
