// What a plan lists: what would be held still, and no more.
import { expect, test } from 'vitest';
import { createHeroku } from '../../../src/heroku/api/client.ts';
import { herokuPlatform } from '../../../src/heroku/platform.ts';
import { createHerokuScheduler } from '../../../src/heroku/schedulers/heroku-scheduler.ts';
import { subscription } from '../../../src/heroku/webhooks/subscription.ts';
import { silentLog } from '../../../src/log.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { nobody } from '../../../src/policy/policy.ts';
import { createCommands } from '../../../src/run/commands/index.ts';
import { byHandOf } from '../../../src/terminal/undo.ts';
import { ada, engines, shop } from '../../helpers/engine.ts';
import { members } from '../../helpers/members.ts';

const engineFor = engines();

test('the webhook of a run is not in it: without a run there is no command that takes it away', async () => {
  const engine = await engineFor({ apps: [shop()] });
  const { url, token, schedulerUrl } = engine.sandbox.heroku;
  const heroku = createHeroku({ apiUrl: url, token });
  const scheduler = createHerokuScheduler({ url: schedulerUrl, token });
  const itself = { app: null, databaseUrl: null };
  const commands = createCommands({
    store: engine.store,
    platform: herokuPlatform(heroku, scheduler, itself, subscription('https://maint.example.com', token)),
    clock: engine.clock,
    log: silentLog,
    who: nobody,
    whoIs: members,
    wake: () => {},
    settings: defaultSettings,
    defaultChannel: null,
  });
  const plan = await commands.plan(ada, 'shop');
  heroku.close();
  scheduler.close();
  if (plan.is === 'refused') throw new Error(plan.says);
  expect(plan.steps.map(({ name }) => name)).toContain('webhook');
  expect(plan.items.map(({ step }) => step)).not.toContain('webhook');
  expect(byHandOf(plan).join()).not.toContain('webhooks');
  expect(byHandOf(plan)).toContain('heroku ps:scale worker=2 --app shop');
});
