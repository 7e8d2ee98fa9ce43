import { describe, expect, it } from 'vitest';
import { missingScopes } from '../../src/heroku/scopes.ts';

describe('the scopes of a token', () => {
  it.each([
    { scopes: ['global'], missing: null },
    { scopes: ['read-protected', 'write-protected'], missing: null },
    { scopes: ['write-protected'], missing: null },
    { scopes: ['write'], missing: 'write-protected' },
    { scopes: ['read', 'read-protected', 'write'], missing: 'write-protected' },
    { scopes: ['read-protected'], missing: 'write and write-protected' },
    { scopes: ['identity'], missing: 'write and write-protected' },
    { scopes: [], missing: 'write and write-protected' },
  ])('$scopes lack $missing', ({ scopes, missing }) => {
    expect(missingScopes(scopes)).toBe(missing);
  });

  it('are not held against a token that does not tell them', () => {
    expect(missingScopes('unknown')).toBeNull();
  });
});
