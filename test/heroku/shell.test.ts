import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { command } from '../../src/heroku/shell.ts';

/** What a real bash makes of the words. */
async function words(pasted: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('bash', ['-c', `printf '%s\\0' ${pasted}`], { encoding: 'utf8' });
  return stdout.split('\0').slice(0, -1);
}

describe('a command to paste', () => {
  it('leaves words alone in which no shell reads anything', () => {
    expect(command('heroku', 'ps:scale', 'worker=4', '--app', 'shop')).toBe('heroku ps:scale worker=4 --app shop');
  });

  it.each([
    { what: 'nothing', word: '' },
    { what: 'a quote', word: "it's" },
    { what: 'an exclamation mark and a quote', word: "it's!" },
    { what: 'both quotes', word: `"it's"` },
    { what: 'a substitution', word: '$(touch /tmp/pwned) `id` $HOME' },
    { what: 'a backslash', word: 'a\\b\\' },
    { what: 'a backslash and a quote', word: "a\\'b" },
    { what: 'a newline', word: 'a\nrm -rf /\nb' },
    { what: 'a newline, a quote and a hex digit', word: "it's\nfa\\" },
    { what: 'a tab and an escape', word: 'a\tb\u001b[31m' },
    { what: 'a comment', word: '# not a comment' },
    { what: 'a glob', word: '*?[a]{b,c}~' },
    { what: 'an assignment of nothing', word: '=ls' },
    { what: 'a mark that turns the direction of text', word: 'a\u202etxt.exe\u202c' },
    { what: 'a character that cannot be seen', word: 'a\u200bb\ufeff' },
    { what: 'words of another script', word: 'Größe 数量 🧯' },
    { what: 'a chain of commands', word: 'a; b && c | d > e & f' },
  ])('is taken for the very same word where it has $what', async ({ word }) => {
    const pasted = command('x', word);
    expect(await words(pasted)).toEqual(['x', word]);
    expect(pasted).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});
