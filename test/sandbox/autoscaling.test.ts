import { expect, onTestFinished, test } from 'vitest';
import { startAutoscaling } from '../../src/sandbox/autoscaling.ts';
import { type AppDescription, SandboxClock, startSandbox } from '../../src/sandbox/index.ts';

const MINUTE = 60_000;

async function started(app: Partial<AppDescription> = {}) {
  const clock = new SandboxClock({ manual: true });
  const sandbox = await startSandbox({ clock });
  const { id } = sandbox.world.addApp({ name: 'shop', formation: { web: { size: 'performance-m' } }, ...app });
  const autoscaling = await startAutoscaling({ clock, world: sandbox.world });
  onTestFinished(async () => {
    await autoscaling.close();
    await sandbox.close();
  });
  const ask = async (method: string, path: string, body: object | null = null, token = sandbox.heroku.token) => {
    const response = await fetch(`${autoscaling.url}/apps/${id}/formation/web/monitors${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === null ? {} : { 'content-type': 'application/json' }) },
      body: body === null ? null : JSON.stringify(body),
    });
    return { status: response.status, json: (await response.json()) as unknown };
  };
  const web = () => sandbox.world.settings('shop').formation['web']?.quantity;
  return { autoscaling, clock, world: sandbox.world, ask, web };
}

test('an app without monitors has an empty list, and an unknown token none', async () => {
  const { ask } = await started();
  expect(await ask('GET', '')).toEqual({ status: 200, json: [] });
  expect(await ask('GET', '', null, 'nobody')).toMatchObject({ status: 401, json: { id: 'unauthorized' } });
});

test('a change is accepted with an empty answer, and seen at the next look', async () => {
  const { ask, autoscaling } = await started();
  const { id } = autoscaling.add('shop');
  const off = { is_active: false, op: 'GREATER_OR_EQUAL', period: 1 };
  expect(await ask('PATCH', `/${id}`, off)).toEqual({ status: 202, json: {} });
  expect(await ask('GET', '')).toMatchObject({
    json: [{ id, is_active: false, action_type: 'scale', process_type: 'web' }],
  });
  expect(await ask('PATCH', `/${id}`, { is_active: true })).toMatchObject({ status: 422 });
  expect(await ask('PATCH', '/another', off)).toMatchObject({ status: 404, json: { id: 'not_found' } });
});

test('while it is on it goes by one dyno a minute to what the traffic asks for, within its limits', async () => {
  const { autoscaling, clock, web } = await started();
  autoscaling.add('shop', { demand: 9, max_quantity: 3 });
  clock.advance(MINUTE);
  expect(web()).toBe(2);
  clock.advance(5 * MINUTE);
  expect(web()).toBe(3);
});

test('in maintenance mode there is no traffic, so one that is on takes web to its least', async () => {
  const { autoscaling, clock, world, web } = await started({
    formation: { web: { quantity: 3, size: 'performance-m' } },
  });
  autoscaling.add('shop', { min_quantity: 2 });
  clock.advance(5 * MINUTE);
  expect(web()).toBe(3);
  world.setMaintenance('shop', true);
  clock.advance(5 * MINUTE);
  expect(web()).toBe(2);
});

test('one that is on brings web back from nothing; one that is off, or gone, does not', async () => {
  const { autoscaling, clock, world, web } = await started();
  const monitor = autoscaling.add('shop', { is_active: false });
  world.scale('shop', 'web', 0);
  clock.advance(10 * MINUTE);
  expect(web()).toBe(0);
  autoscaling.set(monitor, { is_active: true });
  expect(web()).toBe(1);
  world.scale('shop', 'web', 0);
  clock.advance(2 * MINUTE);
  expect(web()).toBe(1);
  autoscaling.remove(monitor);
  world.scale('shop', 'web', 0);
  clock.advance(10 * MINUTE);
  expect(web()).toBe(0);
});

test('it takes no notice of an app that was deleted', async () => {
  const { autoscaling, clock, world, ask } = await started();
  autoscaling.add('shop');
  world.removeApp('shop');
  clock.advance(5 * MINUTE);
  expect(await ask('GET', '')).toMatchObject({ status: 404, json: { id: 'not_found' } });
});

test('after a reset there is nothing, and nothing is scaled', async () => {
  const { autoscaling, clock, world, ask, web } = await started();
  autoscaling.add('shop');
  autoscaling.reset();
  world.scale('shop', 'web', 0);
  clock.advance(10 * MINUTE);
  expect(web()).toBe(0);
  expect(await ask('GET', '')).toMatchObject({ json: [] });
});
