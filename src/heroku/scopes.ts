// The scopes that maint's token needs: config vars are behind the `-protected` ones (Heroku's OAuth documentation).

/** What is missing, in words; null where nothing is, or where the token does not let its scopes be known. */
export function missingScopes(scopes: readonly string[] | 'unknown'): string | null {
  if (scopes === 'unknown' || scopes.includes('global')) return null;
  // Each includes the weaker ones.
  const writes = scopes.includes('write') || scopes.includes('write-protected');
  const protectedWrites = scopes.includes('write-protected');
  const missing = [...(writes ? [] : ['write']), ...(protectedWrites ? [] : ['write-protected'])];
  return missing.length === 0 ? null : missing.join(' and ');
}

export const SCOPES_REMEDY =
  'Make a token with `heroku authorizations:create --scope read-protected,write-protected --description maint` and set it as HEROKU_API_KEY.';
