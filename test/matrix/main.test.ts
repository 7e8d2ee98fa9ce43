// What `npm run matrix` says with its exit status: scripts go by it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Its exit status, and what it says to whoever typed it. */
function matrix(...args: readonly string[]): Promise<{ readonly status: unknown; readonly says: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], (error, _, says) =>
      resolve({ status: error?.code ?? 0, says }),
    );
  });
}

it('that nothing was played is no success', async () => {
  // A row of the first tier.
  expect((await matrix('--tier', '2', '--row', 'several')).status).toBe(1);
});

it.each([
  [['--most', 'x'], 'Expected a number from 1 on for --most, got x'],
  [['--tier', '3'], 'Expected --tier 1 or 2, got 3'],
  [['--part', '3/2'], 'Expected a part like 1/2, got 3/2'],
  [['--row', 'nonsense'], 'Expected a row, one of cut-store-before, '],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('what makes no sense is told in a line: %j', async (args, why) => {
  const { status, says } = await matrix(...args);
  expect(status).toBe(2);
  expect(says).toMatch(/^[^\n]+\n$/);
  expect(says).toContain(why);
});
