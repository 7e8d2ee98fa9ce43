// A webhook that a lost maintenance has subscribed to, where the terminal has no public address of its own.
import { expect, test } from 'vitest';
import { webhookPath } from '../../src/heroku/webhooks/subscription.ts';
import { ada, engines, shop } from '../helpers/engine.ts';
import { restoring } from '../terminal/at-terminal.ts';

const engineFor = engines();

test('it is taken away with the rest', async () => {
  // Driven in real time at the end: nothing is watched for minutes.
  const engine = await engineFor({ apps: [shop()], settings: { canary: 0, watchAfter: 0 } });
  const { id } = await engine.start('shop');
  await engine.holding(id);
  const exported = await engine.commands.export(ada, 'shop');
  if (exported.is === 'refused') throw new Error(exported.says);
  const { file } = exported;

  const { url, token } = engine.sandbox.heroku;
  const heroku = (method: string, body?: object): Promise<Response> =>
    fetch(`${url}/apps/shop/webhooks`, {
      method,
      headers: {
        Accept: 'application/vnd.heroku+json; version=3',
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const there = `https://maint.example.com${webhookPath(id)}`;
  const made = await heroku('POST', { include: ['api:release'], level: 'notify', url: there, secret: 'hush' });
  expect(made.status).toBe(201);

  const said = { will: 'subscribed', byHand: 'heroku webhooks' };
  const key = 'webhook';
  const requested = file.log[0]?.event;
  if (requested?.is !== 'requested') throw new Error('Expected a log');
  const ref = { name: key, title: 'Webhook', kind: 'hold', door: false } as const;
  requested.quiet.splice(1, 0, ref);
  requested.back.splice(-1, 0, ref);
  const item = { step: key, key, label: webhookPath(id), before: false, aim: true, quiet: said, back: said };
  const at = file.log.at(-1)?.at ?? 0;
  const seq = file.log.length;
  file.log.push(
    { seq: seq + 1, at, event: { is: 'appeared', item } },
    { seq: seq + 2, at, event: { is: 'sending', way: 'quiet', step: key, changes: [{ key, value: true }] } },
  );

  const { rescue, through } = restoring(engine, 'lost');
  const memory = await rescue.open(null);
  const shown = await memory.commands.preview(ada, file);
  if (shown.is === 'refused') throw new Error(shown.says);
  expect(shown.rows.at(-1)).toMatchObject({ before: 'not subscribed', now: 'subscribed', after: 'not subscribed' });
  await memory.commands.adopt(ada, file, shown.hash);
  const ended = async (): Promise<boolean> => {
    await through?.(memory).call({ method: 'run', id });
    return (await memory.store.load(id))?.ended != null;
  };
  await expect.poll(ended).toBe(true);
  expect(await (await heroku('GET')).json()).toEqual([]);
  await memory.close();
  rescue.close();
});
