// What every request to the Platform API goes through first: who it is, what its token may, which version it wants, and
// whether the account has requests left.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid, Refused } from './refused.ts';
import type { Scope, Token } from './state.ts';
import type { World } from './world.ts';

export function admitToPlatform(world: World, request: FastifyRequest, reply: FastifyReply, path: string): void {
  reply.header('request-id', world.newId());
  if (!/application\/vnd\.heroku\+json\s*;\s*version=3\b/.test(request.headers.accept ?? '')) {
    throw new Refused(
      400,
      'missing_version',
      "Please specify a version along with Heroku's API MIME type. For example, `Accept: application/vnd.heroku+json; version=3`.",
    );
  }
  const token = whose(world, request);
  const free = path === '/account/rate-limits';
  const left = free || world.bucket.take();
  reply.header('ratelimit-remaining', world.bucket.remaining).header('ratelimit-multiplier', 1);
  if (!left)
    throw new Refused(
      429,
      'rate_limit',
      'Your account reached the API rate limit.\nPlease wait a few minutes before making new requests.',
    );
  const accepted = scopesFor(request.method, path);
  reply.header('oauth-scope', token.scopes.join(' ')).header('oauth-scope-accepted', accepted.join(' '));
  demand(token, accepted);
}

/** The Scheduler is an add-on with an API of its own: the same tokens, but no version and no rate limit. */
export function admitToScheduler(world: World, request: FastifyRequest, reply: FastifyReply, path: string): void {
  reply.header('request-id', world.newId());
  demand(whose(world, request), scopesFor(request.method, path));
}

function whose(world: World, request: FastifyRequest): Token {
  const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(/\s+/);
  // Basic: the token stands for the password, the user's name does not count.
  const given = /^basic$/i.test(scheme)
    ? Buffer.from(credentials, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, '')
    : credentials;
  const token = world.tokens.find((candidate) => candidate.token === given);
  if (token === undefined) throw new Refused(401, 'unauthorized', 'Invalid credentials provided.');
  return token;
}

function demand(token: Token, accepted: readonly Scope[]): void {
  if (token.scopes.some((scope) => accepted.includes(scope))) return;
  throw new Refused(
    403,
    'forbidden',
    `The scope of this OAuth authorization does not allow access to this resource (accepted: ${accepted.join(', ')}).`,
  );
}

/** Config vars are secrets: everything that shows or changes one wants a `-protected` scope. */
function scopesFor(method: string, path: string): Scope[] {
  const reads = method === 'GET' || method === 'HEAD';
  if (path.startsWith('/account')) return ['global', 'identity', 'read', 'read-protected', 'write', 'write-protected'];
  if (path.startsWith('/oauth/')) return ['global'];
  if (/\/config-vars$/.test(path) || /^\/addons\/[^/]+\/config$/.test(path)) {
    return reads ? ['global', 'read-protected', 'write-protected'] : ['global', 'write-protected'];
  }
  return reads
    ? ['global', 'read', 'read-protected', 'write', 'write-protected']
    : ['global', 'write', 'write-protected'];
}

/** For a body that should have been an object. */
export function objectBody(request: FastifyRequest): unknown {
  if (request.body === undefined || request.body === null) return {};
  if (typeof request.body === 'object') return request.body;
  throw invalid('Request body must be an object.');
}
