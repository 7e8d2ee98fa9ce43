// What is shown of a log is without secrets (I8): the app's own values, and what looks like one.
import { describe, expect, it } from 'vitest';
import { lastLines, redactedLine, secretsIn } from '../../src/heroku/last-lines.ts';
import { shop } from '../helpers/engine.ts';
import { stages } from './steps/stage.ts';

const stageFor = stages();

describe('the log of a dyno', () => {
  it('that gives no answer in time is not said to have no lines', async () => {
    const stage = await stageFor(shop());
    expect(await lastLines(stage.heroku, stage.cx(), 'worker.1', 60_000)).toEqual(['its log has no lines']);
    stage.sandbox.faults.add({ service: 'heroku', path: '/logplex/**', kind: 'hang', times: 'always' });
    const said = await lastLines(stage.heroku, stage.cx(), 'worker.1', 50);
    expect(said).toEqual(['its log cannot be read: no answer in time']);
  });
});

describe('a line of a log', () => {
  it.each([
    ['could not connect to postgres://u:hunter22@db/x', 'could not connect to postgres://…@db/x'],
    ['GET https://example.com/hook?token=abc', 'GET https://example.com/hook?…'],
    ['Authorization: Bearer abcdef123456', 'Authorization: … …'],
    ['API_KEY=abc', 'API_KEY=…'],
    ['API_KEY=ab\\cd, then', 'API_KEY=…, then'],
    ['{"password":"x y"}', '{"password":…}'],
    ['DB_PASS=hush PGPASSFILE=/x pwd: "a b", passed: 12', 'DB_PASS=… PGPASSFILE=… pwd: …, passed: 12'],
    ['encryption_key: abc, signing-key=abc, monkey: 3', 'encryption_key: …, signing-key=…, monkey: 3'],
    ['body="{\\"password\\":\\"x y\\",\\"n\\":1}"', 'body="{\\"password\\":…,\\"n\\":1}"'],
    ['body={\\"token\\": \\"a', 'body={\\"token\\": …'],
    ['key 0123456789abcdef0123456789abcdef is bad', 'key … is bad'],
    ['the value s3cr3t-value is wrong', 'the value … is wrong'],
    ['undefined method `total’ for nil', 'undefined method `total’ for nil'],
  ])('%s', (line, shown) => {
    expect(redactedLine(line, ['s3cr3t-value', 'for', ''])).toBe(shown);
  });

  it('has neither the password of an address that is one of its values, nor a line of a value of several', () => {
    const url = 'postgres://shop:p%40ss-word@db.example.com/shop';
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANB\r\nkq8Yh3==\n-----END KEY-----';
    const shown = (line: string): string => redactedLine(line, secretsIn({ URL: url, KEY: key, PORT: '5432' }));
    expect(shown('AUTH p@ss-word, then p%40ss-word')).toBe('AUTH …, then …');
    expect(shown('  MIIEvQIBADANB')).toBe('…');
    expect(shown('kq8Yh3== on 5432')).toBe('… on 5432');
    expect(shown('db.example.com does not answer shop')).toBe('db.example.com does not answer shop');
  });

  it('is not longer than can be read', () => {
    expect(redactedLine('no such table '.repeat(100), [])).toHaveLength(200);
  });

  it('is looked through in no time, however long it is, and what the cut leaves of a word is not shown', () => {
    // All of it would take minutes.
    expect(redactedLine('a'.repeat(200_000), [])).toBe('…');
    expect(redactedLine(`${'a'.repeat(975)} hush-0123456789012345678901234567`, [])).toBe('… …');
    expect(redactedLine(`${'known! '.repeat(160)}`, ['known!'])).toBe('… '.repeat(160).slice(0, 199).concat('…'));
  });

  it('has nothing left of a value that is part of another', () => {
    expect(redactedLine('a secret-longer b', ['secret', 'secret-longer'])).toBe('a … b');
  });
});
