// Releases and builds: what was deployed and changed, and when.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { sendPage } from '../lists.ts';
import { notFound } from '../refused.ts';
import { rollback } from '../releases.ts';
import { type App, type Build, currentRelease, type Release } from '../state.ts';
import type { World } from '../world.ts';
import { appOf, bodyOf, iso, nameOf, type OfApp } from './common.ts';

const rollbackTo = z.object({ release: z.string() });

type OfRelease = { Params: { app: string; release: string } };
type OfBuild = { Params: { app: string; build: string } };

export function releaseRoutes(server: FastifyInstance, world: World): void {
  server.get<OfApp>('/apps/:app/releases', (request, reply) => {
    const app = appOf(world, request);
    return sendPage(
      request,
      reply,
      app.releases.map((release) => releaseAnswer(world, app, release)),
      ['version', 'id'],
    );
  });

  server.post<OfApp>('/apps/:app/releases', (request, reply) => {
    const app = appOf(world, request);
    const made = rollback(world, app, find(app, bodyOf(request, rollbackTo).release));
    return reply.code(201).send(releaseAnswer(world, app, made));
  });

  server.get<OfRelease>('/apps/:app/releases/:release', (request, reply) => {
    const app = appOf(world, request);
    return reply.send(releaseAnswer(world, app, find(app, request.params.release)));
  });

  server.get<OfRelease>('/apps/:app/releases/:release/config-vars', (request, reply) =>
    reply.send(find(appOf(world, request), request.params.release).configVars),
  );

  server.get<OfApp>('/apps/:app/builds', (request, reply) => {
    const app = appOf(world, request);
    return sendPage(
      request,
      reply,
      app.builds.map((build) => buildAnswer(world, app, build)),
      ['id', 'started_at'],
      // The schema names `started_at` as a range of builds, which have no such field.
      (build, field) => (field === 'id' ? build.id : build.created_at),
    );
  });

  server.get<OfBuild>('/apps/:app/builds/:build', (request, reply) => {
    const app = appOf(world, request);
    const build = app.builds.find(({ id }) => id === request.params.build);
    if (build === undefined) throw notFound('build');
    return reply.send(buildAnswer(world, app, build));
  });
}

function find(app: App, versionOrId: string): Release {
  const version = versionOrId.replace(/^v(?=\d+$)/, '');
  const found = app.releases.find((release) => release.id === versionOrId || String(release.version) === version);
  if (found === undefined) throw notFound('release');
  return found;
}

export function releaseAnswer(world: World, app: App, release: Release) {
  const { id, version, status, description, slugId, createdAt, updatedAt } = release;
  const plans = world.addons.filter(({ appId }) => appId === app.id).map(({ plan }) => plan.name);
  return {
    addon_plan_names: plans,
    app: nameOf(app),
    artifacts: slugId === null ? [] : [{ id: slugId, type: app.generation === 'fir' ? 'oci-image' : 'slug' }],
    created_at: iso(createdAt),
    current: currentRelease(app) === release,
    description,
    eligible_for_rollback: status === 'succeeded' && slugId !== null,
    id,
    output_stream_url: null,
    slug: slugId === null ? null : { id: slugId },
    status,
    updated_at: iso(updatedAt),
    user: { id: world.account.id, email: world.account.email },
    version,
  };
}

function buildAnswer(world: World, app: App, { id, status, slugId, commit, releaseId, createdAt, updatedAt }: Build) {
  return {
    app: { id: app.id },
    buildpacks: [{ name: 'heroku/ruby', url: 'https://github.com/heroku/heroku-buildpack-ruby' }],
    created_at: iso(createdAt),
    id,
    output_stream_url: `https://build-output.heroku.com/streams/${id}`,
    release: releaseId === null ? null : { id: releaseId },
    slug: status === 'succeeded' ? { id: slugId } : null,
    source_blob: { checksum: null, url: 'https://example.com/source.tgz', version: commit, version_description: null },
    stack: app.stack.name,
    status,
    updated_at: iso(updatedAt),
    user: { id: world.account.id, email: world.account.email },
  };
}
