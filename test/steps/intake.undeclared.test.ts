// Queues that are nowhere declared, such as those of Rails' systems in Postgres: known by their jobs alone, and paused by their names.
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/model/judge.ts';
import { postgres } from '../helpers/database.ts';
import { capture, changes } from '../heroku/steps/stage.ts';
import { appDatabase } from '../queues/app-database.ts';
import { TABLES as GOOD_JOB } from '../queues/good-job-tables.ts';
import { TABLES as SOLID_QUEUE } from '../queues/solid-queue-tables.ts';
import { scenes } from './scene.ts';

const sceneFor = scenes();

const systems = {
  'Solid Queue': {
    queue: { system: 'solid-queue' as const, at: 'DATABASE_URL' },
    tables: SOLID_QUEUE,
    jobs: 'solid_queue_jobs',
    add: `insert into solid_queue_jobs (queue_name, class_name, created_at, updated_at) values ('mailers', 'MailJob', now(), now())`,
    resume: 'delete from solid_queue_pauses',
  },
  GoodJob: {
    queue: { system: 'good-job' as const, at: 'DATABASE_URL', pauses: true },
    tables: GOOD_JOB,
    jobs: 'good_jobs',
    add: `insert into good_jobs (queue_name, created_at, updated_at) values ('mailers', now(), now())`,
    resume: `update good_job_settings set value = '{"queues": []}'`,
  },
};

describe.skipIf(postgres().missing !== null).each(Object.entries(systems))(
  'a queue of %s whose jobs are all done',
  (_, { queue, tables, jobs, add, resume }) => {
    async function paused() {
      const { url, run } = await appDatabase(tables);
      await run(add);
      const stage = await sceneFor({ queues: [queue] }, { config: { DATABASE_URL: url } });
      const hold = stage.held('intake');
      const items = (await capture(stage, hold)).map((item) => ({ ...item, sent: [true] }));
      const cx = () => ({ ...stage.cx(), captured: () => items.map(({ key }) => key) });
      await hold.write(cx(), changes(stage, hold, items, 'quiet'));
      await run(`delete from ${jobs}`);
      const judged = async () => {
        const look = await hold.look(cx());
        if (look.is !== 'seen') throw new Error(look.why);
        return items.map((item) => judge(item, look.items.find(({ key }) => key === item.key)?.value));
      };
      return { stage, hold, items, cx, run, judged };
    }

    it('is as it was when it has been resumed, and not gone', async () => {
      const { stage, hold, items, cx, judged } = await paused();
      expect(await judged()).toEqual(['ours']);
      expect(await hold.write(cx(), changes(stage, hold, items, 'back'))).toMatchObject({
        items: [{ key: items[0]?.key, value: false }],
      });
      expect(await judged()).toEqual(['before']);
    });

    it('that somebody else has resumed is seen, and paused once more', async () => {
      const { stage, hold, items, cx, run, judged } = await paused();
      await run(resume);
      expect(await judged()).toEqual(['before']);
      expect(await hold.settle(cx(), 'quiet', items, null)).toEqual({ is: 'again', memo: null });
      await hold.write(cx(), changes(stage, hold, items, 'quiet'));
      expect(await judged()).toEqual(['ours']);
    });

    it('is none of another schema', async () => {
      const { hold, stage, items } = await paused();
      const other = { ...queue, schema: 'public' };
      const settings = { ...stage.cx().settings, queues: [queue, other] };
      const keys = items.map(({ key }) => key.replace('DATABASE_URL', 'DATABASE_URL public'));
      const look = await hold.look({ ...stage.cx(), settings, captured: () => keys });
      expect(look.is === 'seen' && look.items.map(({ key }) => key)).toEqual([items[0]?.key, ...keys]);
    });
  },
);
