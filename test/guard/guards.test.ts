// The contract of all guards: the script in every shell, and what does the same inside Ruby, Python and Node.
import { describe, expect, test } from 'vitest';
import { type Guard, guards, run } from './guards.ts';

const went = { status: 7, signal: null, out: 'ran\n', err: '' };

/** Which of the values are a maintenance to it. */
function maintenances({ command, asked }: Guard, values: readonly string[]): string[] {
  if (asked === null) return values.filter((value) => run(command, { MAINTENANCE: value }).out === '');
  const answers: boolean[] = JSON.parse(run([...asked, JSON.stringify(values)]).out);
  return values.filter((_, n) => answers[n]);
}

describe.each(guards)('The guard in $name', (guard) => {
  const { command, asked, missing } = guard;

  test.skipIf(missing !== null)('goes on where MAINTENANCE is not set', () => {
    expect(run(command)).toEqual(went);
  });

  test.skipIf(missing !== null)('goes on where it is false, as in apps that have it in ordinary times too', () => {
    expect(run(command, { MAINTENANCE: 'false' })).toEqual(went);
    expect(maintenances(guard, ['', '0', 'false', 'False', 'FALSE'])).toEqual([]);
  });

  test.skipIf(missing !== null)('does nothing, says so in a line and exits 0 where it is anything else', () => {
    const ran = run(command, { MAINTENANCE: 'true' });
    expect({ ...ran, err: '' }).toEqual({ status: 0, signal: null, out: '', err: '' });
    expect(ran.err).toMatch(/^maint-guard: MAINTENANCE is set: [^\n]*\n$/);
    const values = [
      'true',
      '1',
      'yes',
      'off',
      ' ',
      'falsetto',
      '00',
      '*',
      "it's; exit 9",
      'two\nlines',
      '\nfalse',
      'ä',
    ];
    expect(maintenances(guard, values)).toEqual(values);
  });

  test.skipIf(missing !== null)('goes by another variable where one is named, and then by that one alone', () => {
    const ran = run(command, { MAINT_GUARD_VARIABLE: 'PAUSED', PAUSED: 'true' });
    expect(ran).toMatchObject({ status: 0, out: '' });
    expect(ran.err).toMatch(/^maint-guard: PAUSED is set: /);
    expect(run(command, { MAINT_GUARD_VARIABLE: 'PAUSED', MAINTENANCE: 'true' })).toEqual(went);
    expect(run(command, { MAINT_GUARD_VARIABLE: '', MAINTENANCE: 'true' })).toMatchObject({ status: 0, out: '' });
  });

  test.skipIf(missing !== null).each(['MAINTENANCE ', '1A', 'A=1', 'MAINTENANCE\n', 'MÜDE'])(
    'runs nothing, and fails, where %j is to be the variable: it is no name',
    (name) => {
      const ran = run(command, { MAINT_GUARD_VARIABLE: name, MAINTENANCE: 'true' });
      expect(ran.out).toBe('');
      expect(ran.err).toContain('MAINT_GUARD_VARIABLE should be the name of a config var');
      expect(ran.status).toBe(asked === null ? 64 : 1);
    },
  );
});
