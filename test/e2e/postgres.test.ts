import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/log.ts';
import { open } from '../../src/model/questions.ts';
import type { Run } from '../../src/model/run.ts';
import { examples, SandboxClock, startSandbox } from '../../src/sandbox/index.ts';
import { type Maint, startMaint } from '../../src/wire.ts';
import { emptyPostgres, postgres } from '../helpers/database.ts';
import { ada, grace } from '../helpers/engine.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

/** Resolves as soon as the run is so. The time that passes is the sandbox's, thirty times as fast as ours. */
async function until(maint: Maint, id: string, so: (run: Run) => boolean): Promise<Run> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const run = await maint.store.load(id);
    if (run !== null && so(run)) return run;
    if (performance.now() > deadline) throw new Error(`Expected the run to get there: ${JSON.stringify(run?.steps)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(postgres().missing !== null)('two processes on one Postgres', () => {
  it('share a maintenance: begun at one, approved at the other, and everything is back', async () => {
    const clock = new SandboxClock({ speed: 30, start: Date.UTC(2026, 10, 21, 12, 34) });
    const sandbox = await startSandbox({ clock });
    for (const app of examples) sandbox.world.addApp(app);
    const config = readConfig({ ...sandbox.env, DATABASE_URL: await emptyPostgres() }, 'terminal');
    const wiring = { config, clock, log: silentLog, withSlack: false };
    const [one, other] = await Promise.all([startMaint(wiring), startMaint(wiring)]);
    try {
      const before = sandbox.world.settings('shop');
      const request = { app: 'shop', length: null, because: null, channel: null, accepted: [] };
      const both = await Promise.all([one.commands.start(ada, request), other.commands.start(grace, request)]);
      const started = both.flatMap((reply) => (reply.is === 'started' ? [reply.run] : []));
      expect(started).toHaveLength(1);
      expect(both.flatMap((reply) => (reply.is === 'refused' ? [reply.says] : []))[0]).toContain('first');
      const id = started[0]?.id ?? '';
      await until(one, id, (run) => run.quietAt !== null);
      expect(sandbox.world.settings('shop').maintenance).toBe(true);

      await other.commands.resume(grace, 'shop');
      const asked = await until(other, id, (run) => run.questions.some((q) => q.shown !== null));
      const question = asked.questions.find(open);
      const hash = question?.shown?.hash ?? '';
      await other.commands.answer(grace, { run: id, question: question?.id ?? '', answer: 'approve', hash });
      expect((await until(one, id, (run) => run.ended !== null)).ended?.as).toBe('restored');
      expect(sandbox.world.settings('shop')).toEqual(before);
    } finally {
      await Promise.all([one.stop(), other.stop()]);
      await sandbox.close();
      clock.close();
    }
  });
});
