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

/** `speed`: milliseconds of domain time in a real one. `start`: when it is then, since the epoch; now where it is not said. */
export async function setStage(speed: number, start?: number) {
  // While everything starts no time passes to speak of: a job that is due in a while must not be due when the play begins.
  const clock = new SandboxClock({ speed: 1, ...(start === undefined ? {} : { start }) });
  const sandbox = await startSandbox({ clock, examples: true });
  const dataDir = await mkdtemp(join(tmpdir(), 'maint-demo-'));
  const read = readConfig({ ...sandbox.env, MAINT_DATA_DIR: dataDir, LOG_LEVEL: 'error' }, 'bot');
  // The commands that undo everything shall be in the thread before the first change, however fast the time runs.
  // A minute of watching shows what it does.
  const settings = { ...read.settings, emergencyWait: 60_000, watchAfter: 60_000 };
  const config: Config = { ...read, settings };
  const maint = await startMaint({ config, clock, log: createLog('error'), withSlack: true });
  clock.speed = speed;
  const { slack } = sandbox;
  const channel = slack.workspace.channels.find(({ name }) => name === 'ops')?.id ?? '';
  const inChannel = () => slack.messages.list({ channel });
  return {
    clock,
    sandbox,
    slack,
    /** The messages of #ops, oldest first, threads included. */
    inChannel,
    /** Whether one of them says so now. */
    shown: (text: RegExp) => inChannel().some((message) => text.test(slack.render(message, 400))),
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
