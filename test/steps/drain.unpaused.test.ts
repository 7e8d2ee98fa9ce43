// The drain of a system that nothing can pause, as its own tables tell of it.
import { describe, expect, it } from 'vitest';
import { postgres } from '../helpers/database.ts';
import { appDatabase, UTC } from '../queues/app-database.ts';
import { scenes } from './scene.ts';

const sceneFor = scenes();

describe.skipIf(postgres().missing !== null)('the drain of what nothing can pause', () => {
  const TABLES = `create table delayed_jobs (id bigserial primary key, priority integer not null default 0, attempts integer
    not null default 0, handler text not null, last_error text, run_at timestamp(6), locked_at timestamp(6), failed_at
    timestamp(6), locked_by varchar, queue varchar, created_at timestamp(6), updated_at timestamp(6));`;

  it('waits for the job in flight where none follows it, and in no case for one after the other', async () => {
    const { run, url } = await appDatabase(TABLES);
    const job = (locked: string): Promise<unknown> =>
      run(`insert into delayed_jobs (handler, run_at, locked_at) values ('--- x', ${UTC}, ${locked})`);
    const stage = await sceneFor(
      { queues: [{ system: 'delayed-job', at: 'DATABASE_URL' }] },
      { config: { DATABASE_URL: url } },
    );
    await job(UTC);
    const alone = await stage.waits('drain', async (waited) => {
      if (waited === 4_000) await run('delete from delayed_jobs');
    });
    expect(alone.verdict).toMatchObject({ is: 'done', findings: [{ is: 'proved' }] });
    expect(alone.whys[0]).toMatch(/^Delayed Job: 1 running, 0 queued/);
    await job(UTC);
    await job('null');
    const { verdict, whys } = await stage.waits('drain');
    expect(whys).toEqual([]);
    const says = expect.stringMatching(/^not drained: 1 running.*; nothing pauses it and 1 wait/);
    expect(verdict).toMatchObject({ is: 'done', findings: [{ subject: 'Delayed Job', is: 'not provable', says }] });
  });
});
