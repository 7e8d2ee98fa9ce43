import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { looksPaused, pausedCommand, readMarker } from '../../../src/heroku/schedulers/marker.ts';

const RUN = '01JABCDEF-7';

describe('the marker of a paused job', () => {
  test('is readable in the dashboard', () => {
    expect(pausedCommand(RUN, 'rake "send:all" x=é 🎉')).toBe(`: # maint-paused ${RUN} "rake \\"send:all\\" x=é 🎉"`);
  });

  test('gives any original back exactly', () => {
    const hostile = fc.constantFrom(
      '\n',
      '\r',
      '"',
      "'",
      '\\',
      '$(x)',
      '`',
      '\0',
      '\u0085',
      '\u2028',
      '\u2029',
      '#',
      '\u202e',
      '\ufeff',
      '👩‍🔧',
      '\ud800',
    );
    const original = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(hostile, fc.string())).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(original, fc.stringMatching(/^[\w.-]{1,40}$/), (command, runId) => {
        const marker = pausedCommand(runId, command);
        expect(readMarker(marker)).toEqual({ runId, original: command });
        expect(looksPaused(marker)).toBe(true);
        // One line, whatever takes a character for the end of one.
        expect(marker).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 500 },
    );
  });

  test('can itself be an original', () => {
    const inner = pausedCommand('a', 'rake x');
    expect(readMarker(pausedCommand('b', inner))).toEqual({ runId: 'b', original: inner });
  });

  test('is no other command', () => {
    for (const command of [
      '',
      ':',
      'rake x',
      ': # maint-paused',
      `echo ${pausedCommand(RUN, 'x')}`,
      '# maint-paused a "b"',
    ]) {
      expect(readMarker(command)).toBeNull();
    }
  });

  test('that was cut off or edited is no marker, but looks like one', () => {
    const marker = pausedCommand(RUN, 'rake send:all');
    for (const damaged of [marker.slice(0, -1), marker.slice(0, 20), `${marker} "`, marker.replace('"rake', 'rake')]) {
      expect(readMarker(damaged)).toBeNull();
      expect(looksPaused(damaged)).toBe(true);
    }
  });

  test('takes no run id that would break it', () => {
    for (const runId of ['', 'a b', 'a\nb', '$(x)', '"']) {
      expect(() => pausedCommand(runId, 'x')).toThrow('Expected a run id');
    }
  });
});

describe.each(['bash', 'sh'])('in a real %s', (shell) => {
  test('nothing of the original runs, and the job succeeds', () => {
    const dir = mkdtempSync(join(tmpdir(), 'marker-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const touch = `touch ${join(dir, 'ran')}`;
    const originals = [
      touch,
      `\n${touch}`,
      `\r\n${touch}\r\n`,
      `\u2028${touch}\u2029${touch}\u0085${touch}`,
      `$(${touch})`,
      `\`${touch}\``,
      `"; ${touch}; "`,
      `'; ${touch}; '`,
      `\\"; ${touch}; #`,
      `\\\n${touch}`,
      `<<EOF\n${touch}\nEOF\n${touch}`,
      `\0${touch}`,
      `!! ; ${touch}`,
      `\${x:-$(${touch})} && ${touch} 🎉`,
    ];
    // The originals do what they threaten: the first, unpaused, leaves its file.
    execFileSync(shell, ['-c', touch]);
    expect(existsSync(join(dir, 'ran'))).toBe(true);
    rmSync(join(dir, 'ran'));
    for (const original of originals) {
      const { status, stdout, stderr } = spawnSync(shell, ['-c', pausedCommand(RUN, original)], { encoding: 'utf8' });
      expect({ status, stdout, stderr, original }).toEqual({ status: 0, stdout: '', stderr: '', original });
      expect(existsSync(join(dir, 'ran'))).toBe(false);
    }
  });
});
