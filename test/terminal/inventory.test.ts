// The inventory of a plan at a terminal, as text and as JSON.
import { describe, expect, test } from 'vitest';
import { type Entry, type Inventory, limitsFrom } from '../../src/model/inventory.ts';
import { besidesText, inventoryJson, looseText } from '../../src/terminal/inventory.ts';
import { doctor, plan } from '../../src/terminal/verbs.ts';
import { engines, shop } from '../helpers/engine.ts';
import { terminal } from './at-terminal.ts';

const engineFor = engines();
const common = { remedy: null, item: null, concern: null } as const;
const entries: readonly Entry[] = [
  { ...common, kind: 'sender', name: 'Stripe', does: 'held', says: 'shut out' },
  {
    ...common,
    kind: 'shared store',
    name: 'Redis r-1',
    does: 'not held',
    says: 'reports has it too',
    remedy: 'Hold it.',
  },
  { ...common, kind: 'one-off', name: 'run.1', does: 'yours?', says: 'rails …', since: 0, by: null },
];
const inventory: Inventory = {
  window: { from: 0, to: 3_600_000 },
  entries,
  limits: limitsFrom({ ms: 200_000, what: 'a job' }, { drainCap: 900_000, abortIfOlderThan: 3_600_000 }),
};

describe('the inventory at a terminal', () => {
  test('says what is not held, and beside it what is', () => {
    const told = { inventory, concerns: [], items: [] };
    expect(looseText(told)).toEqual([
      '',
      'Not held, so see to it:',
      '  Redis r-1: reports has it too. Hold it.',
      '  run.1 (yours?): rails ….',
    ]);
    expect(besidesText(told)).toEqual([
      '',
      'Besides:',
      '  Stripe: shut out.',
      '  The drain: longest job seen: 3m20s so far (a job); maxDrain (drainCap) is 15m, abortIfOlderThan is 1h.',
    ]);
    const nothing = { inventory: { ...inventory, entries: [], limits: null }, concerns: [], items: [] };
    expect([...looseText(nothing), ...besidesText(nothing)]).toEqual([]);
  });

  test('shows nothing that could move the cursor', () => {
    const evil = '\u001b[2Jevil\u202e';
    const all = entries.map((one) => ({ ...one, name: evil, says: evil, remedy: evil }));
    const told = { inventory: { ...inventory, entries: all }, concerns: [], items: [] };
    expect([...looseText(told), ...besidesText(told)].join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('has times in ISO 8601 as JSON', () => {
    expect(inventoryJson(inventory)).toMatchObject({
      window: { from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T01:00:00.000Z' },
      entries: [{ name: 'Stripe' }, { kind: 'shared store' }, { since: '1970-01-01T00:00:00.000Z', by: null }],
    });
  });

  test.each([
    ['plan', plan],
    ['doctor', doctor],
  ] as const)('is part of what %s prints, as text and as JSON', async (name, verb) => {
    const jobs = [{ id: '7', command: 'rake nightly s3cret', every: 60, at: 30 }] as const;
    const senders = [
      { name: 'Acme ERP', retries: false },
      { name: 'Stripe', retries: true },
    ];
    const engine = await engineFor({ apps: [shop({ jobs: [...jobs] })], settings: { senders } });
    const asText = terminal(engine);
    await verb(asText.reached, asText.screen, 'shop');
    expect(asText.text('out')).toMatch(
      /Not held, so see to it:\n {2}Acme ERP: shut out, and its calls do not come again/,
    );
    expect(asText.text('out')).toMatch(/paused in place: rake …, next\s/);
    expect(asText.text('out')).toContain('Besides:\n  Stripe: shut out; its calls come again');
    const asJson = terminal(engine, true);
    await verb(asJson.reached, asJson.screen, 'shop');
    const printed = JSON.parse(asJson.text('out'));
    const told: Inventory = name === 'plan' ? printed.inventory : printed.plan.inventory;
    expect(told.entries).toContainEqual(
      expect.objectContaining({ kind: 'sender', name: 'Acme ERP', does: 'not held' }),
    );
    expect(told.entries).toContainEqual(
      expect.objectContaining({ kind: 'scheduled job', next: '2026-11-21T13:30:00.000Z', falls: true }),
    );
    expect(asText.text() + asJson.text()).not.toContain('s3cret');
  });
});
