import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Only ever reached by what hangs: how fast things are is the bench's business.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // The same: less than a test has, so that what did not come is named. Vitest's own second is over on a busy machine.
    expect: { poll: { timeout: 90_000 } },
    // Two cores, and a PGlite takes 500 MB: more workers than this only make one another slow.
    maxWorkers: 2,
  },
});
