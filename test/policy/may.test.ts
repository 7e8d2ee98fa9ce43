import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { acts, may } from '../../src/policy/may.ts';
import { gatheringsOf, namedFor } from '../../src/policy/policy.ts';
import { columns, scenes, shop } from './cases.ts';
import { page, path } from './page.ts';

describe.each(scenes)('$title', ({ policy, cases }) => {
  test.each(cases)('$person', ({ who, may: signs }) => {
    const said = columns.map(({ act }) => (may(who, act, shop, policy).is === 'yes' ? 'y' : '-')).join('');
    expect(said).toBe(signs);
  });
});

test('every act is in the table, once', () => {
  expect(columns.map(({ act }) => act).toSorted()).toEqual([...acts].toSorted());
  for (const { may: signs } of scenes.flatMap(({ cases }) => cases)) expect(signs).toMatch(/^[y-]{8}$/u);
});

test('whoever is refused is told why, and what to do', () => {
  for (const { policy, cases } of scenes) {
    for (const { who } of cases) {
      for (const act of acts) {
        const verdict = may(who, act, shop, policy);
        if (verdict.is === 'no')
          expect([verdict.says, verdict.remedy]).toEqual([
            expect.stringMatching(/\w\.$/u),
            expect.stringMatching(/\w\.$/u),
          ]);
      }
    }
  }
});

test('about no app in particular, only who is named for all may', () => {
  const { policy } = scenes[3] ?? {};
  if (policy === undefined) throw new Error('Expected a scene with people of one app');
  const mary = {
    person: { id: 'U0MARY', name: 'Mary', via: 'slack' },
    standing: 'member',
    in: [],
    unsure: false,
  } as const;
  expect(may(mary, 'look', shop, policy).is).toBe('yes');
  expect(may(mary, 'look', null, policy).is).toBe('no');
});

test('only user groups and channels are asked about', () => {
  const everywhere = {
    operators: ['U0ADA', 'S0ONCALL'],
    approvers: ['cli:root', 'S0ONCALL'],
    viewers: ['everybody', 'C0OPS'],
  };
  expect(gatheringsOf(namedFor({ everywhere, apps: new Map() }, null))).toEqual(['S0ONCALL', 'C0OPS']);
});

test('the page for people says what the policy says (npm run docs writes it)', () => {
  expect(readFileSync(path, 'utf8')).toBe(page());
});
