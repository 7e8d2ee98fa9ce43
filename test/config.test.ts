import { describe, expect, it } from 'vitest';
import { BadEnvironment, type Env, readConfig } from '../src/config.ts';

const bot: Env = { HEROKU_API_KEY: 'HRKU-abc', SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };

function problems(env: Env, wants: 'bot' | 'terminal' = 'bot'): readonly string[] {
  try {
    readConfig(env, wants);
    return [];
  } catch (error) {
    if (error instanceof BadEnvironment) return error.problems;
    throw error;
  }
}

describe('the environment', () => {
  it('is enough with three variables, and everything else has a default', () => {
    expect(readConfig(bot, 'bot')).toMatchObject({
      heroku: { apiUrl: 'https://api.heroku.com', schedulerUrl: 'https://particleboard.heroku.com' },
      slack: { mode: { is: 'socket', appToken: 'xapp-1' }, apiUrl: null },
      databaseUrl: null,
      dataDir: '.maint',
      who: { operators: [], approvers: [], viewers: [] },
      settings: { variable: { name: 'MAINTENANCE', value: 'true' }, clocks: ['clock', 'scheduler', 'cron', 'beat'] },
      port: 3000,
    });
  });

  it('tells everything that is missing or malformed in one list, each with its variable', () => {
    const found = problems({
      HEROKU_API_URL: 'nonsense',
      SLACK_BOT_TOKEN: 'xoxp-wrong',
      PORT: 'eighty',
      MAINT_CHANNEL: '#ops',
    });
    for (const name of [
      'HEROKU_API_KEY',
      'HEROKU_API_URL',
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'PORT',
      'MAINT_CHANNEL',
    ]) {
      expect(found.filter((problem) => problem.startsWith(name))).toHaveLength(1);
    }
    expect(found).toHaveLength(6);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(problems({ ...bot, SLACK_SIGNING_SECRET: '', MAINT_OPERATORS: ' ' })).toEqual([]);
  });

  it('takes Socket Mode where there is an app token, else HTTP, and wants one of the two', () => {
    expect(readConfig({ ...bot, SLACK_SIGNING_SECRET: 'a-secret' }, 'bot').slack?.mode.is).toBe('socket');
    expect(problems({ HEROKU_API_KEY: 'x', SLACK_BOT_TOKEN: 'xoxb-1' })).toHaveLength(1);
    const http = readConfig(
      { HEROKU_API_KEY: 'x', SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'a-secret' },
      'bot',
    );
    expect(http.slack?.mode).toEqual({ is: 'http', signingSecret: 'a-secret' });
  });

  it('needs nothing of Slack at a terminal', () => {
    expect(readConfig({ HEROKU_API_KEY: 'x' }, 'terminal').slack).toBeNull();
  });

  it('refuses a dyno without Postgres, whose disk is thrown away, and without knowing its own app (I9)', () => {
    const found = problems({ ...bot, DYNO: 'web.1' });
    expect(found.some((problem) => problem.startsWith('DATABASE_URL'))).toBe(true);
    expect(found.some((problem) => problem.startsWith('MAINT_APP'))).toBe(true);
    expect(problems({ ...bot, DYNO: 'web.1', DATABASE_URL: 'postgres://h/d', HEROKU_APP_ID: 'id' })).toEqual([]);
  });

  it('reads the config var as NAME=value, with any value, or off', () => {
    expect(readConfig({ ...bot, MAINT_VARIABLE: 'off' }, 'bot').settings.variable).toBe('off');
    expect(readConfig({ ...bot, MAINT_VARIABLE: 'PAUSED=a=b' }, 'bot').settings.variable).toEqual({
      name: 'PAUSED',
      value: 'a=b',
    });
    expect(problems({ ...bot, MAINT_VARIABLE: 'nothing' })).toHaveLength(1);
  });

  it('reads how long an app is observed, and one look for none', () => {
    expect(readConfig(bot, 'bot').settings.observe).toEqual({ for: 30_000, samples: 3 });
    expect(readConfig({ ...bot, MAINT_OBSERVE: '2m' }, 'bot').settings.observe).toEqual({ for: 120_000, samples: 3 });
    expect(readConfig({ ...bot, MAINT_OBSERVE: '0' }, 'bot').settings.observe).toEqual({ for: 0, samples: 1 });
    for (const not of ['30', 'long', '-5s']) expect(problems({ ...bot, MAINT_OBSERVE: not }), not).toHaveLength(1);
    expect(readConfig({ ...bot, MAINT_CANARY: '2m' }, 'bot').settings.canary).toBe(120_000);
    expect(readConfig({ ...bot, MAINT_CANARY: '0' }, 'bot').settings.canary).toBe(0);
    expect(readConfig({ ...bot, MAINT_WATCH: '5m' }, 'bot').settings.watchAfter).toBe(300_000);
  });

  it('reads operators as users, user groups and people at a terminal, and refuses names', () => {
    const read = readConfig({ ...bot, MAINT_OPERATORS: 'U01ADA, S02ONCALL cli:grace' }, 'bot');
    expect(read.who).toEqual({ operators: ['U01ADA', 'S02ONCALL', 'cli:grace'], approvers: [], viewers: [] });
    expect(problems({ ...bot, MAINT_OPERATORS: '@ada' })).toHaveLength(1);
  });

  it('reads approvers and viewers, which without an operator would shut everybody out', () => {
    const named = { MAINT_APPROVERS: 'U01ADA C03OPS', MAINT_VIEWERS: 'everybody' };
    const read = readConfig({ ...bot, ...named, MAINT_OPERATORS: 'S02ONCALL' }, 'bot');
    expect(read.who).toEqual({ operators: ['S02ONCALL'], approvers: ['U01ADA', 'C03OPS'], viewers: ['everybody'] });
    expect(problems({ ...bot, ...named })).toEqual([
      expect.stringMatching(/^MAINT_OPERATORS is missing: with MAINT_APPROVERS and MAINT_VIEWERS set/u),
    ]);
    expect(readConfig({ ...bot, ...named }, 'terminal').who.operators).toEqual([]);
  });

  it('reads how many have to approve, and whether the one who asked counts', () => {
    const approvals = (text: string) => readConfig({ ...bot, MAINT_APPROVALS: text }, 'bot').settings.approvals;
    expect(readConfig(bot, 'bot').settings.approvals).toEqual({ count: 1, asker: true });
    expect(approvals('2')).toEqual({ count: 2, asker: true });
    expect(approvals('1 other')).toEqual({ count: 1, asker: false });
    expect(approvals('2 others')).toEqual({ count: 2, asker: false });
    for (const not of ['0', '11', 'two', '2 people'])
      expect(problems({ ...bot, MAINT_APPROVALS: not }), not).toHaveLength(1);
  });

  it('never repeats a value that could be a secret', () => {
    const found = problems({
      HEROKU_API_KEY: 'two words-secret',
      SLACK_BOT_TOKEN: 'xoxp-secret',
      DATABASE_URL: 'mysql://secret',
    });
    expect(found.join('\n')).not.toContain('secret ');
    expect(found.join('\n')).not.toMatch(/words-secret|xoxp-secret|mysql/);
  });

  it.each([
    ['https://maint.example.com', 'https://maint.example.com'],
    ['https://maint.example.com/', 'https://maint.example.com'],
    ['https://Maint.example.com:8443', 'https://maint.example.com:8443'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('takes %s as the address of maint', (given, origin) => {
    expect(readConfig({ ...bot, MAINT_URL: given }, 'bot').publicUrl).toBe(origin);
  });

  it.each([
    'maint.example.com',
    'http://maint.example.com',
    'http://127.0.0.1.example.com',
    'ftp://localhost',
    'https://maint.example.com/below',
    'https://maint.example.com/?x=1',
    'https://maint.example.com/#x',
    'https://user:secret@maint.example.com',
    'https://',
  ])('refuses %s as the address of maint, and says what it should be', (given) => {
    expect(problems({ ...bot, MAINT_URL: given })).toEqual([
      'MAINT_URL should be the https address of maint and nothing more, such as https://maint.example.com',
    ]);
  });

  it('knows no address of maint where none is given', () => {
    expect(readConfig(bot, 'bot').publicUrl).toBeNull();
  });
});
