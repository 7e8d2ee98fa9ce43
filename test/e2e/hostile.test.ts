// What strangers, and people who may not, can send to maint through Slack: real Bolt, the real commands, a real store.
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Captured } from '../../src/model/event.ts';
import { current, type Message } from '../../src/sandbox/slack/index.ts';
import { type Bot, bots, toHolding } from '../slack/bot.ts';
import { expectSlackTakes } from '../slack/drawn.ts';
import { typed } from '../slack/raw.ts';
import { approved, drifted, item, items, planned, toQuiet } from '../slack/runs.ts';

const start = bots();

const FORM = 'application/x-www-form-urlencoded';
const now = () => Math.floor(Date.now() / 1_000);
const signatureOf = (b: Bot, body: string, stamp: number): string =>
  `v0=${createHmac('sha256', b.slack.signingSecret).update(`v0:${stamp}:${body}`).digest('hex')}`;
const forged = async (b: Bot) => (await b.store.audited(50)).filter((entry) => entry.what === 'a forged Slack request');
/** The trail is written while the answer is on its way. */
async function trail(b: Bot, what: RegExp) {
  for (;;) {
    const found = (await b.store.audited(50)).filter((entry) => what.test(`${entry.what}: ${entry.why}`));
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('over HTTP', () => {
  test.each<[string, string, (b: Bot, body: string) => Parameters<Bot['slack']['deliverRaw']>[0]]>([
    ['without a signature', 'it has no signature', (_b, body) => ({ body, signature: null })],
    ['signed with another secret', 'its signature is wrong', (_b, body) => ({ body, secret: 'guessed' })],
    ['with an empty signature', 'its signature is wrong', (_b, body) => ({ body, signature: '' })],
    ['with a signature of another length', 'its signature is wrong', (_b, body) => ({ body, signature: 'v0=00' })],
    ['of ten minutes ago', 'its time stamp is more than', (_b, body) => ({ body, timestamp: now() - 600 })],
    ['of in an hour', 'its time stamp is more than', (_b, body) => ({ body, timestamp: now() + 3_600 })],
    [
      'changed on its way',
      'its signature is wrong',
      (b, body) => {
        const timestamp = now();
        return { body: body.replace('shop', 'store-front'), timestamp, signature: signatureOf(b, body, timestamp) };
      },
    ],
    [
      'whose old signature got a new time stamp',
      'its signature is wrong',
      (b, body) => ({ body, timestamp: now(), signature: signatureOf(b, body, now() - 600) }),
    ],
  ])('a command %s is refused, is a line in the audit trail, and does nothing', async (_name, why, make) => {
    const b = await start({ mode: 'http' });
    const { status, body } = await b.slack.deliverRaw(make(b, typed('start shop')));
    expect([status, body]).toEqual([401, null]);
    const lines = await trail(b, /forged/u);
    expect(lines).toEqual([expect.objectContaining({ person: null, outcome: 'refused' })]);
    expect(lines[0]?.why).toContain(why);
    expect(await b.store.unfinished()).toEqual([]);
    expect(b.slack.messages.list()).toEqual([]);
  });

  test.each<[string, { body: string; contentType: string }]>([
    ['of another content type', { body: typed('start shop'), contentType: 'text/plain' }],
    ['without a content type that fits', { body: typed('start shop'), contentType: 'application/json' }],
    ['that is a list', { body: '[]'.repeat(2), contentType: 'application/json' }],
    ['with a payload cut off', { body: 'payload=%7B%22type%22', contentType: FORM }],
    ['nested ten thousand deep', { body: `payload=${'['.repeat(10_000)}`, contentType: FORM }],
  ])('a signed request %s is refused, and is a line in the audit trail', async (_name, request) => {
    const b = await start({ mode: 'http' });
    expect((await b.slack.deliverRaw(request)).status).toBe(400);
    const lines = await trail(b, /forged/u);
    expect(lines.map(({ why }) => why)).toEqual(['it is signed, but nothing that Slack sends']);
    expect(await b.store.unfinished()).toEqual([]);
  });

  test('a body of ten megabytes is refused before it has come, signed or not', async () => {
    const b = await start({ mode: 'http' });
    const body = typed(`start shop because ${'x'.repeat(10_000_000)}`);
    // The connection may be gone before the answer has been read.
    const answer = await b.slack.deliverRaw({ body }).catch(() => ({ status: 413 }));
    expect(answer.status).toBe(413);
    const lines = await trail(b, /forged/u);
    expect(lines.map(({ why }) => why)).toEqual(['its body is larger than a megabyte']);
    expect(await b.store.unfinished()).toEqual([]);
    await b.types('status');
    await b.isTold(/No maintenance is under way/u);
  });

  test('a request that is replayed is carried out once', async () => {
    const b = await start({ mode: 'http' });
    await toHolding(b);
    const before = (await b.store.unfinished())[0]?.endsAt ?? 0;
    const request = { body: typed('extend shop by 1h'), timestamp: now() };
    for (let i = 0; i < 3; i += 1) expect((await b.slack.deliverRaw(request)).status).toBe(200);
    await b.reads(/extended: the planned end is now/u);
    await trail(b, /came twice/u);
    expect((await b.store.unfinished())[0]?.endsAt).toBe(before + 3_600_000);
    const lines = (await b.store.audited(50)).filter(({ what }) => /extend/u.test(what));
    expect(lines).toHaveLength(1);
  });

  test('a flood of forged requests is a line a minute, with their number', async () => {
    const b = await start({ mode: 'http' });
    const flood = async () => {
      for (let i = 0; i < 40; i += 1) await b.slack.deliverRaw({ body: typed(`start shop ${i}`), secret: 'guessed' });
    };
    await flood();
    expect((await trail(b, /forged/u)).map(({ why }) => why)).toEqual(['its signature is wrong']);
    b.clock.advance(60_000);
    expect((await trail(b, /in a minute/u)).map(({ why }) => why)).toEqual(['its signature is wrong (39 in a minute)']);
    expect(await forged(b)).toHaveLength(2);
    expect(b.logged.join('\n')).not.toMatch(/guessed|signature/u);
  });

  test('Slack’s own look at the certificate is answered, and nothing that is smuggled along is carried out', async () => {
    const b = await start({ mode: 'http' });
    const body = `${typed('start shop')}&ssl_check=1`;
    expect((await b.slack.deliverRaw({ body, signature: null })).status).toBe(200);
    await b.types('status');
    await b.isTold(/No maintenance is under way/u);
  });

  test.each(['//slack/events', '/./slack/events', '/x/../slack/events', '/slack/%2e/events', '/slack/events/'])(
    'a command that comes to %s is not taken, signed or not',
    async (path) => {
      const b = await start({ mode: 'http' });
      const body = typed('start shop');
      const stamp = now();
      for (const signature of [signatureOf(b, body, stamp), 'v0=guessed', undefined]) {
        const status = await new Promise((resolve, reject) => {
          const headers = {
            'content-type': FORM,
            'x-slack-request-timestamp': String(stamp),
            ...(signature === undefined ? {} : { 'x-slack-signature': signature }),
          };
          // Not with fetch, which would put the path right.
          http
            .request({ port: b.app.port, method: 'POST', path, headers }, (answer) => {
              answer.resume();
              resolve(answer.statusCode);
            })
            .on('error', reject)
            .end(body);
        });
        expect(status).toBe(404);
      }
      expect(await b.store.unfinished()).toEqual([]);
      expect(b.slack.messages.list()).toEqual([]);
    },
  );

  test('other paths and methods are not there', async () => {
    const b = await start({ mode: 'http' });
    const base = `http://127.0.0.1:${b.app.port}`;
    for (const [path, method] of [
      ['/slack/events', 'GET'],
      ['/slack/events/', 'POST'],
      ['/../slack/events', 'PUT'],
      ['//', 'POST'],
      ['/slack/install', 'GET'],
    ] as const) {
      expect((await fetch(base + path, { method })).status).toBe(404);
    }
    expect((await fetch(`${base}/health`)).status).toBe(200);
  });
});

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('what Slack delivers twice is carried out once', async () => {
    const b = await start({ mode });
    await toHolding(b);
    const before = (await b.store.unfinished())[0]?.endsAt ?? 0;
    b.slack.repeatNext();
    await b.presses('Extend 15 min');
    await b.reads(/extended: the planned end is now/u);
    await trail(b, /came twice/u);
    expect((await b.store.unfinished())[0]?.endsAt).toBe(before + 15 * 60_000);
  });

  test('a button pressed by somebody who may not is refused to them alone, with one line in the audit trail', async () => {
    const b = await start({ mode, operators: ['U0ADA'] });
    await toHolding(b);
    await b.presses('Resume', 'linus');
    await b.isTold(/not among the operators/u, 'linus');
    const lines = (await b.store.audited(50)).filter(({ person }) => person?.name === 'linus');
    expect(lines).toEqual([expect.objectContaining({ what: 'resume shop', outcome: 'refused' })]);
    expect((await b.store.unfinished())[0]?.questions).toEqual([]);
  });

  test('a button with a forged value is dead: a refusal, one line in the audit trail, and nothing else', async () => {
    const b = await start({ mode });
    await toHolding(b);
    await b.happens([...approved.slice(0, 2)]);
    const [run] = await b.store.unfinished();
    const id = run?.id ?? '';
    const seq = run?.seq ?? 0;
    const answer = { do: 'answer', run: id, question: 'resume-1', answer: 'approve', hash: 'h1' };
    const values: [string, RegExp][] = [
      [JSON.stringify({ ...answer, run: 'mother00000' }), /its maintenance is not known/u],
      [JSON.stringify({ ...answer, run: "' or 1=1 --" }), /its maintenance is not known/u],
      [JSON.stringify({ ...answer, question: 'start-1' }), /question is not known/u],
      [JSON.stringify({ ...answer, question: '__proto__' }), /question is not known/u],
      [JSON.stringify({ ...answer, hash: 'h2' }), /not the one asked about/u],
      [JSON.stringify({ ...answer, hash: null }), /not the one asked about/u],
      [JSON.stringify({ ...answer, answer: 'restore' }), /does not answer this question/u],
      [JSON.stringify({ ...answer, answer: 'everything' }), /not one of this version/u],
      [JSON.stringify({ ...answer, run: `${id}\u0000` }), /not one of this version/u],
      [JSON.stringify({ ...answer, do: 'abort', run: ['x'] }), /not one of this version/u],
      [`${'['.repeat(900)}${']'.repeat(900)}`, /not one of this version/u],
      [JSON.stringify({ ...answer, question: 'x'.repeat(1_900) }), /not one of this version/u],
      ['{"__proto__":{"do":"abort"}}', /not one of this version/u],
    ];
    const already = (await b.store.audited(100)).length;
    for (const [n, [value, says]] of values.entries()) {
      const posted = b.slack.messages.post({
        channel: 'C0OPS',
        user: 'U0MAINT',
        byBot: true,
        text: 'forged',
        blocks: [
          {
            type: 'actions',
            elements: [
              { type: 'button', action_id: 'maint:answer:approve', value, text: { type: 'plain_text', text: 'Press' } },
            ],
          },
        ],
      });
      await b.slack.click({ user: 'grace', channel: 'ops', messageTs: posted.ts, label: 'Press' });
      await b.slack.until(() => b.slack.messages.list({ ephemeral: true }).length === n + 1);
      const told = b.slack.messages.list({ ephemeral: true }).at(-1);
      expect(told === undefined ? '' : b.slack.render(told).replace(/\s+/gu, ' ')).toMatch(says);
    }
    expect(await b.store.load(id)).toMatchObject({ seq, way: 'quiet' });
    // The same in the same minute is one line: six of no version of ours, and two of no run.
    expect((await b.store.audited(100)).length - already).toBe(values.length - 5 - 1);
  });

  test('a person of another workspace is written down with it, where the operators are named', async () => {
    const b = await start({ mode, operators: ['U0ADA'] });
    await b.types('status');
    await b.isTold(/No maintenance/u);
    await b.slack.until(() => b.slack.requests.list({ path: '/auth.test' }).length > 0);
    expect((await b.store.audited(10)).map(({ what }) => what)).toEqual([]);
    if (mode === 'socket') return;
    const body = typed('status', { team_id: 'T0STRANGE', user_id: 'U0MALLORY', user_name: 'mallory' });
    await b.slack.deliverRaw({ body });
    const [line] = await trail(b, /another workspace/u);
    expect(line).toMatchObject({ person: { id: 'U0MALLORY' }, outcome: 'refused', why: 'of T0STRANGE' });
  });

  const awkward = [
    '<!channel> <!here> <!everyone>',
    '<@U0GRACE> <#C0OPS> <!subteam^S0ONCALL>',
    '*bold* _it_ ~s~ `code` ```block',
    '$(rm -rf /) `id` ; reboot && echo "\'" | tee \\',
    'a\nb\r\nc\td\u2028e',
    '\u202eevil\u202c\u200b\u2066x\u2069\ufeff',
    '<https://evil.example|shop> &lt;!channel&gt; &amp;',
  ];

  test('names and reasons full of markup call nobody, in any message, and are shown as they are', async () => {
    const b = await start({ mode });
    for (const [n, reason] of awkward.entries()) {
      const typed = reason.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      b.slack.workspace.addUser({ id: `U0EVIL${n}`, name: reason });
      b.slack.workspace.join('ops', `U0EVIL${n}`);
      await b.slack.command({ user: `U0EVIL${n}`, channel: 'ops', text: `start shop because ${typed}` });
      await b.slack.until(() => inOps(b).length > n * 2);
      const odd = [item('workers', reason, 4, 0), item('workers', 'worker', 4, 0)];
      await b.happens([planned([], odd), { is: 'ended', as: 'cancelled', why: reason }]);
      await b.slack.until(() => inOps(b).length === (n + 1) * 2);
    }
    for (const message of b.slack.messages.list()) expectHarmless(message);
    const [first] = inOps(b);
    expect(JSON.stringify(first === undefined ? '' : current(first).blocks)).toContain(
      '&lt;!channel&gt; &lt;!here&gt; &lt;!everyone&gt;',
    );
  });

  test('names that are none are refused, each with a line in the audit trail', async () => {
    const b = await start({ mode });
    // Kept by their first words: the same one again would only be counted.
    const texts = ['start <!channel>', 'resume $(reboot)', 'abort ../../etc', `plan ${'x'.repeat(10_000)}`];
    for (const [n, text] of texts.entries()) {
      await b.types(text);
      await b.slack.until(() => b.slack.messages.list({ ephemeral: true }).length === n + 1);
    }
    for (const message of b.slack.messages.list()) expectHarmless(message);
    const lines = await b.store.audited(10);
    expect(lines.map(({ outcome, person }) => [outcome, person?.name])).toEqual(texts.map(() => ['refused', 'ada']));
    expect(lines.every(({ what }) => what.length < 300)).toBe(true);
    expect(await b.store.unfinished()).toEqual([]);
  });

  test('a reason of ten kilobytes is cut, and breaks nothing', async () => {
    const b = await start({ mode });
    await b.types(`start shop because ${'<x>&'.repeat(2_500)}`);
    const card = await b.reads(/planning/u);
    expectSlackTakes(JSON.parse(JSON.stringify(current(card))));
    expect((await b.store.unfinished())[0]?.because?.length).toBeLessThanOrEqual(500);
  });
});

const inOps = (b: Bot): Message[] => b.slack.messages.list({ channel: 'C0OPS', ephemeral: false, deleted: false });

function expectHarmless(message: Message): void {
  for (const { text, blocks } of message.versions) {
    expect(text).not.toMatch(/<!(?!date\^)|<[#@](?![A-Z0-9]+>)|<@U0GRACE>|<#C0OPS>/u);
    const all = JSON.stringify(blocks);
    expect(all).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u);
    expect(all).not.toMatch(/"type":"mrkdwn","text":"[^"]*(?:<!(?!date\^)|<@U0GRACE>|<#C0OPS>|<https)/u);
  }
}

describe('the commands of the emergency card', () => {
  const nasty = "heroku ps:scale 'wor`ker*_~<!channel>&amp;=4' --app shop && echo \"```\" '\u202e'";
  const odd: Captured = { ...item('workers', 'w', 4, 0), back: { will: 'x', byHand: nasty } };
  const plain: Captured = { ...item('workers', 'v', 4, 0), back: { will: 'x', byHand: "heroku 'a*b*c' <x> & `d`" } };

  test('reach Slack unchanged, in a block that no backtick can end', async () => {
    const b = await start();
    await b.types('start shop');
    await b.reads(/planning/u);
    await b.happens([planned([], [odd, plain])]);
    const card = await b.reads(/Emergency card/u);
    const literal = current(card).blocks.flatMap((block) => (block.type === 'rich_text' ? block.elements : []));
    expect(literal).toEqual([
      {
        type: 'rich_text_preformatted',
        elements: [{ type: 'text', text: `${nasty}\n${plain.back.byHand}` }],
      },
    ]);
  });

  test('call nobody and stay as they are where Slack takes no blocks, or are left out where they could not', async () => {
    const b = await start();
    await b.types('start shop');
    await b.reads(/planning/u);
    b.slack.faults.add({
      service: 'slack',
      path: '/chat.postMessage',
      kind: 'status',
      status: 200,
      body: { ok: false, error: 'invalid_blocks' },
    });
    await b.happens([planned([], [plain])]);
    const card = await b.reads(/mergency card/u);
    expect(current(card).blocks).toEqual([]);
    expect(current(card).text).toContain("```\nheroku 'a*b*c' &lt;x&gt; &amp; `d`\n```");
    b.slack.faults.add({
      service: 'slack',
      path: '/chat.postMessage',
      kind: 'status',
      status: 200,
      body: { ok: false, error: 'invalid_blocks' },
    });
    await b.happens([{ is: 'corrected', item: { ...odd, key: 'v' } }]);
    const later = await b.reads(/A\s+command\s+that\s+Slack\s+cannot\s+show/u);
    expect(current(later).text).not.toContain('<!channel>');
    expectHarmless(later);
  });
});

test('a whole maintenance of awkward names calls nobody', async () => {
  const b = await start();
  const name = '<!channel> *x* `y`';
  b.slack.workspace.addUser({ id: 'U0EVIL', name });
  b.slack.workspace.join('ops', 'U0EVIL');
  await b.slack.command({ user: 'U0EVIL', channel: 'ops', text: 'start shop because &lt;!here&gt;' });
  await b.reads(/planning/u);
  const by = { id: 'U0EVIL', name, via: 'slack' as const };
  await b.happens([
    planned([], [...items, item('workers', name, 4, 0)]),
    ...toQuiet,
    ...approved.map((event) => (event.is === 'answered' || event.is === 'turned' ? { ...event, by } : event)),
    drifted,
    { is: 'answered', question: 'drift-1', answer: 'keep', by },
    { is: 'ended', as: 'restored', why: name },
  ]);
  await b.reads(/is restored/u);
  await b.reads(/shop · restored/u);
  for (const message of inOps(b)) {
    expectHarmless(message);
    const { text, blocks } = current(message);
    expectSlackTakes(JSON.parse(JSON.stringify({ text, blocks })));
  }
});
