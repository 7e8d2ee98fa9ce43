// An Advanced Scheduler on this machine: the triggers of each app that has the add-on, changed by sending all of one, in
// the shapes that its own Heroku CLI plugin knows. The real service was never seen.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { World } from './heroku/world.ts';
import { type AddOnServerOptions, at, bearer, nextTime, Refusal, serveAddOn, startRun } from './scheduling-add-on.ts';

const writable = z.object({
  name: z.string(),
  value: z.string().min(1),
  frequencyType: z.enum(['recurring', 'one-off']),
  schedule: z.string(),
  timezone: z.string(),
  state: z.enum(['active', 'inactive']),
  dyno: z.string(),
  timeout: z.int().min(60).max(86_400),
});

export interface TriggerDescription {
  readonly uuid?: string;
  readonly name?: string;
  /** The command. */
  readonly value: string;
  /** Five cron fields; for a one-off a time such as "2026-12-25 00:00:00". */
  readonly schedule: string;
  readonly frequencyType?: 'recurring' | 'one-off';
  readonly timezone?: string;
  readonly state?: 'active' | 'inactive' | 'completed';
}

interface Trigger {
  readonly uuid: string;
  fields: Omit<z.infer<typeof writable>, 'state'> & { state: 'active' | 'inactive' | 'completed' };
  executions: number;
  updatedAt: number;
  cancel: () => void;
}

interface Account {
  readonly token: string;
  readonly appId: string;
  triggers: Trigger[];
}

export async function startAdvancedScheduler(options: AddOnServerOptions) {
  const { world } = options;
  let accounts: Account[] = [];
  /** Set to the name of a field, every change resets that field to nothing: an API that does not keep what it is sent. */
  const loses: { field: 'timezone' | 'name' | null } = { field: null };
  const server = await serveAddOn(options, '/advanced-scheduler', (to) => routes(to, world, () => accounts, loses));

  const account = (app: string): Account => {
    const { id } = world.app(app);
    const found = accounts.find(({ appId }) => appId === id);
    if (found === undefined) throw new Error(`Expected an app with Advanced Scheduler, got ${app}`);
    return found;
  };
  const trigger = (app: string, uuid: string): Trigger => {
    const found = account(app).triggers.find((one) => one.uuid === uuid);
    if (found === undefined) throw new Error(`Expected a trigger ${uuid} in ${app}`);
    return found;
  };

  return {
    ...server,
    loses,
    /** Gives an app the add-on. It sets no config var: the token is made by hand, and may be missing. */
    addTo(app: string, triggers: readonly TriggerDescription[], { token = true }: { token?: boolean } = {}): void {
      const added: Account = { token: `as-${world.newId()}`, appId: world.app(app).id, triggers: [] };
      accounts.push(added);
      world.attach(app, { service: 'advanced-scheduler', plan: 'premium-0' });
      if (token) world.app(app).configVars['ADVANCED_SCHEDULER_API_TOKEN'] = added.token;
      added.triggers = triggers.map((description) => newTrigger(world, added, description));
    },
    trigger,
    /** As somebody else would, in its dashboard. */
    change(app: string, uuid: string, change: Partial<Trigger['fields']>): void {
      set(world, account(app), trigger(app, uuid), { ...trigger(app, uuid).fields, ...change });
    },
    remove(app: string, uuid: string): void {
      trigger(app, uuid).cancel();
      const of = account(app);
      of.triggers = of.triggers.filter((one) => one.uuid !== uuid);
    },
    /** What a maintenance has to give back: equal before and after. */
    settings: (app: string) => account(app).triggers.map(({ uuid, fields }) => ({ uuid, ...fields })),
    /** Without any account again. */
    reset(): void {
      for (const one of accounts.flatMap(({ triggers }) => triggers)) one.cancel();
      accounts = [];
    },
  };
}

type OfTrigger = { Params: { uuid: string } };

function routes(
  server: FastifyInstance,
  world: World,
  accounts: () => readonly Account[],
  loses: { readonly field: 'timezone' | 'name' | null },
): void {
  const admitted = (request: FastifyRequest): Account => {
    const found = accounts().find(({ token }) => token === bearer(request.headers.authorization));
    if (found === undefined) throw new Refusal(401, 'Unauthorized.');
    return found;
  };
  const find = (request: FastifyRequest<OfTrigger>): { of: Account; trigger: Trigger } => {
    const of = admitted(request);
    const trigger = of.triggers.find(({ uuid }) => uuid === request.params.uuid);
    if (trigger === undefined) throw new Refusal(404, 'Trigger not found.');
    return { of, trigger };
  };
  server.get('/triggers', (request, reply) =>
    reply.send({ message: 'Success.', code: 'success', triggers: admitted(request).triggers.map(answer) }),
  );
  server.get<OfTrigger>('/triggers/:uuid', (request, reply) =>
    reply.send({ message: 'Success.', code: 'success', trigger: answer(find(request).trigger) }),
  );
  server.put<OfTrigger>('/triggers/:uuid', (request, reply) => {
    const { of, trigger } = find(request);
    const wanted = writable.safeParse(request.body);
    if (!wanted.success) throw new Refusal(422, 'Error during validation.');
    const { frequencyType, schedule, timezone, state } = wanted.data;
    const over = frequencyType === 'one-off' && nextTime(schedule, timezone, world.timers.now()) === null;
    if (state === 'active' && over) throw new Refusal(422, 'Error during validation.');
    set(world, of, trigger, { ...wanted.data, ...(loses.field === null ? {} : { [loses.field]: '' }) });
    return reply.send({ message: 'Success.', code: 'success', trigger: answer(trigger) });
  });
}

function newTrigger(world: World, of: Account, description: TriggerDescription): Trigger {
  const { uuid, name, value, schedule, frequencyType = 'recurring', timezone = 'UTC', state = 'active' } = description;
  const id = uuid ?? world.newId();
  const trigger: Trigger = {
    uuid: id,
    fields: {
      name: name ?? `trigger ${id.slice(0, 4)}`,
      value,
      frequencyType,
      schedule,
      timezone,
      state,
      dyno: 'Standard-1X',
      timeout: 1_800,
    },
    executions: 7,
    updatedAt: world.timers.now(),
    cancel: () => {},
  };
  arm(world, of, trigger);
  return trigger;
}

function set(world: World, of: Account, trigger: Trigger, fields: Trigger['fields']): void {
  trigger.fields = fields;
  trigger.updatedAt = world.timers.now();
  arm(world, of, trigger);
}

function arm(world: World, of: Account, trigger: Trigger): void {
  trigger.cancel();
  const { state, schedule, timezone, frequencyType } = trigger.fields;
  // Without its time zone (see `loses`) it is due never again.
  const time = state === 'active' && timezone !== '' ? nextTime(schedule, timezone, world.timers.now()) : null;
  trigger.cancel = at(world, time, () => {
    startRun(world, of.appId, trigger.fields.value);
    trigger.executions += 1;
    if (frequencyType === 'one-off') trigger.fields = { ...trigger.fields, state: 'completed' };
    arm(world, of, trigger);
  });
}

/** With fields that nobody has told us of, as the real one may have. */
function answer({ uuid, fields, executions, updatedAt }: Trigger) {
  return { uuid, ...fields, executions, updatedAt: new Date(updatedAt).toISOString(), tags: ['a', { b: null }] };
}
