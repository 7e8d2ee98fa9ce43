import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Two cores, and a PGlite takes 500 MB: more workers than this only make one another slow.
    maxWorkers: 2,
  },
});
