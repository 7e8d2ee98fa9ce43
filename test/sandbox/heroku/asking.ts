// Asks a sandbox over HTTP as a plain client would.

import type { Sandbox } from '../../../src/sandbox/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Asked {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly token?: string;
}

/** `ask('PATCH /apps/shop', { body })`; a path below /scheduler goes to the Scheduler. */
export async function ask(sandbox: Sandbox, what: string, { body, headers, token }: Asked = {}): Promise<Answer> {
  const [method = 'GET', path = '/'] = what.split(' ');
  const answer = await fetch(sandbox.heroku.url + path, {
    method,
    headers: {
      accept: 'application/vnd.heroku+json; version=3',
      authorization: `Bearer ${token ?? sandbox.heroku.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const parsed: unknown = text === '' ? null : JSON.parse(text);
  return { status: answer.status, headers: answer.headers, body: parsed };
}
