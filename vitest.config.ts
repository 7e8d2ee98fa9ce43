import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Only ever reached by what hangs: how fast things are is the bench's business.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, and a PGlite takes 500 MB: more workers than this only make one another slow.
    maxWorkers: 2,
  },
});
