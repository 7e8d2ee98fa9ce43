import { expect, test } from 'vitest';
import { Finding } from '../../src/model/proof.ts';

test('a finding that was kept before proofs had numbers is still one', () => {
  const old = { subject: 'Dynos', is: 'proved', says: '2 running', at: 1_700_000_000_000 };
  expect(Finding.parse(old)).toEqual(old);
});

test('a finding comes back from the store with its numbers, their times and who accepted it', () => {
  const finding: Finding = {
    subject: 'Database',
    is: 'violated',
    says: 'written: orders (3 rows); accepted by Grace',
    at: 30_000,
    from: 0,
    rests: [
      { at: 0, on: { xmax: '7512', tables: {} } },
      { at: 30_000, on: { xmax: '7515', tables: { orders: 3 } } },
    ],
    what: ['orders'],
    accepted: { by: { id: 'U1', name: 'Grace', via: 'slack' }, at: 40_000 },
  };
  expect(Finding.parse(JSON.parse(JSON.stringify(finding)))).toEqual(finding);
});
