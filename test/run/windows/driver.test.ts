import { describe, expect, it } from 'vitest';
import { createCommands } from '../../../src/run/commands/index.ts';
import { ada, grace } from '../../helpers/engine.ts';
import { type Bed, beds, DAY, HOUR, MINUTE } from './bed.ts';

const bed = beds();

/** What was said, by the word that tells the kinds apart. */
function kinds(b: Bed): readonly string[] {
  const words = [
    ['is planned', 'planned'],
    [' begins ', 'before'],
    ['waits for somebody', 'asked'],
    ['has begun', 'started'],
    ['is quiet since', 'quiet'],
    ['being brought back', 'restoring'],
    ['is back since', 'restored'],
    ['called off', 'called-off'],
    ['is extended', 'extended'],
    ['is moved', 'moved'],
    ['over its planned end', 'overrun'],
    ['skipped it', 'skipped'],
    ['cancelled it', 'cancelled'],
    ['was missed', 'missed'],
  ] as const;
  return b.said().map((text) => words.find(([word]) => text.includes(word))?.[1] ?? text);
}

const before = ['before', 'before', 'before'];

describe('a window that begins by itself', () => {
  it('is announced, begins, and tells of its run to the end, each once and in one thread', async () => {
    const b = await bed();
    const id = await b.planned({});
    await b.pass(2 * DAY + 13 * HOUR);
    expect(kinds(b)).toEqual(['planned', ...before, 'started', 'quiet']);
    const checked = b.messages().map((message) => b.slack.render(message).includes('Jobs that fall into it'));
    expect(checked).toEqual([false, false, false, true, false, false]);
    const { occurrence } = await b.occurrence(id);
    expect(occurrence.state).toBe('started');
    const run = await b.engine.the(occurrence.runs[0] ?? '');
    expect(run.askedBy).toEqual(ada);
    expect(run.endsAt).toBe(occurrence.endAt);
    await b.engine.approve(run.id);
    await b.pass(10 * MINUTE);
    expect(kinds(b)).toEqual(['planned', ...before, 'started', 'quiet', 'restoring', 'restored']);
    expect((await b.occurrence(id)).occurrence.state).toBe('ended');
    const [parent, ...others] = b.messages();
    expect(parent?.threadTs).toBeNull();
    expect(others.every(({ threadTs }) => threadTs === parent?.ts)).toBe(true);
  });

  it('is over its end: that is told once, and the freeze stays; extended it is told again', async () => {
    const b = await bed();
    const id = await b.planned({ typed: '2026-11-24 01:00 UTC for 10m' });
    await b.pass(2 * DAY + 12 * HOUR + 40 * MINUTE);
    expect(kinds(b).slice(-2)).toEqual(['quiet', 'overrun']);
    const { occurrence } = await b.occurrence(id);
    expect((await b.engine.the(occurrence.runs[0] ?? '')).turned).toBeNull();
    const extended = await b.commands.extend(grace, 'shop', 15 * MINUTE);
    expect(extended.is).toBe('changed');
    await b.pass(20 * MINUTE);
    expect(kinds(b).slice(-3)).toEqual(['overrun', 'extended', 'overrun']);
  });

  it('asks instead where who planned it may not begin it any more', async () => {
    const b = await bed();
    const id = await b.planned({});
    await b.pass(DAY);
    b.name({ operators: [grace.id] });
    await b.pass(3 * DAY - 11 * HOUR - DAY);
    expect(kinds(b).at(-1)).toBe('asked');
    expect(b.said().at(-1)).toContain('It would have begun for Ada, who may not begin it now');
    expect((await b.occurrence(id)).occurrence.runs).toEqual([]);
    const refused = await b.commands.startWindow(ada, (await b.occurrence(id)).occurrence.id);
    expect(refused.is).toBe('refused');
    const started = await b.commands.startWindow(grace, (await b.occurrence(id)).occurrence.id);
    expect(started).toMatchObject({ is: 'window-started', runs: [{ askedBy: grace }] });
    await b.pass(10 * MINUTE);
    expect(kinds(b).slice(-3)).toEqual(['asked', 'started', 'quiet']);
  });

  it('begins for who saved it last: their change was not asked for by who planned it, who may have gone meanwhile', async () => {
    const b = await bed();
    b.name({ operators: [ada.id, grace.id] });
    const id = await b.planned({ startsBy: 'asking', announceBefore: [] });
    b.name({ operators: [grace.id] });
    const draft = await b.proposed({ announceBefore: [], changes: { id, version: 1 } }, grace);
    expect(await b.commands.schedule(grace, draft, 'UTC')).toMatchObject({ what: 'edited' });
    await b.pass(2 * DAY + 12 * HOUR + 30 * MINUTE);
    expect(kinds(b)).toEqual(['planned', 'started', 'quiet']);
    expect(await b.engine.store.unfinished()).toMatchObject([{ askedBy: grace }]);
  });

  it('has the next one planned as soon as one has begun', async () => {
    const b = await bed();
    const id = await b.planned({ typed: 'every day 01:00 for 1h', announceBefore: [10 * MINUTE] });
    await b.pass(13 * HOUR);
    expect(await b.engine.store.windows.occurrencesOf(id)).toMatchObject([
      { occurrence: { date: '2026-11-22', state: 'started' } },
      { occurrence: { date: '2026-11-23', state: 'planned' } },
    ]);
  });

  it('tells of an app whose maintenance was under way already, and begins the others', async () => {
    const b = await bed();
    const id = await b.planned({ apps: ['shop', 'till'], announceBefore: [] });
    await b.pass(2 * DAY + 12 * HOUR);
    await b.engine.start('shop');
    await b.pass(40 * MINUTE);
    const { occurrence } = await b.occurrence(id);
    expect(occurrence.state).toBe('started');
    expect(kinds(b)).toEqual(['planned', 'started', 'quiet', 'called-off']);
    expect(b.said()[3]).toContain('under way already');
  });

  it('waits two minutes for one of its apps, while the others have begun', async () => {
    const b = await bed();
    const id = await b.planned({ apps: ['shop', 'till'], announceBefore: [] });
    await b.pass(2 * DAY + 12 * HOUR);
    const earlier = await b.engine.start('till');
    await b.pass(Date.UTC(2026, 10, 24, 1, 0, 40) - b.engine.clock.now());
    expect(kinds(b)).toEqual(['planned', 'started', 'quiet']);
    await b.engine.approve(earlier.id);
    await b.pass(10 * MINUTE);
    const { occurrence } = await b.occurrence(id);
    expect(new Set((await b.engine.store.unfinished()).map((run) => run.id))).toEqual(new Set(occurrence.runs));
    expect(kinds(b)).toEqual(['planned', 'started', 'quiet', 'quiet']);
  });
});

describe('a window that asks', () => {
  it('is begun by who presses Start now', async () => {
    const b = await bed();
    const id = await b.planned({ startsBy: 'asking', announceBefore: [] });
    await b.pass(3 * DAY - 11 * HOUR);
    expect(kinds(b)).toEqual(['planned', 'asked']);
    const { occurrence } = await b.occurrence(id);
    expect((await b.commands.startWindow(grace, occurrence.id)).is).toBe('window-started');
    expect(await b.commands.startWindow(grace, occurrence.id)).toMatchObject({ is: 'refused' });
    await b.pass(10 * MINUTE);
    expect(kinds(b)).toEqual(['planned', 'asked', 'started', 'quiet']);
  });

  it('says that it has begun as soon as somebody begins it', async () => {
    const b = await bed();
    const id = await b.planned({ startsBy: 'asking', announceBefore: [] });
    await b.pass(3 * DAY - 11 * HOUR);
    const { occurrence } = await b.occurrence(id);
    const looks: Promise<void>[] = [];
    const commands = createCommands({
      ...b.door,
      lookAtWindows: () => void looks.push(b.pass(0, undefined, false)),
    });
    expect((await commands.startWindow(grace, occurrence.id)).is).toBe('window-started');
    await Promise.all(looks);
    expect(kinds(b)).toEqual(['planned', 'asked', 'started']);
  });

  it('is not begun by who may start some of its apps only, for the others would be called off by it', async () => {
    const b = await bed();
    b.name({ operators: [grace.id] });
    const id = await b.planned({ apps: ['shop', 'till'], startsBy: 'asking', announceBefore: [] }, grace);
    const { window } = (await b.engine.store.windows.load(id)) ?? { window: null };
    const app = window?.apps[0];
    if (app === undefined) throw new Error('Expected the window to have apps');
    const who = { operators: [ada.id], approvers: [], viewers: [] };
    const at = b.engine.clock.now();
    await b.engine.store.saveSettings({ app, body: { who }, by: grace, at, expected: 0 });
    await b.pass(2 * DAY + 13 * HOUR);
    const { occurrence } = await b.occurrence(id);
    expect(await b.commands.startWindow(ada, occurrence.id)).toMatchObject({
      is: 'refused',
      says: expect.stringMatching(/^till: You are not among the operators/u),
    });
    await b.pass(5 * MINUTE);
    expect(kinds(b)).toEqual(['planned', 'asked']);
    expect(await b.commands.startWindow(grace, occurrence.id)).toMatchObject({
      runs: [{ app: { name: 'shop' }, askedBy: grace }, { app: { name: 'till' } }],
    });
  });

  it('begins those of its apps that can begin, and calls off the others', async () => {
    const b = await bed();
    const id = await b.planned({ apps: ['shop', 'till'], startsBy: 'asking', announceBefore: [] });
    await b.pass(2 * DAY + 12 * HOUR + 30 * MINUTE);
    await b.engine.start('till');
    const { occurrence } = await b.occurrence(id);
    expect(await b.commands.startWindow(ada, occurrence.id)).toMatchObject({
      runs: [{ app: { name: 'shop' }, askedBy: ada }],
      refused: [{ app: { name: 'till' } }],
    });
    await b.pass(5 * MINUTE);
    expect(kinds(b)).toEqual(['planned', 'asked', 'started', 'called-off', 'quiet']);
  });

  it('was missed where nobody answers, and can still be begun, with its whole length', async () => {
    const b = await bed();
    const id = await b.planned({ startsBy: 'asking', announceBefore: [] });
    await b.pass(3 * DAY - 8 * HOUR);
    expect(kinds(b)).toEqual(['planned', 'asked', 'missed']);
    const { occurrence } = await b.occurrence(id);
    const at = b.engine.clock.now();
    expect(await b.commands.startWindow(grace, occurrence.id)).toMatchObject({ runs: [{ endsAt: at + 2 * HOUR }] });
    await b.pass(10 * MINUTE);
    expect(kinds(b).slice(3)).toEqual(['started', 'extended', 'quiet']);
  });
});

describe('maint was not running when a window was to begin', () => {
  it('comes later the same day where somebody gives it another time, and not at the old one any more', async () => {
    const b = await bed();
    const id = await b.planned({ startsBy: 'asking', announceBefore: [] });
    await b.pass(HOUR);
    b.engine.clock.advance(Date.UTC(2026, 10, 24, 4) - b.engine.clock.now());
    await b.pass(MINUTE);
    expect(kinds(b)).toEqual(['planned', 'missed']);
    const later = { typed: '2026-11-24 23:00 UTC for 30m', changes: { id, version: 1 } };
    const draft = await b.proposed({ ...later, startsBy: 'itself', announceBefore: [] });
    const edited = await b.commands.schedule(grace, draft, 'UTC');
    const startAt = Date.UTC(2026, 10, 24, 23);
    expect(edited).toMatchObject({ what: 'edited', listed: { occurrence: { state: 'planned', startAt } } });
    const missed = await b.occurrence(id);
    expect(await b.commands.startWindow(grace, missed.occurrence.id)).toMatchObject({ is: 'refused' });
    await b.pass(19 * HOUR);
    expect(kinds(b)).toContain('started');
  });

  it('tells that it was missed, and begins nothing', async () => {
    const b = await bed();
    const id = await b.planned({ announceBefore: [10 * MINUTE] });
    await b.pass(HOUR);
    b.engine.clock.advance(4 * DAY);
    await b.pass(DAY);
    expect(kinds(b)).toEqual(['planned', 'missed']);
    expect((await b.occurrence(id)).occurrence.runs).toEqual([]);
    expect(await b.engine.store.anyRun()).toBe(false);
  });

  it('begins it where that was a few minutes ago only', async () => {
    const b = await bed();
    await b.planned({ announceBefore: [10 * MINUTE] });
    await b.pass(2 * DAY + 12 * HOUR);
    expect(kinds(b)).toEqual(['planned']);
    const start = Date.UTC(2026, 10, 24, 1);
    b.engine.clock.advance(start + 4 * MINUTE - b.engine.clock.now());
    await b.pass(10 * MINUTE);
    expect(kinds(b)).toEqual(['planned', 'started', 'quiet']);
  });
});

describe('a window that is taken back', () => {
  it('cancelled: that is told, and nothing that was to come', async () => {
    const b = await bed();
    const id = await b.planned({});
    await b.pass(2 * DAY);
    const cancelled = await b.commands.cancelWindow(grace, id, 'UTC');
    expect(cancelled).toMatchObject({ is: 'window-changed', what: 'cancelled', listed: { occurrence: null } });
    await b.pass(3 * DAY);
    expect(kinds(b)).toEqual(['planned', 'before', 'cancelled']);
    expect(await b.engine.store.anyRun()).toBe(false);
    expect(await b.commands.cancelWindow(grace, id, 'UTC')).toMatchObject({ is: 'refused' });
  });

  it('skipped once: the next one comes', async () => {
    const b = await bed();
    const id = await b.planned({ typed: 'every day 01:00 for 1h', announceBefore: [], startsBy: 'asking' });
    await b.pass(HOUR);
    const skipped = await b.commands.skip(grace, (await b.occurrence(id)).occurrence.id, 'UTC');
    expect(skipped).toMatchObject({
      what: 'skipped',
      listed: { occurrence: { date: '2026-11-23', state: 'planned' } },
    });
    await b.pass(DAY);
    expect(kinds(b).toSorted()).toEqual(['planned', 'planned', 'skipped']);
  });
});

describe('a window that is saved at the moment of its beginning', () => {
  /** Right before the beginning is written down, another person saves it otherwise. */
  async function savedMeanwhile(over: { readonly apps?: readonly string[]; readonly startsBy?: 'asking' }) {
    const b = await bed();
    const usual = { typed: 'every day 01:00 for 1h', announceBefore: [] };
    const id = await b.planned({ ...usual, apps: ['shop', 'till'] });
    const { store } = b.engine;
    let saved = false;
    const slow = b.process(b.announcer, {
      ...store,
      windows: {
        ...store.windows,
        async happened(occurrence, at, fact) {
          if (!saved) {
            saved = true;
            const changes = { id, version: 1 };
            const draft = await b.proposed({ ...usual, apps: ['shop', 'till'], ...over, typed: null, changes }, grace);
            expect(await b.commands.schedule(grace, draft, 'UTC')).toMatchObject({ what: 'edited' });
          }
          return store.windows.happened(occurrence, at, fact);
        },
      },
    });
    await b.pass(12 * HOUR + 30 * MINUTE, [slow]);
    expect(saved).toBe(true);
    return { b, occurrence: (await b.occurrence(id)).occurrence };
  }

  it('begins the apps that it has by then', async () => {
    const { b, occurrence } = await savedMeanwhile({ apps: ['shop'] });
    expect(occurrence.runs).toHaveLength(1);
    expect((await b.engine.store.unfinished()).map(({ app }) => app.name)).toEqual(['shop']);
  });

  it('begins those by the button too', async () => {
    const b = await bed();
    const usual = { typed: 'every day 01:00 for 1h', announceBefore: [] };
    const id = await b.planned({ ...usual, apps: ['shop', 'till'], startsBy: 'asking' });
    await b.pass(12 * HOUR + 40 * MINUTE);
    const { occurrence } = await b.occurrence(id);
    expect(occurrence.state).toBe('asked');
    const { store } = b.engine;
    let saved = false;
    const slow = createCommands({
      ...b.door,
      store: {
        ...store,
        async unfinishedOf(app) {
          if (!saved) {
            saved = true;
            const draft = await b.proposed({ ...usual, typed: null, changes: { id, version: 1 } }, grace);
            expect(await b.commands.schedule(grace, draft, 'UTC')).toMatchObject({ what: 'edited' });
          }
          return store.unfinishedOf(app);
        },
      },
    });
    expect(await slow.startWindow(ada, occurrence.id)).toMatchObject({ runs: [{ app: { name: 'shop' } }] });
    expect(saved).toBe(true);
    expect((await b.occurrence(id)).occurrence.runs).toHaveLength(1);
  });

  it('asks where it was saved to ask', async () => {
    const { b, occurrence } = await savedMeanwhile({ startsBy: 'asking' });
    expect(occurrence.state).toBe('asked');
    expect(await b.engine.store.unfinished()).toEqual([]);
  });
});

describe('a window whose only channel is archived, or has never had maint in it', () => {
  it('is told of in the default channel, each once, so that somebody is asked', async () => {
    const b = await bed();
    const channels = [{ id: 'C0GONE', notices: 'full' as const }];
    await b.planned({ channels, announceBefore: [], startsBy: 'asking' });
    await b.pass(2 * DAY + 12 * HOUR + 40 * MINUTE, [b.process(), b.process()]);
    expect(kinds(b)).toEqual(['planned', 'asked']);
  });

  it('is told of there only as long as no channel of its own takes it', async () => {
    const b = await bed();
    const other = b.slack.workspace.channel('general').id;
    const channels = [
      { id: 'C0GONE', notices: 'full' as const },
      { id: other, notices: 'full' as const },
    ];
    await b.planned({ channels, announceBefore: [HOUR], startsBy: 'asking' });
    await b.pass(HOUR);
    expect(b.said('general')).toHaveLength(1);
    expect(b.said()).toEqual([]);
  });
});

describe('apps that are slow to be looked at', () => {
  it('hold up neither what is announced nor the beginning', async () => {
    const b = await bed();
    const id = await b.planned({ announceBefore: [10 * MINUTE], startsBy: 'asking' });
    b.engine.sandbox.faults.add({ service: 'heroku', path: '/apps/*/formation', kind: 'hang', times: 'always' });
    const hasty = b.process(b.announcer, b.engine.store, 0);
    await b.pass(2 * DAY + 12 * HOUR + 40 * MINUTE, [hasty]);
    expect(kinds(b)).toEqual(['planned', 'before', 'asked']);
    const told = b.messages().map((message) => b.slack.render(message));
    expect(told[1]).toContain('It could not be looked at in time.');
    expect((await b.occurrence(id)).occurrence.state).toBe('asked');
  });
});

describe('several processes', () => {
  it('do not call off the run that one of them begins while another is about to', async () => {
    const b = await bed();
    const id = await b.planned({ announceBefore: [] });
    const { store } = b.engine;
    const other = b.process();
    const met: string[] = [];
    const slow = b.process(b.announcer, {
      ...store,
      // It looks, and finds no run; before it goes on the other has begun it.
      async load(run) {
        const found = await store.load(run);
        const { occurrence } = await b.occurrence(id);
        if (found === null && met.push(run) === 1) await other.drive(occurrence.id);
        return found;
      },
    });
    await b.pass(2 * DAY + 12 * HOUR + 30 * MINUTE, [slow]);
    expect(met.length).toBeGreaterThan(0);
    expect(kinds(b)).toEqual(['planned', 'started', 'quiet']);
  });

  it('say each announcement once and begin each run once', async () => {
    const b = await bed();
    const id = await b.planned({ apps: ['shop', 'till'] });
    const drivers = [b.process(), b.process(), b.process()];
    await b.pass(2 * DAY + 13 * HOUR, drivers);
    expect(kinds(b).toSorted()).toEqual(['before', 'before', 'before', 'planned', 'quiet', 'quiet', 'started']);
    const { occurrence } = await b.occurrence(id);
    expect(new Set((await b.engine.store.unfinished()).map((run) => run.id))).toEqual(new Set(occurrence.runs));
    for (const run of occurrence.runs) await b.engine.approve(run);
    await b.pass(10 * MINUTE, drivers);
    expect(kinds(b).filter((kind) => kind === 'restored')).toHaveLength(2);
    expect((await b.occurrence(id)).occurrence.state).toBe('ended');
  });
});
