// How long a test waits for what must come: longer than any machine takes, so that it only ever ends what hangs, and less
// than a test has, so that it can say what did not come. For `vi.waitFor`, whose own limit is a second; `expect.poll` has it
// from vitest.config.ts.

/** Real milliseconds. */
export const PATIENCE_MS = 90_000;
export const PATIENCE = { timeout: PATIENCE_MS, interval: 20 } as const;
