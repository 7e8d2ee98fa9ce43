// The emergency card with maint dead: its commands, pasted into bash with the real Heroku CLI, undo everything but the
// Scheduler's jobs, for which there is no command.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { byHand } from '../../src/terminal/undo.ts';
import { engines, shop } from '../helpers/engine.ts';

const CLI = fileURLToPath(new URL('../heroku-cli/node_modules/.bin/heroku', import.meta.url));
const engineFor = engines();

describe.skipIf(!existsSync(CLI))('with the Heroku CLI alone', () => {
  it('the commands of the emergency card put back everything but the jobs, whose commands stand in their markers', async () => {
    const engine = await engineFor({
      apps: [
        shop({
          formation: { web: {}, clock: {}, worker: { quantity: 3, size: 'standard-2x' }, '-odd': { quantity: 2 } },
          config: { MAINTENANCE: "it's\n$(not) `now`" },
          jobs: [{ id: '7', command: 'rake nightly', every: 1440, at: 180 }],
        }),
      ],
    });
    const before = engine.world.settings('shop');
    const { id } = await engine.start('shop');
    await engine.holding(id);
    const [opens, commands] = split(byHand(await engine.the(id)));
    expect(opens).toHaveLength(1);
    expect(commands).toHaveLength(5);
    const home = await mkdtemp(join(tmpdir(), 'by-hand-cli-'));
    try {
      await Promise.all(commands.map((command) => paste(command, home, engine.sandbox.env)));
    } finally {
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
    const [job] = before.jobs;
    expect(engine.world.settings('shop')).toEqual({
      ...before,
      jobs: [{ ...job, command: `: # maint-paused ${id} "rake nightly"` }],
    });
  });
});

function split(commands: readonly string[]): [string[], string[]] {
  const opens = (command: string) => command.startsWith('heroku addons:open');
  return [commands.filter(opens), commands.filter((command) => !opens(command))];
}

async function paste(
  command: string,
  home: string,
  env: { HEROKU_HOST: string; HEROKU_API_KEY: string },
): Promise<void> {
  await promisify(execFile)('bash', ['-c', command], {
    env: {
      HEROKU_HOST: env.HEROKU_HOST,
      HEROKU_API_KEY: env.HEROKU_API_KEY,
      DISABLE_TELEMETRY: 'true',
      // It would start a process of its own that looks for a newer CLI on the network.
      HEROKU_DISABLE_AUTOUPDATE: 'true',
      HEROKU_SKIP_NEW_VERSION_CHECK: 'true',
      HOME: home,
      PATH: [dirname(process.execPath), dirname(CLI), process.env['PATH']].join(delimiter),
    },
  });
}
