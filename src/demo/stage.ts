// Sets the stage: the sandbox with its example apps, and maint against it over real HTTP, real Bolt and the
// embedded database in a directory of its own. One clock for both, which runs faster than the machine's.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { SandboxClock, startSandbox } from '../sandbox/index.ts';
import { startMaint } from '../wire.ts';

export type Stage = Awaited<ReturnType<typeof setStage>>;

/** `speed`: milliseconds of domain time in a real one. */
export async function setStage(speed: number) {
  const clock = new SandboxClock({ speed });
  const sandbox = await startSandbox({ clock, examples: true });
  const dataDir = await mkdtemp(join(tmpdir(), 'maint-demo-'));
  const read = readConfig({ ...sandbox.env, MAINT_DATA_DIR: dataDir, LOG_LEVEL: 'error' }, 'bot');
  // The commands that undo everything shall be in the thread before the first change, however fast the time runs.
  // A minute of watching shows what it does.
  const settings = { ...read.settings, emergencyWait: 60_000, watchAfter: 60_000 };
  const config: Config = { ...read, settings };
  const maint = await startMaint({ config, clock, log: createLog('error'), withSlack: true });
  return {
    clock,
    sandbox,
    slack: sandbox.slack,
    world: sandbox.world,
    maint,
    async close() {
      await maint.stop();
      await sandbox.close();
      clock.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
