// Heroku's own JSON schema of its API, where it is at hand: what the sandbox answers has all of its fields, no others, and
// values of the right kind.

import { existsSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, SandboxClock, startSandbox } from '../../../src/sandbox/index.ts';
import { ask } from './asking.ts';

const FILE = new URL('../../../../shared/facts/platform-api-schema.json', import.meta.url);

// The resource itself has no properties there; this is what its calls answer. What is delivered has no schema there at all.
const WEBHOOK = 'app-webhook/definitions/app_webhook';
const webhook = { include: ['api:release'], level: 'notify', url: 'https://example.com/hooks', secret: 's' };

/** The draft-04 hyper-schema as a schema that Ajv reads. `strictProperties` means: all of these, and no others. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, inner]) => !(key === '$schema' || (key === 'id' && typeof inner === 'string') || key === 'links'),
  );
  const object: Record<string, unknown> = Object.fromEntries(entries.map(([key, inner]) => [key, readable(inner)]));
  const { strictProperties, properties } = object;
  if (strictProperties === true && typeof properties === 'object' && properties !== null) {
    Object.assign(object, { additionalProperties: false, required: Object.keys(properties) });
  }
  return object;
}

function validators(): (resource: string) => ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const schema = readable(JSON.parse(readFileSync(FILE, 'utf8')));
  ajv.addSchema({ $id: 'heroku', definitions: (schema as { definitions: object }).definitions });
  return (resource) => {
    const found = ajv.getSchema(`heroku#/definitions/${resource}`);
    if (found === undefined) throw new Error(`Expected ${resource} in the schema`);
    return found;
  };
}

describe.skipIf(!existsSync(FILE))("an answer is valid against Heroku's schema", () => {
  let sandbox: Sandbox;
  let of: ReturnType<typeof validators>;

  beforeAll(async () => {
    of = validators();
    sandbox = await startSandbox({ clock: new SandboxClock({ manual: true }), examples: true });
    sandbox.world.deploy('billing');
    sandbox.world.runOneOff('shop', 'rake once');
    sandbox.world.setConfig('shop', { A: '1' });
    sandbox.world.addApp({ name: 'empty', formation: {}, releases: 0 });
    await ask(sandbox, 'POST /apps/shop/webhooks', { body: webhook });
  });
  afterAll(() => sandbox.close());

  const valid = (resource: string, body: unknown) => {
    const validate = of(resource);
    validate(body);
    expect(validate.errors ?? []).toEqual([]);
  };
  const lists: [string, string][] = [
    ['/apps', 'app'],
    ['/apps/shop/formation', 'formation'],
    ['/apps/shop/dynos', 'dyno'],
    ['/apps/reports/dynos', 'dyno'],
    ['/apps/shop/releases', 'release'],
    ['/apps/reports/releases', 'release'],
    ['/apps/billing/builds', 'build'],
    ['/apps/shop/webhooks', WEBHOOK],
    ['/apps/shop/addons', 'add-on'],
    ['/apps/shop/addon-attachments', 'add-on-attachment'],
    ['/addons', 'add-on'],
    ['/addons/postgresql-flat-88310/config', 'add-on-config'],
    ['/addons/postgresql-flat-88310/addon-attachments', 'add-on-attachment'],
    ['/addon-attachments', 'add-on-attachment'],
    ['/oauth/authorizations', 'oauth-authorization'],
  ];
  test.each(lists)('GET %s', async (path, resource) => {
    const { body } = await ask(sandbox, `GET ${path}`);
    if (!Array.isArray(body)) throw new Error(`Expected a list, got ${JSON.stringify(body)}`);
    expect(body.length).toBeGreaterThan(0);
    for (const item of body) valid(resource, item);
  });

  const singles: [string, string, unknown?][] = [
    ['GET /account', 'account'],
    ['GET /account/rate-limits', 'rate-limit'],
    ['GET /apps/empty', 'app'],
    ['PATCH /apps/shop', 'app', { maintenance: true }],
    ['GET /apps/shop/formation/web', 'formation'],
    ['PATCH /apps/shop/formation/web', 'formation', { quantity: 3 }],
    ['POST /apps/shop/dynos', 'dyno', { command: 'rake once', attach: true }],
    ['GET /apps/shop/dynos/web.1', 'dyno'],
    ['GET /apps/shop/releases/47', 'release'],
    ['GET /apps/shop/releases/48', 'release'],
    ['GET /apps/shop/config-vars', 'config-var/definitions/config_vars'],
    ['PATCH /apps/shop/config-vars', 'config-var/definitions/config_vars', { B: '2' }],
    ['POST /apps/shop/webhooks', WEBHOOK, webhook],
    ['GET /addons/postgresql-flat-88310', 'add-on'],
    ['POST /apps/shop/log-sessions', 'log-session', { tail: true }],
  ];
  test.each(singles)('%s', async (what, resource, body) => {
    const answer = await ask(sandbox, what, { body });
    expect(answer.status).toBeLessThan(300);
    valid(resource, answer.body);
  });
});
