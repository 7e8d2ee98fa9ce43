// Answers that no Heroku gives: 50 MB, and nested ten thousand deep. Each call fails as a call, and the process lives on.
import type http from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHeroku, type Heroku } from '../../../src/heroku/api/client.ts';
import { HerokuError } from '../../../src/heroku/api/heroku-error.ts';
import { createHerokuScheduler, type HerokuScheduler } from '../../../src/heroku/schedulers/heroku-scheduler.ts';
import { aCall, failureOf } from './call.ts';
import { serve } from './server.ts';

const DEEP = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
const DEEP_OBJECT = `${'{"id":'.repeat(10_000)}1${'}'.repeat(10_000)}`;

const calls: readonly [string, (heroku: Heroku, scheduler: HerokuScheduler) => Promise<unknown>][] = [
  ['apps.info', (heroku) => heroku.apps.info(aCall(), 'id')],
  ['apps.list', (heroku) => heroku.apps.list(aCall())],
  ['apps.update', (heroku) => heroku.apps.update(aCall(), 'id', { maintenance: true })],
  ['formation.list', (heroku) => heroku.formation.list(aCall(), 'id')],
  ['formation.batch', (heroku) => heroku.formation.batch(aCall(), 'id', [{ type: 'worker', quantity: 0 }])],
  ['dynos.list', (heroku) => heroku.dynos.list(aCall(), 'id')],
  ['dynos.run', (heroku) => heroku.dynos.run(aCall(), 'id', { command: 'true' })],
  ['configVars.get', (heroku) => heroku.configVars.get(aCall(), 'id')],
  ['configVars.update', (heroku) => heroku.configVars.update(aCall(), 'id', { A: 'b' })],
  ['releases.latest', (heroku) => heroku.releases.latest(aCall(), 'id', 20)],
  ['releases.configVars', (heroku) => heroku.releases.configVars(aCall(), 'id', 1)],
  ['builds.latest', (heroku) => heroku.builds.latest(aCall(), 'id')],
  ['addons.list', (heroku) => heroku.addons.list(aCall(), 'id')],
  ['addons.attachments', (heroku) => heroku.addons.attachments(aCall(), 'id')],
  ['addons.attachedTo', (heroku) => heroku.addons.attachedTo(aCall(), 'id')],
  ['webhooks.list', (heroku) => heroku.webhooks.list(aCall(), 'id')],
  [
    'webhooks.create',
    (heroku) => heroku.webhooks.create(aCall(), 'id', { url: 'https://x.y', include: [], secret: 's' }),
  ],
  ['account.info', (heroku) => heroku.account.info(aCall())],
  ['account.rateLimits', (heroku) => heroku.account.rateLimits(aCall())],
  ['account.scopes', (heroku) => heroku.account.scopes(aCall())],
  ['scheduler.jobs', (_, scheduler) => scheduler.jobs(aCall(), 'id')],
  ['scheduler.setCommand', (_, scheduler) => scheduler.setCommand(aCall(), 'id', { id: '1' }, 'true')],
];

async function answering(answer: (response: http.ServerResponse) => void): Promise<[Heroku, HerokuScheduler]> {
  const { url } = await serve((_, response) => answer(response));
  const heroku = createHeroku({ apiUrl: url, token: 'HRKU-test', pauses: [1, 1] });
  const scheduler = createHerokuScheduler({ url, token: 'HRKU-test', pauses: [1, 1] });
  onTestFinished(() => {
    heroku.close();
    scheduler.close();
  });
  return [heroku, scheduler];
}

const piece = Buffer.alloc(65_536, 'x');

/** 50 MB, or as much of it as the other side takes. */
function flood(response: http.ServerResponse, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.write('["');
  let left = 800;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end('"]');
  };
  more();
}

describe.each(calls)('%s', (_, call) => {
  test('gives up on 50 MB, and reads a fifth of it at most', async () => {
    const [heroku, scheduler] = await answering((response) => flood(response));
    const error = await failureOf(call(heroku, scheduler), HerokuError);
    expect(error.message).toContain('an answer that is too big');
    expect(error.kind).toBe('retryable');
  });

  test.each([
    ['lists', DEEP],
    ['objects', DEEP_OBJECT],
    ['a list of lists', `[${DEEP}]`],
    ['a list of objects', `[${DEEP_OBJECT}]`],
  ])('does not fall into %s that are nested ten thousand deep', async (_name, body) => {
    const [heroku, scheduler] = await answering((response) => response.end(body));
    const outcome = await call(heroku, scheduler).catch((error: unknown) => error);
    // Among authorizations of another shape ours is not: that is an answer too.
    if (outcome === 'unknown') return;
    if (!(outcome instanceof HerokuError)) throw new Error('Expected the call to fail, it went through');
    expect(outcome.message.length).toBeLessThan(1_000);
  });

  test.each([401, 403, 422, 500])('nor does it where they come with %i', async (status) => {
    const [heroku, scheduler] = await answering((response) => {
      response.writeHead(status);
      response.end(`{"id":${DEEP},"message":${DEEP_OBJECT}}`);
    });
    const outcome = await call(heroku, scheduler).catch((error: unknown) => error);
    if (outcome !== 'unknown') expect(outcome).toMatchObject({ status });
  });
});

describe('megabytes of', () => {
  const of = (open: string, one: string, close: string): string =>
    `${open}${`${one},`.repeat(9_000_000 / (one.length + 1))}${one}${close}`;

  // Milliseconds of this process's own time: with the parser and the schemas alone it would be minutes.
  test.each([
    ['brackets', '['.repeat(9_900_000)],
    ['closed brackets', `${'['.repeat(4_900_000)}${']'.repeat(4_900_000)}`],
    ['numbers', of('[', '1', ']')],
    ['empty objects', of('[', '{}', ']')],
    ['empty objects below a name', of('{"data":[', '{}', ']}')],
    ['names', of('{', '"a":1', '}')],
    ['what is just not too much', `[${'{},'.repeat(99_000)}{}]`],
  ])('%s are given up within a moment', async (_, body) => {
    const [heroku, scheduler] = await answering((response) => response.end(body));
    const began = process.cpuUsage();
    await failureOf(heroku.apps.list(aCall()), HerokuError);
    await failureOf(heroku.configVars.get(aCall(), 'id'), HerokuError);
    await failureOf(scheduler.jobs(aCall(), 'id'), HerokuError);
    const { user, system } = process.cpuUsage(began);
    // Up to nine attempts, each with its share of sending, reading and decoding ten megabytes.
    expect((user + system) / 1_000).toBeLessThan(30_000);
  });

  test('a quoted text are no nesting, whatever is in it', async () => {
    const name = `${'[{'.repeat(1_000)}\\" ${'[{,'.repeat(200_000)}`;
    const [heroku] = await answering((response) => response.end(JSON.stringify({ A: name })));
    expect(await heroku.configVars.get(aCall(), 'id')).toEqual({ A: name });
  });
});
