// What a person pastes to switch autoscalers by hand, in a real bash.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AnyHold } from '../../../src/model/step.ts';
import { scene } from './autoscalers-scene.ts';

const on = { is_active: true, min_quantity: 1, max_quantity: 2, value: 500 };

describe.each(["it's", '$(touch pwned)', 'x; touch pwned', 'x\ntouch pwned\n', '--flag', 'a\u202eb'])(
  'what is to be pasted, with names like %j',
  (word) => {
    it.each(['heroku-autoscaling', 'hirefire'] as const)('does just that, and shows all of it (%s)', async (name) => {
      const { holds } = await scene();
      const hold: AnyHold = holds[name];
      const work = await mkdtemp(join(tmpdir(), 'autoscalers-'));
      onTestFinished(() => rm(work, { recursive: true }));
      const values = name === 'hirefire' ? [true, false] : [{ is_active: false }, on];
      for (const value of values) {
        const item = { key: word, label: `manager of ${word}`, before: value, sent: [] };
        const { byHand } = hold.say({ id: 'x', name: word }, item, value);
        expect(byHand).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        const script = `heroku() { printf '%s\\0' "$@"; }\n${byHand}`;
        const { stdout, stderr } = await promisify(execFile)('/bin/bash', ['-c', script], { cwd: work });
        expect([stderr, await readdir(work)]).toEqual(['', []]);
        const words = stdout.split('\0');
        expect(words[words.indexOf('--app') + 1]).toBe(word);
        if (name === 'hirefire') expect(words.at(-1)).toContain(`manager of ${word} of ${word} at https://`);
      }
    });
  },
);
