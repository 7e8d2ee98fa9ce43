import { describe, expect, test } from 'vitest';
import { newsOf, parseLogLine, typeInName } from '../../src/heroku/log-lines.ts';

const AT = '2026-11-22T00:00:00.123456+00:00';
const at = Date.UTC(2026, 10, 22, 0, 0, 0, 123);
const news = (line: string) => newsOf(parseLogLine(`${AT} ${line}`));

describe('a line', () => {
  test.each([
    [`${AT} app[run.1234]: migrating`, { at, source: 'app', dyno: 'run.1234', text: 'migrating' }],
    [`${AT} heroku[router]: at=info`, { at, source: 'heroku', dyno: 'router', text: 'at=info' }],
    [`${AT} app[web.1]: `, { at, source: 'app', dyno: 'web.1', text: '' }],
    [`${AT} app[web.1]:`, { at, source: 'app', dyno: 'web.1', text: '' }],
    [`${AT} app[web.1]:   indented`, { at, source: 'app', dyno: 'web.1', text: '  indented' }],
    [`${AT} app[web-1234abcde-123ab]: x`, { at, source: 'app', dyno: 'web-1234abcde-123ab', text: 'x' }],
    [`${AT} app[web.1]: a\rb\u2028c`, { at, source: 'app', dyno: 'web.1', text: 'a\rb\u2028c' }],
    ['2026-11-22T00:00:00+00:00 app[a]: x', { at: at - 123, source: 'app', dyno: 'a', text: 'x' }],
    ['2026-11-22T01:00:00.92109+01:00 app[a]: x', { at: at + 798, source: 'app', dyno: 'a', text: 'x' }],
  ])('%j says when, who and what', (line, parsed) => {
    expect(parseLogLine(line)).toEqual(parsed);
  });

  test.each([
    '',
    'app[web.1]: no time',
    `${AT} app: no dyno`,
    `${AT} app[web.1] no colon`,
    `${AT} app[]: x`,
    `${AT} app[web.1]:x`,
    `${AT} app[we b]: x`,
    '2026-13-45T00:00:00.0+00:00 app[web.1]: no such day',
    `x${AT} app[web.1]: x`,
    `app[a]: ${AT} app[web.1]: inside`,
    '<!doctype html>',
    `${AT} app[${'w'.repeat(70_000)}`,
  ])('that does not parse is kept as text: %#', (line) => {
    expect(parseLogLine(line)).toEqual({ at: null, source: null, dyno: null, text: line });
    expect(newsOf(parseLogLine(line))).toBeNull();
  });

  test('of the greatest length, made to be hard, is parsed at once', () => {
    const began = process.cpuUsage();
    for (const hard of ['`', ' by ', '[', '` by user ', ' ']) {
      news(`app[api]: Starting process with command \`${hard.repeat(65_536 / hard.length)}`);
      news(`heroku[run.1]: State changed from ${hard.repeat(65_536 / hard.length)}`);
      parseLogLine(hard.repeat(65_536 / hard.length));
    }
    const { user, system } = process.cpuUsage(began);
    // What looks back at each character takes minutes.
    expect((user + system) / 1_000).toBeLessThan(20_000);
  });
});

describe("a dyno's start and end", () => {
  test.each([
    ['heroku[run.1]: Starting process with command `rake x`', { is: 'starting', dyno: 'run.1', command: 'rake x' }],
    ['heroku[run.1]: Starting process with command `a `b` c`', { is: 'starting', dyno: 'run.1', command: 'a `b` c' }],
    ['heroku[run.1]: Starting process with command `cut off', { is: 'starting', dyno: 'run.1', command: 'cut off' }],
    ['heroku[web.1]: State changed from crashed to starting', { is: 'starting', dyno: 'web.1', command: null }],
    ['heroku[scheduler.7921]: State changed from starting to up', { is: 'up', dyno: 'scheduler.7921' }],
    ['heroku[run.1]: Process exited with status 0', { is: 'exited', dyno: 'run.1', status: 0 }],
    ['heroku[run.1]: Process exited with status 143   ', { is: 'exited', dyno: 'run.1', status: 143 }],
    ['heroku[run.1]: State changed from up to complete', { is: 'ended', dyno: 'run.1', state: 'complete' }],
    ['heroku[web.1]: State changed from starting to crashed', { is: 'ended', dyno: 'web.1', state: 'crashed' }],
    ['heroku[worker.2]: State changed from up to down', { is: 'ended', dyno: 'worker.2', state: 'down' }],
  ])('%s', (line, told) => {
    expect(news(line)).toEqual(told);
  });

  test.each([
    ['`rake x` by user scheduler@addons.heroku.com', { command: 'rake x', by: 'scheduler@addons.heroku.com' }],
    ['`rake x` by scheduler@addons.heroku.com', { command: 'rake x', by: 'scheduler@addons.heroku.com' }],
    ['`rake x` by user ada@example.com', { command: 'rake x', by: 'ada@example.com' }],
    ['`a` by user b` by user ada@example.com', { command: 'a` by user b', by: 'ada@example.com' }],
    ['`first line of several', { command: 'first line of several', by: null }],
  ])('is announced by the API: %s', (rest, told) => {
    const scheduler = told.by === 'scheduler@addons.heroku.com';
    for (const source of ['app', 'heroku']) {
      const line = `${source}[api]: Starting process with command ${rest}`;
      expect(news(line)).toEqual({ is: 'created', ...told, scheduler });
    }
  });

  test.each([
    'app[run.1]: Process exited with status 0',
    'app[run.1]: State changed from up to complete',
    'app[web.1]: Starting process with command `rake x` by user scheduler@addons.heroku.com',
    'other[api]: Starting process with command `rake x` by user scheduler@addons.heroku.com',
    'app[run.1]: 2026-11-22T00:00:00.123456+00:00 heroku[run.1]: Process exited with status 0',
    'heroku[run.1]: Process exited with status',
    'heroku[run.1]: Process exited with status 0 and more',
    'heroku[run.1]: says State changed from up to complete',
    'heroku[web.1]: Stopping all processes with SIGTERM',
    'app[api]: Scaled to worker@0:Standard-1X by user ada@example.com',
  ])('is not told by: %s', (line) => {
    expect(news(line)).toBeNull();
  });
});

test.each([
  ['run.1234', 'run'],
  ['scheduler.7', 'scheduler'],
  ['my-worker.12', 'my-worker'],
  ['web-1234abcde-123ab', 'web'],
  ['my-worker-1234abcde-123ab', 'my-worker'],
  ['api', 'api'],
])('the process type in the name %s is %s', (dyno, type) => {
  expect(typeInName(dyno)).toBe(type);
});
