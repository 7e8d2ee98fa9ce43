import { describe, expect, test } from 'vitest';
import { type Person, samePerson } from '../../src/model/person.ts';
import { may } from '../../src/model/policy.ts';
import { ann, bob } from '../helpers/make-run.ts';

const terminal: Person = { id: 'deploy', name: 'deploy', via: 'terminal' };

describe('who may', () => {
  test('everybody may look', () => {
    expect(may({ operators: [] }, ann, [], 'look')).toBe(true);
    expect(may({ operators: ['cli:root'] }, terminal, [], 'look')).toBe(true);
  });

  test('everybody may operate where no operators are configured', () => {
    expect(may({ operators: null }, ann, [], 'operate')).toBe(true);
    expect(may({ operators: null }, terminal, [], 'operate')).toBe(true);
  });

  test('nobody in Slack may operate where the list is empty', () => {
    expect(may({ operators: [] }, ann, ['S1'], 'operate')).toBe(false);
  });

  test('an operator may, by user id', () => {
    expect(may({ operators: ['U1'] }, ann, [], 'operate')).toBe(true);
    expect(may({ operators: ['U1'] }, bob, [], 'operate')).toBe(false);
  });

  test('an operator may, by a group that they are in right now', () => {
    expect(may({ operators: ['S1'] }, bob, ['S9', 'S1'], 'operate')).toBe(true);
    expect(may({ operators: ['S1'] }, bob, ['S9'], 'operate')).toBe(false);
  });

  test('a person at a terminal may, unless terminals are listed', () => {
    expect(may({ operators: ['U1'] }, terminal, [], 'operate')).toBe(true);
    expect(may({ operators: ['U1', 'cli:root'] }, terminal, [], 'operate')).toBe(false);
    expect(may({ operators: ['cli:deploy'] }, terminal, [], 'operate')).toBe(true);
  });

  test('a name at a terminal is no user id, and a user id is no terminal', () => {
    expect(may({ operators: ['U1', 'cli:root'] }, { ...terminal, id: 'U1' }, [], 'operate')).toBe(false);
    expect(may({ operators: ['cli:U1'] }, ann, [], 'operate')).toBe(false);
  });

  test('the same id in Slack and at a terminal are two persons', () => {
    expect(samePerson(ann, { ...ann, name: 'Ann B.' })).toBe(true);
    expect(samePerson(ann, { ...ann, via: 'terminal' })).toBe(false);
  });
});
