import { expect, onTestFinished, test } from 'vitest';
import { startHireFire } from '../../src/sandbox/hirefire.ts';
import { SandboxClock, startSandbox } from '../../src/sandbox/index.ts';

const MINUTE = 60_000;

async function started() {
  const clock = new SandboxClock({ manual: true });
  const sandbox = await startSandbox({ clock });
  sandbox.world.addApp({ name: 'shop', formation: { web: {}, worker: { quantity: 3 } } });
  const hirefire = await startHireFire({ clock, world: sandbox.world });
  onTestFinished(async () => {
    await hirefire.close();
    await sandbox.close();
  });
  const application = hirefire.add('shop');
  const ask = async (
    method: string,
    path: string,
    body: object | null = null,
    authorization = `Token ${hirefire.key}`,
  ) => {
    const response = await fetch(hirefire.url + path, {
      method,
      headers: {
        accept: 'application/vnd.hirefire.v1+json',
        authorization,
        ...(body === null ? {} : { 'content-type': 'application/json' }),
      },
      body: body === null ? null : JSON.stringify(body),
    });
    return { status: response.status, json: (await response.json()) as unknown };
  };
  const workers = () => sandbox.world.settings('shop').formation['worker']?.quantity;
  return { hirefire, application, clock, world: sandbox.world, ask, workers };
}

test('applications and their managers are listed under their names, for its key alone', async () => {
  const { hirefire, application, ask } = await started();
  const { id } = hirefire.manage(application, 'worker');
  expect(await ask('GET', '/applications')).toMatchObject({
    json: { applications: [{ id: application.id, name: 'shop' }] },
  });
  expect(await ask('GET', `/applications/${application.id}/managers`)).toMatchObject({
    json: {
      managers: [{ id, application_id: application.id, name: 'worker', enabled: true, minimum: 1, maximum: 10 }],
    },
  });
  expect(await ask('GET', `/managers/${id}`)).toMatchObject({ json: { manager: { id } } });
  for (const wrong of [`Bearer ${hirefire.key}`, 'Token hirefire-token'])
    expect(await ask('GET', '/applications', null, wrong)).toMatchObject({ status: 401 });
  expect(await ask('GET', '/applications/another/managers')).toMatchObject({ status: 404 });
});

test('an update replaces the whole manager, and refuses a part of one', async () => {
  const { hirefire, application, ask } = await started();
  const { id, values } = hirefire.manage(application, 'worker', { ratio: 5 });
  expect(await ask('PATCH', `/managers/${id}`, { manager: { enabled: false } })).toMatchObject({ status: 422 });
  const rest = { ...values, ratio: undefined, enabled: false, id: 'another', dyno_quantity: 99 };
  const answer = await ask('PATCH', `/managers/${id}`, { manager: rest });
  expect(answer).toMatchObject({ status: 200, json: { manager: { id, enabled: false, dyno_quantity: 0 } } });
  expect(answer.json).not.toMatchObject({ manager: { ratio: 5 } });
});

test('while it is enabled it scales at each checkup to what its queue asks for, within its limits', async () => {
  const { hirefire, application, clock, workers } = await started();
  const manager = hirefire.manage(application, 'worker', { maximum: 5 });
  clock.advance(5 * MINUTE);
  expect(workers()).toBe(3);
  manager.demand = 40;
  clock.advance(MINUTE);
  expect(workers()).toBe(5);
});

test('it goes by a formation that is up to ten minutes old, and then revives what others have stopped', async () => {
  const { hirefire, application, clock, world, workers } = await started();
  hirefire.manage(application, 'worker');
  clock.advance(MINUTE);
  world.scale('shop', 'worker', 0);
  clock.advance(9 * MINUTE);
  expect(workers()).toBe(0);
  clock.advance(2 * MINUTE);
  expect(workers()).toBe(3);
});

test('one that is disabled, or gone, revives nothing', async () => {
  const { hirefire, application, clock, world, workers } = await started();
  hirefire.manage(application, 'worker', { enabled: false });
  hirefire.remove(hirefire.manage(application, 'worker'));
  world.scale('shop', 'worker', 0);
  clock.advance(60 * MINUTE);
  expect(workers()).toBe(0);
});

test('after a reset there is nothing, and nothing is scaled', async () => {
  const { hirefire, application, clock, world, ask, workers } = await started();
  hirefire.manage(application, 'worker');
  hirefire.reset();
  world.scale('shop', 'worker', 0);
  clock.advance(60 * MINUTE);
  expect(workers()).toBe(0);
  expect(await ask('GET', '/applications')).toMatchObject({ json: { applications: [] } });
});
