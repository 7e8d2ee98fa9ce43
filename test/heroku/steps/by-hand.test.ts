// The commands of the emergency card, in a real bash with a `heroku` on its PATH that only writes down what it was given.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHeroku } from '../../../src/heroku/api/client.ts';
import { createHerokuScheduler } from '../../../src/heroku/schedulers/heroku-scheduler.ts';
import { herokuSteps } from '../../../src/heroku/steps/index.ts';
import type { Json } from '../../../src/model/json.ts';
import { holdsOf } from './stage.ts';

const hostile = [
  "it's",
  'a "b" c',
  '$(touch pwned)',
  '`touch pwned`',
  'x; touch pwned',
  'x\ntouch pwned\n',
  'x && touch pwned || touch pwned & touch pwned | tee pwned > pwned',
  '#not a comment',
  'a\u202eb\u2066c\u200f',
  '--flag',
  '-',
  '*',
  '~',
  '!!',
  '\\',
  "\\'; touch pwned; '",
  '\u001b[2J\t\r',
  '🧯',
] as const;

let bin: string;
let work: string;
beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'by-hand-bin-'));
  // Each call is a line of NUL-ended words; bash's own builtins only.
  await writeFile(join(bin, 'heroku'), '#!/bin/bash\nprintf "%s\\0" "$@" >> "$CALLS"\nprintf "\\n\\0" >> "$CALLS"\n');
  await chmod(join(bin, 'heroku'), 0o755);
});
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'by-hand-'));
  return () => rm(work, { recursive: true });
});
afterAll(() => rm(bin, { recursive: true }));

/** What `heroku` was called with; throws where anything else was run, or left behind. */
async function paste(pasted: string): Promise<{ calls: string[][]; stdout: string }> {
  const calls = join(bin, 'calls');
  await rm(calls, { force: true });
  const { stdout, stderr } = await promisify(execFile)('/bin/bash', ['-c', pasted], {
    cwd: work,
    env: { PATH: bin, CALLS: calls, HOME: work, LANG: 'C.UTF-8' },
  });
  expect(stderr).toBe('');
  expect(await readdir(work)).toEqual([]);
  const words = (await readFile(calls, 'utf8')).split('\0').slice(0, -1);
  return { calls: groups(words), stdout };
}

function groups(words: readonly string[]): string[][] {
  const end = words.indexOf('\n');
  return end === -1 ? [] : [words.slice(0, end), ...groups(words.slice(end + 1))];
}

// What is said is a matter of the step alone: nobody listens there.
const nowhere = 'http://127.0.0.1:9';
const steps = herokuSteps(
  createHeroku({ apiUrl: nowhere, token: 'none' }),
  createHerokuScheduler({ url: nowhere, token: 'none' }),
);

/** What is pasted to put `value` back, for an app and an item of these names. */
function byHand(step: string, app: string, key: string, value: Json): string {
  const hold = holdsOf(steps.quiet).find(({ name }) => name === step);
  return hold?.say({ id: 'x', name: app }, { key, label: key, before: value, sent: [] }, value).byHand ?? '';
}

describe.each(hostile)('with a name or a value like %j', (word) => {
  it('turns maintenance mode on and off for just this app', async () => {
    expect((await paste(byHand('maintenance', word, 'maintenance', true))).calls).toEqual([
      ['maintenance:on', '--app', word],
    ]);
    expect((await paste(byHand('maintenance', word, 'maintenance', false))).calls).toEqual([
      ['maintenance:off', '--app', word],
    ]);
  });

  it.each(['workers', 'clocks'])('scales just this process type of the %s', async (step) => {
    const { calls } = await paste(byHand(step, word, word, 4));
    const target = `${word}=4`;
    expect(calls).toEqual([
      word.startsWith('-') ? ['ps:scale', '--app', word, '--', target] : ['ps:scale', target, '--app', word],
    ]);
  });

  it('sets the config var to just this value, and unsets it', async () => {
    expect((await paste(byHand('variable', word, 'MAINTENANCE', word))).calls).toEqual([
      ['config:set', `MAINTENANCE=${word}`, '--app', word],
    ]);
    expect((await paste(byHand('variable', word, 'MAINTENANCE', null))).calls).toEqual([
      ['config:unset', 'MAINTENANCE', '--app', word],
    ]);
  });

  it('opens the Scheduler, says which job, and shows nothing of its command', async () => {
    const { calls, stdout } = await paste(byHand('scheduler', word, word, `secret ${word}`));
    expect(calls).toEqual([['addons:open', 'scheduler', '--app', word]]);
    expect(stdout.startsWith(`job ${word}: its command is the text in quotes behind maint-paused`)).toBe(true);
    expect(stdout).not.toContain('secret');
  });

  it('lists the webhooks, and says which one to remove', async () => {
    const { calls, stdout } = await paste(byHand('webhook', word, word, false));
    expect(calls).toEqual([['webhooks', '--app', word]]);
    expect(stdout).toContain(`with the ID of the one whose URL ends in ${word},`);
  });

  it('takes one line, in which nothing is hidden', async () => {
    const values = { webhook: false, maintenance: true, scheduler: word, clocks: 1, workers: 1, variable: word };
    for (const [step, value] of Object.entries(values)) {
      expect(byHand(step, word, word, value)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });
});
