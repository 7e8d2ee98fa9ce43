// The account behind the tokens: who it is, what is left of its rate limit, and what its tokens may.

import type { FastifyInstance } from 'fastify';
import { sendPage } from '../lists.ts';
import { notFound } from '../refused.ts';
import type { Token } from '../state.ts';
import type { World } from '../world.ts';
import { iso } from './common.ts';

type OfAuthorization = { Params: { authorization: string } };

export function accountRoutes(server: FastifyInstance, world: World): void {
  server.get('/account', (_request, reply) => {
    const { id, email, name, createdAt } = world.account;
    return reply.send({
      allow_tracking: false,
      beta: false,
      country_of_residence: 'DE',
      created_at: iso(createdAt),
      default_organization: null,
      default_team: null,
      delinquent_at: null,
      email,
      federated: false,
      id,
      identity_provider: null,
      last_login: iso(world.timers.now()),
      name,
      sms_number: null,
      suspended_at: null,
      two_factor_authentication: true,
      updated_at: iso(createdAt),
      verified: true,
    });
  });

  server.get('/account/rate-limits', (_request, reply) => reply.send({ remaining: world.bucket.remaining }));

  server.get('/oauth/authorizations', (request, reply) =>
    sendPage(
      request,
      reply,
      world.tokens.map((token) => authorizationAnswer(world, token)),
      ['id'],
    ),
  );

  server.get<OfAuthorization>('/oauth/authorizations/:authorization', (request, reply) => {
    const token = world.tokens.find(({ id }) => id === request.params.authorization);
    if (token === undefined) throw notFound('oauth authorization');
    return reply.send(authorizationAnswer(world, token));
  });
}

function authorizationAnswer(world: World, { id, token, scopes, description, createdAt }: Token) {
  const { email, name } = world.account;
  return {
    access_token: { expires_in: null, id, token },
    client: null,
    created_at: iso(createdAt),
    description,
    grant: null,
    id,
    refresh_token: null,
    scope: [...scopes],
    session: null,
    updated_at: iso(createdAt),
    user: { email, full_name: name, id: world.account.id },
  };
}
