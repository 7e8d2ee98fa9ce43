// Small things that all routes share: finding what a path names, checking a body, and writing a time as Heroku does.

import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { objectBody } from '../admission.ts';
import { invalid, notFound } from '../refused.ts';
import type { App } from '../state.ts';
import type { World } from '../world.ts';

export type OfApp = { Params: { app: string } };

export function appOf(world: World, request: FastifyRequest<OfApp>): App {
  const app = world.findApp(request.params.app);
  if (app === null) throw notFound('app');
  return app;
}

/** The body as `schema` has it, or 422 with the first thing that is wrong with it. */
export function bodyOf<Schema extends z.ZodType>(request: FastifyRequest, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(objectBody(request));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`Invalid params: ${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not valid'}.`);
}

export function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function nameOf({ id, name }: App): { id: string; name: string } {
  return { id, name };
}
