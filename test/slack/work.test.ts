// An operator's command in Slack: what runs is shown to them, the card and the thread tell of it, and what it printed is a file,
// shared once.
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { current, type Message } from '../../src/sandbox/slack/index.ts';
import { type Bot, bots, type Setup, toHolding } from './bot.ts';
import { patiently } from './seen.ts';

const start = bots();
const held = async (setup: Setup = {}): Promise<Bot> => {
  const bot = await start(setup);
  await toHolding(bot);
  return bot;
};

const dyno = { id: 'd1', name: 'run.1', at: 0, stop: 'heroku ps:stop run.1 --app shop' };
const begun: Event[] = [
  { is: 'work-starting', id: 'work-1', there: [] },
  { is: 'work-started', id: 'work-1', dyno },
];
const over = (exit: number, lines = 2): Event => ({ is: 'work-ended', id: 'work-1', exit, says: null, lines, cut: 0 });

async function asks(b: Bot, text = 'run shop -- rails db:migrate'): Promise<string> {
  await b.types(text);
  return patiently(async () => {
    const [run] = await b.store.unfinished();
    expect(run?.works).toHaveLength(1);
    return run?.id ?? '';
  });
}

async function prints(b: Bot, run: string): Promise<void> {
  const ref = { run, work: 'work-1' };
  await b.store.claimOutput(ref, 'test', 60_000);
  await b.store.addOutput(ref, 'test', { lines: ['one', '\u001b[31mtwo\u001b[0m'], mark: [] });
}

/** Until nothing waits to be posted. */
async function told(b: Bot, run: string): Promise<void> {
  await patiently(async () => {
    const waiting = (await b.store.messages(run)).filter(({ state }) => state === 'pending' || state === 'sending');
    expect(waiting).toEqual([]);
  });
}

const shared = (b: Bot) => b.slack.files.list().filter(({ completed }) => completed);
/** The first message that reads so by now: of those that everybody sees, or of those that one person alone does. */
const reads = (b: Bot, pattern: RegExp, ephemeral = false): Promise<Message> =>
  patiently(async () => {
    const all = b.slack.messages.list({ channel: b.slack.workspace.channel('ops').id, ephemeral });
    const found = all.find((m) => pattern.test(b.slack.render(m).replace(/\s+/gu, ' ')));
    if (found === undefined)
      throw new Error(`Expected ${pattern}, got:\n${all.map((m) => b.slack.render(m)).join('\n')}`);
    return found;
  });
const inThread = (b: Bot) =>
  b.slack.messages
    .list({ channel: b.slack.workspace.channel('ops').id, ephemeral: false })
    .filter((m) => m.threadTs !== null);

describe('a command that is run from Slack', () => {
  test('is shown back exactly, to the person alone, and by its program to everybody', async () => {
    const b = await held();
    await asks(b, 'run shop --size=performance-m — rails runner “Secret.use(‘hunter2’)”');
    const back = await reads(b, /Runs in .?shop/u, true);
    expect(JSON.stringify(current(back).blocks)).toContain(`rails runner \\"Secret.use('hunter2')\\"`);
    expect(b.slack.render(back)).toContain('performance-m');
    await b.happens(begun);
    await reads(b, /🏃 .?rails ….? has begun as .?run\.1/u);
    const card = await reads(b, /🏃 .?rails ….? running as run\.1/u);
    await b.happens([over(0, 0)]);
    await reads(b, /✅ .?rails ….? ended well \(exit status 0\).* Nothing of what it printed was heard/su);
    await patiently(async () => expect(b.slack.render(card)).toMatch(/✅ .?rails …/u));
    const everybody = b.slack.messages.list({ ephemeral: false }).map((m) => JSON.stringify(current(m)));
    expect(everybody.join()).not.toContain('hunter2');
    expect(b.slack.files.list()).toEqual([]);
  });

  test('is refused with the reason, and who may not is refused', async () => {
    const bot = await start({ operators: ['U0GRACE'] });
    await bot.types('run shop -- rails db:migrate');
    await reads(bot, /not among those who may look/u, true);
    await bot.types('run shop -- rails db:migrate', { user: 'grace' });
    await reads(bot, /There is no maintenance of "shop" under way/u, true);
    await bot.types('run shop');
    await reads(bot, /Expected a command to run in shop, got nothing/u, true);
  });

  test('that fails says so in the thread, on the card, and on the approval', async () => {
    const b = await held();
    await asks(b);
    await b.happens([...begun, over(1, 0)]);
    await reads(b, /❌ .?rails ….? FAILED with exit status 1/u);
    await b.types('resume shop');
    const asked = await patiently(async () => {
      const question = (await b.store.unfinished())[0]?.questions.find((q) => q.about.is === 'resume');
      if (question === undefined) throw new Error('Expected the approval to be asked for');
      return question;
    });
    await b.happens([{ is: 'shown', question: asked.id, rows: [], hash: 'h1' }]);
    await reads(b, /Run by maint.*❌ .?rails ….? exit status 1/su);
  });
});

describe('what a command printed', () => {
  test('is a file in the thread, as it was printed', async () => {
    const b = await held();
    const run = await asks(b);
    await prints(b, run);
    await b.happens([...begun, over(0)]);
    await told(b, run);
    const [file, ...more] = shared(b);
    expect(more).toEqual([]);
    expect(file).toMatchObject({ name: 'shop-work-1.txt', title: 'shop: rails …', channels: ['C0OPS'] });
    expect(file?.bytes?.toString()).toBe('one\ntwo\n');
    const card = b.slack.messages.list({ channel: 'C0OPS' }).find((m) => m.threadTs === null);
    expect(inThread(b).find((m) => m.files.length > 0)?.threadTs).toBe(card?.ts);
  });

  test.each(['reset-before', 'reset-after'] as const)('is there once where the answer was lost (%s)', async (kind) => {
    const b = await held();
    const run = await asks(b);
    await prints(b, run);
    b.slack.faults.add({ service: 'slack', path: '/files.completeUploadExternal', kind });
    await b.happens([...begun, over(0)]);
    await told(b, run);
    expect(inThread(b).filter((m) => m.files.length > 0)).toHaveLength(1);
  });

  test('is there once where a process died between sharing it and knowing so', async () => {
    const b = await held();
    const run = await asks(b);
    await prints(b, run);
    await b.happens([...begun, over(0)]);
    await told(b, run);
    await b.app.close();
    const note = (await b.store.messages(run)).find(({ kind }) => kind === 'work-output');
    expect(note?.file).toBe(shared(b)[0]?.id);
    await b.store.setMessage(run, note?.key ?? '', { state: 'sending' });
    await b.restart();
    await told(b, run);
    expect(inThread(b).filter((m) => m.files.length > 0)).toHaveLength(1);
    expect(shared(b)).toHaveLength(1);
  });

  test('is said to be elsewhere where Slack takes no file from us, and the card goes on', async () => {
    const b = await held();
    const run = await asks(b);
    await prints(b, run);
    const refused = { ok: false, error: 'missing_scope' };
    b.slack.faults.add({
      service: 'slack',
      path: '/files.*',
      kind: 'status',
      status: 200,
      body: refused,
      times: 'always',
    });
    await b.happens([...begun, over(0)]);
    await reads(b, /what .?rails ….? printed could not be put here as a file \(missing_scope\)/u);
    await reads(b, /maint -- output shop/u);
    await told(b, run);
    await b.happens([{ is: 'turned', by: null, why: 'approved' }]);
    await reads(b, /restoring/u);
  });

  test('is left out where it is forgotten by the time Slack is there', async () => {
    const b = await held();
    const run = await asks(b);
    await b.happens([...begun, over(0)]);
    await told(b, run);
    expect((await b.store.messages(run)).find(({ kind }) => kind === 'work-output')?.state).toBe('dropped');
    expect(b.slack.files.list()).toEqual([]);
  });
});

describe('What was typed and not understood', () => {
  test.each([
    ['rnu shop -- env KEY=s3cret rails db:migrate', '/maint rnu …', /got "rnu"/u],
    ['run shop -e KEY=s3cret rake x', '/maint run …', /got "-e KEY=s3cret rake x"/u],
    ['run KEY=s3cret rake x', '/maint run …', /KEY=s3cret/u],
    ['KEY=s3cret rake x', '/maint …', /s3cret/u],
  ])('is answered in full, and written down without what may be secret: %s', async (typed, what, answer) => {
    const b = await start({});
    await b.types(typed);
    await reads(b, answer, true);
    await patiently(async () => {
      const audited = await b.store.audited(50);
      expect(audited).toContainEqual(
        expect.objectContaining({ what, outcome: 'refused', why: 'it was not understood' }),
      );
      expect(JSON.stringify(audited)).not.toContain('s3cret');
    });
  });
});
