// How the queues that an app's settings name are called and found; what is in them is told in test/queues.
import { describe, expect, it } from 'vitest';
import { herokuQueues } from '../../src/heroku/queues.ts';
import type { QueueSetting } from '../../src/model/settings.ts';
import { shop } from '../helpers/engine.ts';
import { httpApp } from '../steps/http-app.ts';
import { stages } from './steps/stage.ts';

const stageFor = stages();

async function scene(queues: readonly QueueSetting[], config: Record<string, string> = {}) {
  const stage = await stageFor(shop({ config }), { queues: [...queues] });
  return { stage, queues: herokuQueues(stage.heroku) };
}

describe('the queues of an app', () => {
  it('are called by their system, and by what tells them apart where there are two of one', async () => {
    const { stage, queues } = await scene([
      { system: 'sidekiq', at: 'REDIS_URL' },
      { system: 'bullmq', at: 'REDIS_URL', prefix: 'a' },
      { system: 'bullmq', at: 'REDIS_URL', prefix: 'b' },
      { system: 'bullmq', at: 'REDIS_URL', prefix: 'b', queues: ['mails', 'reports'] },
    ]);
    expect(queues.of(stage.cx()).map(({ key, title }) => [key, title])).toEqual([
      ['sidekiq REDIS_URL', 'Sidekiq'],
      ['bullmq REDIS_URL a', 'BullMQ (REDIS_URL a)'],
      ['bullmq REDIS_URL b', 'BullMQ (REDIS_URL b)'],
      ['bullmq REDIS_URL b mails,reports', 'BullMQ (REDIS_URL b mails,reports)'],
    ]);
    expect(stage.sandbox.requests.list()).toEqual([]);
  });

  it('are called without the user, the password and the query of an address', async () => {
    const at = 'https://ada:s3cret@shop.example.com/app/?token=s3cret';
    const { stage, queues } = await scene([{ system: 'http', at }]);
    expect(queues.of(stage.cx()).map(({ key }) => key)).toEqual(['http https://shop.example.com/app']);
  });

  it('that cannot be read keep nobody from the others, and say why without their address', async () => {
    await using app = await httpApp();
    const { stage, queues } = await scene(
      [
        { system: 'http', at: 'APP_URL' },
        { system: 'sidekiq', at: 'REDIS_URL' },
        { system: 'resque', at: 'OTHER_URL' },
        { system: 'rq', at: 'constructor' },
      ],
      { APP_URL: app.url, REDIS_URL: 'redis://:s3cret@127.0.0.1:1' },
    );
    const looked = await queues.look(stage.cx());
    expect(looked.map(({ found }) => found.is)).toEqual(['read', 'unreadable', 'unreadable', 'unreadable']);
    const whys = looked.flatMap(({ found }) => (found.is === 'unreadable' ? [found.why] : []));
    expect(whys.slice(1)).toEqual(
      ['OTHER_URL', 'constructor'].map((name) => `shop has no config var ${name}, which its settings name`),
    );
    expect(whys.join()).not.toMatch(/s3cret|127\.0\.0\.1/);
    expect(stage.sandbox.requests.list().map(({ path }) => path.split('/').at(-1))).toEqual(['config-vars']);
  });

  it('are looked at one by one where only some are meant', async () => {
    await using app = await httpApp();
    const { stage, queues } = await scene([
      { system: 'http', at: app.url },
      { system: 'sidekiq', at: 'REDIS_URL' },
    ]);
    const [http] = queues.of(stage.cx());
    if (http === undefined) throw new Error('Expected a queue');
    expect((await queues.look(stage.cx(), [http])).map(({ key }) => key)).toEqual([http.key]);
    expect(stage.sandbox.requests.list()).toEqual([]);
  });

  it('are unread, not empty, while Heroku cannot be asked; without a token nothing is', async () => {
    const { stage, queues } = await scene([{ system: 'sidekiq', at: 'REDIS_URL' }], {
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    const fault = { service: 'heroku', path: '**/config-vars', kind: 'status' } as const;
    stage.sandbox.faults.add({ ...fault, status: 503, times: 3 });
    expect((await queues.look(stage.cx()))[0]?.found.is).toBe('unreadable');
    stage.sandbox.faults.add({ ...fault, status: 401 });
    await expect(queues.look(stage.cx())).rejects.toMatchObject({ wide: true });
  });
});
