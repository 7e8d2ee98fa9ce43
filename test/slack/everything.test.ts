// Every command, button and form that Slack can bring, over Socket Mode and over HTTP: what is driven here is counted against
// what the source has, so that nothing new stays undriven.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answers, type Event } from '../../src/model/event.ts';
import { buttonsIn, current, type Message } from '../../src/sandbox/slack/index.ts';
import { OPENS, Opening, PREFIX, Press } from '../../src/slack/buttons.ts';
import { verbs } from '../../src/slack/commands/parse.ts';
import { everyForm } from '../../src/slack/modals/every.ts';
import { PLANS, Planning } from '../../src/slack/planning.ts';
import { WINDOW_PREFIX, WindowPress } from '../../src/slack/window-buttons.ts';
import { type Bot, bots, type Setup, toHolding } from './bot.ts';
import { approved, backlog, drifted, exceptScheduler, loud, planned, stuck, toQuiet } from './runs.ts';
import { patiently, spaced, told } from './seen.ts';

const start = bots();

/** What Slack brought, as "command plan", "button maint:answer:keep", "form start", "event app_home_opened". */
function brought(b: Bot): string[] {
  const Brought = z.union([
    z.object({ command: z.string(), text: z.string() }).transform(({ text }) => `command ${text.split(' ')[0]}`),
    z
      .object({ type: z.literal('block_actions'), actions: z.array(z.object({ action_id: z.string() })).length(1) })
      .transform(({ actions: [one] }) => `button ${one?.action_id.replace(/:\d+$/u, '')}`),
    z
      .object({ type: z.literal('view_submission'), view: z.object({ callback_id: z.string() }) })
      .transform(({ view }) => `form ${view.callback_id}`),
    z.object({ event: z.object({ type: z.string() }) }).transform(({ event }) => `event ${event.type}`),
  ]);
  return b.slack.deliveries().map(({ payload }) => Brought.parse(payload));
}

function everything(): string[] {
  const never = () => {
    throw new Error('Expected no form to be submitted');
  };
  const commands = new Proxy({}, { get: never });
  const values = (shape: z.ZodLiteral<string> | z.ZodEnum<Record<string, string>>): string[] =>
    'options' in shape ? shape.options.map(String) : [...shape.values].map(String);
  const pressed = Press.options.flatMap(({ shape }) => values(shape.do));
  return [
    ...verbs.map((verb) => `command ${verb}`),
    ...pressed.filter((press) => press !== 'answer').map((press) => `button ${PREFIX}${press}`),
    ...answers.map((answer) => `button ${PREFIX}answer:${answer}`),
    ...Opening.options.flatMap(({ shape }) => values(shape.opens)).map((opens) => `button ${OPENS}${opens}`),
    ...Planning.options.flatMap(({ shape }) => values(shape.do)).map((plan) => `button ${PLANS}${plan}`),
    ...values(WindowPress.shape.do).map((press) => `button ${WINDOW_PREFIX}${press}`),
    ...[...everyForm({ commands: Object.create(commands), placed: never }).keys()].map((id) => `form ${id}`),
    'event app_home_opened',
  ];
}

/** Presses the newest button of this kind that ada sees, as soon as there is one. */
async function press(b: Bot, actionId: string): Promise<void> {
  const message = await patiently(() => {
    const all = b.slack.messages.list({ channel: b.slack.workspace.channel('ops').id, deleted: false });
    const has = (m: Message) => buttonsIn(current(m).blocks).some((shown) => shown.actionId === actionId);
    const found = all.findLast(has);
    if (found === undefined) throw new Error(`Expected a button ${actionId}`);
    return found;
  });
  await b.slack.click({ user: 'ada', channel: 'ops', messageTs: message.ts, actionId });
}

/** The top modal of ada's, as soon as it reads so. */
const modal = (b: Bot, pattern: RegExp) =>
  patiently(() => {
    const view = b.slack.openViews('ada').at(-1);
    const reads = view === undefined ? 'nothing' : spaced(b.slack.renderView(view));
    if (view === undefined || !pattern.test(reads)) throw new Error(`Expected a modal with ${pattern}, got ${reads}`);
    return view;
  });

async function fromHome(b: Bot, label: string, opens: RegExp): Promise<void> {
  const home = await patiently(() => {
    const view = b.slack.homeView('ada');
    if (view === null) throw new Error('Expected the Home tab to be filled');
    return view;
  });
  await b.slack.click({ user: 'ada', viewId: home.id, label });
  await modal(b, opens);
}

const windows = (b: Bot) => b.store.windows.toCome();
const begins = (b: Bot, app = 'shop') =>
  patiently(async () => {
    const run = (await b.store.unfinished()).find((one) => one.app.name === app);
    if (run === undefined) throw new Error(`Expected a run of ${app}`);
    return run.id;
  });

interface Flow {
  readonly does: string;
  readonly ids: readonly string[];
  readonly setup?: Setup;
  run(b: Bot): Promise<void>;
}

const asking: Event & { is: 'asked' } = {
  is: 'asked',
  question: 'start-1',
  about: { is: 'start', names: ['scheduler'] },
};
const atStart: Event[] = [planned([exceptScheduler]), asking];
const atWait: Event[] = [
  planned([{ ...exceptScheduler, waits: 'scheduler' }]),
  { ...asking, about: { is: 'start', names: ['scheduler'], waits: ['scheduler'] } },
];
const holding: Event[] = [planned(), ...toQuiet];
const back: Event[] = [...holding, ...approved];
const turning: Event = {
  is: 'asked',
  question: 'step-1',
  about: { is: 'step', way: 'quiet', step: 'workers', key: 'k', says: 'it waits', details: [], answers: ['turn-back'] },
};
/** What has happened until somebody is asked, and what they can answer. */
const asked: readonly (readonly [string, readonly Event[], readonly (typeof answers)[number][]])[] = [
  ['start', atStart, ['accept', 'cancel']],
  ['start', atWait, ['wait']],
  ['resume', [...holding, ...approved.slice(0, 2)], ['approve', 'approve-layers', 'not-yet']],
  ['drift', [...back, drifted], ['restore', 'keep', 'later']],
  ['violation', [...holding, loud], ['quiet-again']],
  ['stuck', [...back, stuck], ['try-again', 'done-by-hand', 'give-up']],
  ['step', [...back, backlog], ['look-again', 'go-on', 'go-slowly', 'all-the-rest']],
  ['step', [planned(), ...toQuiet.slice(0, -3), turning], ['turn-back']],
];

const flows: readonly Flow[] = [
  {
    does: 'what only looks is typed, and answered',
    ids: ['help', 'plan', 'status', 'history', 'settings', 'windows'].map((verb) => `command ${verb}`),
    async run(b) {
      await b.types('help');
      await told(b, /\/maint schedule \[APP\] \[WHEN\]/u);
      await b.types('plan shop');
      await told(b, /scale worker to 0/u);
      await b.types('status');
      await told(b, /No maintenance is under way/u);
      await b.types('history');
      await told(b, /There has been no maintenance yet/u);
      await b.types('settings shop');
      await told(b, /Change settings/u);
      await b.types('windows');
      await told(b, /Nothing is planned/u);
    },
  },
  {
    does: 'a maintenance is started, extended, worked in, and asked to be opened',
    ids: [
      ...['start', 'extend', 'run', 'resume'].map((verb) => `command ${verb}`),
      ...['extend', 'resume'].map((press) => `button ${PREFIX}${press}`),
    ],
    async run(b) {
      await toHolding(b);
      const id = await begins(b);
      const end = async () => (await b.store.load(id))?.endsAt;
      const first = (await end()) ?? 0;
      await b.types('extend shop by 20m');
      await patiently(async () => expect(await end()).toBe(first + 20 * 60_000));
      await press(b, `${PREFIX}extend`);
      await patiently(async () => expect(await end()).toBe(first + 35 * 60_000));
      await b.types('run shop -- rails db:migrate');
      await told(b, /Runs in .?shop/u);
      const over: Event = { is: 'work-ended', id: 'work-1', exit: 0, says: null, lines: 0, cut: 0 };
      await b.happens([{ is: 'work-starting', id: 'work-1', there: [] }, over]);
      await press(b, `${PREFIX}resume`);
      await patiently(async () => expect((await b.store.load(id))?.questions).toHaveLength(1));
      await b.types('resume shop');
      await told(b, /shop/u);
    },
  },
  {
    does: 'a maintenance that is not quiet yet is turned round',
    ids: ['command abort', `button ${PREFIX}abort`],
    async run(b) {
      await b.types('start shop');
      const shop = await begins(b);
      await b.happens(atStart.slice(0, 1), shop);
      await press(b, `${PREFIX}abort`);
      await patiently(async () => expect((await b.store.load(shop))?.turned?.by?.id).toBe('U0ADA'));
      await b.types('start store-front');
      const other = await begins(b, 'store-front');
      await b.types('abort store-front');
      await patiently(async () => expect((await b.store.load(other))?.turned?.by?.id).toBe('U0ADA'));
    },
  },
  {
    does: 'the glass is broken',
    ids: ['command break-glass'],
    setup: { operators: ['U0ADA'], approvals: { count: 2, asker: true } },
    async run(b) {
      await toHolding(b);
      const id = await begins(b);
      await b.types('break-glass shop because nobody answers');
      await told(b, /Nothing is opened yet/u);
      const [, list] = approved;
      const question = (await b.store.load(id))?.questions[0]?.id ?? 'none';
      if (list?.is !== 'shown') throw new Error('Expected a list');
      await b.happens([{ ...list, question }]);
      await b.reads(/put everything back like this/u);
      await b.types('break-glass shop because nobody answers');
      await patiently(async () => expect((await b.store.load(id))?.glass).toMatchObject({ by: { id: 'U0ADA' } }));
    },
  },
  ...asked.flatMap(([about, events, all]) =>
    all.map(
      (answer): Flow => ({
        does: `a question about ${about} is answered: ${answer}`,
        ids: [`button ${PREFIX}answer:${answer}`],
        async run(b) {
          await b.types('start shop');
          const id = await begins(b);
          await b.happens(events);
          await press(b, `${PREFIX}answer:${answer}`);
          await patiently(async () => {
            const run = await b.store.load(id);
            expect(run?.questions.map((q) => q.answered)).toContainEqual(
              expect.objectContaining({ answer, by: expect.objectContaining({ id: 'U0ADA' }) }),
            );
          });
        },
      }),
    ),
  ),
  {
    does: 'what can be begun from the Home tab is',
    ids: [
      'event app_home_opened',
      ...['plan', 'start', 'settings-of'].flatMap((id) => [`button ${OPENS}${id}`, `form ${id}`]),
      'form settings',
      `button ${OPENS}schedule`,
    ],
    async run(b) {
      await b.slack.openHome('ada');
      await fromHome(b, 'See what one would do', /App/u);
      await b.slack.submit({ user: 'ada', values: { app: 'shop' } });
      await modal(b, /scale worker to 0/u);
      await b.slack.dismiss({ user: 'ada' });
      await fromHome(b, 'Settings', /App/u);
      await b.slack.submit({ user: 'ada', values: { app: 'shop' } });
      await modal(b, /How the next maintenance of \*shop\* behaves/u);
      await b.slack.submit({ user: 'ada', values: { canary: '1m' } });
      await patiently(async () => expect((await b.store.settingsOf('id-of-shop'))?.body).toEqual({ canary: 60_000 }));
      await b.slack.dismiss({ user: 'ada' });
      await fromHome(b, 'Plan a window', /Plan a window/u);
      await b.slack.dismiss({ user: 'ada' });
      await fromHome(b, 'Start a maintenance', /How long/u);
      await b.slack.submit({ user: 'ada', values: { app: 'shop', channel: 'ops' } });
      await begins(b);
    },
  },
  {
    does: 'the settings of an app are opened from what shows them',
    ids: ['command settings', `button ${OPENS}settings`],
    async run(b) {
      await b.types('settings shop');
      await press(b, `${OPENS}settings`);
      await modal(b, /How the next maintenance of \*shop\* behaves/u);
    },
  },
  {
    does: 'a window is typed, asked about, changed in a form, and saved by its button; listed, changed, skipped, cancelled',
    ids: [
      ...['schedule', 'windows'].map((verb) => `command ${verb}`),
      ...['read', 'save', 'skip', 'cancel'].map((plan) => `button ${PLANS}${plan}`),
      ...['change-request', 'edit-window'].map((id) => `button ${OPENS}${id}`),
      ...['schedule', 'schedule-save'].map((id) => `form ${id}`),
    ],
    async run(b) {
      await b.types('schedule shop every 2nd tuesday 04:00 for 1h');
      await told(b, /can be one of two\. Which one\?/u);
      await press(b, `${PLANS}read:1`);
      await told(b, /Save this window\?/u);
      await press(b, `${OPENS}change-request`);
      await modal(b, /every 2nd tuesday 04:00 for 1h/u);
      await b.slack.dismiss({ user: 'ada' });
      await press(b, `${PLANS}save`);
      await patiently(async () => expect(await windows(b)).toHaveLength(1));
      await b.types('windows');
      await told(b, /1 window planned/u);
      await press(b, `${OPENS}edit-window`);
      await modal(b, /Change a window/u);
      await b.slack.submit({ user: 'ada', values: { reason: 'another reason' } });
      await modal(b, /Save this change\?/u);
      await b.slack.submit({ user: 'ada' });
      await patiently(async () => expect((await windows(b))[0]?.window.reason).toBe('another reason'));
      await press(b, `${PLANS}skip`);
      await patiently(async () => expect((await windows(b))[0]?.window.exceptions).toHaveLength(1));
      await press(b, `${PLANS}cancel`);
      await patiently(async () => expect(await windows(b)).toEqual([]));
    },
  },
  {
    does: 'a window is planned in a form that asks which time is meant',
    ids: ['command schedule', ...['schedule', 'schedule-question', 'schedule-save'].map((id) => `form ${id}`)],
    async run(b) {
      await b.types('schedule');
      await modal(b, /Plan a window/u);
      await b.slack.submit({ user: 'ada', values: { apps: 'shop', typed: 'every 2nd tuesday 04:00 for 1h' } });
      const view = await modal(b, /can be one of two/u);
      const answer = 'A Tuesday every 2 weeks';
      expect(b.slack.renderView(view)).toContain(answer);
      const label = new RegExp(`${answer}[^\\n●○◯]*`, 'u').exec(b.slack.renderView(view))?.[0].trim() ?? answer;
      await b.slack.submit({ user: 'ada', values: { answer: label } });
      await modal(b, /Save this window\?/u);
      await b.slack.submit({ user: 'ada' });
      await patiently(async () => expect(await windows(b)).toHaveLength(1));
    },
  },
  {
    does: 'a window is begun from the list, and what it has begun is extended there',
    ids: [`button ${WINDOW_PREFIX}start-window`, `button ${PREFIX}extend`],
    async run(b) {
      await b.types('schedule shop 2026-11-21 12:10 UTC for 1h');
      await press(b, `${PLANS}save`);
      await patiently(async () => expect(await windows(b)).toHaveLength(1));
      await b.types('windows');
      await press(b, `${WINDOW_PREFIX}start-window`);
      const id = await begins(b);
      await b.happens(holding);
      await b.types('windows shop');
      const list = await told(b, /Under way, planned end .*shop · holding.*Resume/u);
      const end = (await b.store.load(id))?.endsAt ?? 0;
      await b.slack.click({ user: 'ada', channel: 'ops', messageTs: list.ts, label: 'Extend 15 min' });
      await patiently(async () => expect((await b.store.load(id))?.endsAt).toBe(end + 15 * 60_000));
    },
  },
];

/** Of maint itself: a busy machine can make Bolt warn of a connection. */
const isFailure = (line: string): boolean => /^(?:a|the) .*(?:failed|could not be filled)/u.test(line);

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test.each(flows.map((flow) => [flow.does, flow] as const))('%s', async (_, { ids, setup, run }) => {
    const bot = await start({ mode, ...setup });
    await run(bot);
    for (const id of ids) expect(brought(bot)).toContain(id);
    expect(bot.logged.filter(isFailure)).toEqual([]);
  });
});

test('every command, button and form that the source has is driven above', () => {
  const driven = new Set(flows.flatMap(({ ids }) => ids));
  expect([...driven].toSorted()).toEqual([...new Set(everything())].toSorted());
});

test('nothing else is listened for', () => {
  const root = join(import.meta.dirname, '../../src/slack');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const listeners = files.flatMap((name) =>
    [
      ...readFileSync(join(root, name), 'utf8').matchAll(
        /\bapp\.(action|command|event|view|options|shortcut|message|function|assistant|step)\b/gu,
      ),
    ].map(([, kind]) => `${name} ${kind}`),
  );
  expect(listeners.toSorted()).toEqual([
    // The buttons of runs, and the catch-all.
    'actions.ts action',
    'actions.ts action',
    'app-home.ts event',
    'commands/maint.ts command',
    'modals/forms.ts view',
    'modals/opening.ts action',
    'plans.ts action',
    'window-buttons.ts action',
  ]);
});
