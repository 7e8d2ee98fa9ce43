import { describe, expect, it } from 'vitest';
import { herokus, scene } from './autoscalers-scene.ts';
import { capture, changes } from './stage.ts';

describe("Heroku's own autoscaling", () => {
  it.each([
    ['performance-m', 1],
    ['private-s', 1],
    ['standard-2x', 0],
    ['eco', 0],
  ])('of web dynos of the size %s is asked for %i times', async (size, times) => {
    const { stage, heros, holds } = await scene({ formation: { web: { size }, worker: { size: 'performance-l' } } });
    expect(await holds['heroku-autoscaling'].look(stage.cx())).toEqual({ is: 'seen', items: [], warnings: [] });
    expect(heros.requests.list()).toHaveLength(times);
  });

  it('is not asked for in an app without web', async () => {
    const { stage, heros, holds } = await scene({ formation: { worker: { size: 'performance-l' } } });
    expect(await holds['heroku-autoscaling'].look(stage.cx())).toEqual({ is: 'seen', items: [], warnings: [] });
    expect(heros.requests.list()).toEqual([]);
  });

  it('says its limits, and the command of the Heroku CLI that sets them', async () => {
    const set = await scene();
    const { hold } = herokus(set);
    const [item] = await capture(set.stage, hold);
    if (item === undefined) throw new Error('Expected an item');
    const { app } = set.stage.cx();
    expect(hold.say(app, item, item.before)).toEqual({
      will: 'on (2 to 4 dynos, p95 750 ms)',
      byHand: 'heroku ps:autoscale:enable --min 2 --max 4 --p95 750 --notifications --app shop',
    });
    expect(hold.say({ ...app, name: "it's; x" }, item, hold.aim(set.stage.cx(), item, 'quiet', null))).toEqual({
      will: 'switched off',
      byHand: "heroku ps:autoscale:disable --app 'it'\\''s; x'",
    });
  });

  it('sends all of its values again, though only that it is off was sent before', async () => {
    const set = await scene();
    const its = herokus(set);
    const items = await capture(set.stage, its.hold);
    for (const way of ['quiet', 'back'] as const)
      await its.hold.write(set.stage.cx(), changes(set.stage, its.hold, items, way));
    const bodies = its.requests.list({ method: 'PATCH' }).map(({ body }) => body);
    expect(bodies).toEqual([
      { is_active: false, op: 'GREATER_OR_EQUAL', period: 1 },
      {
        is_active: true,
        min_quantity: 2,
        max_quantity: 4,
        value: 750,
        op: 'GREATER_OR_EQUAL',
        period: 1,
        action_type: 'scale',
        notification_channels: ['app'],
        notification_period: 60,
      },
    ]);
  });
});
