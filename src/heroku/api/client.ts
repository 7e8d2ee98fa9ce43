// The Platform API as typed functions, in groups of one resource each, over one transport with one bucket of tokens. One
// of these a process and token. What calls mean for a run, the steps know.

import { account } from './account.ts';
import { addons } from './addons.ts';
import { apps } from './apps.ts';
import { type BucketOptions, createBucket, HEROKU_BUCKET } from './bucket.ts';
import { builds } from './builds.ts';
import { configVars } from './config-vars.ts';
import { dynos } from './dynos.ts';
import { formation } from './formation.ts';
import { logSessions } from './log-sessions.ts';
import { releases } from './releases.ts';
import { createTransport, type RequestLine } from './transport.ts';
import { webhooks } from './webhooks.ts';

export interface HerokuOptions {
  readonly apiUrl: string;
  readonly token: string;
  /** Milliseconds for one attempt, the whole body included: 20,000 for reads and 8,000 for writes when not said. */
  readonly timeouts?: { readonly read?: number; readonly write?: number };
  /** Milliseconds before each repeat of a call that failed; all within two seconds. */
  readonly pauses?: readonly number[];
  /** Requests under way at the same time, 6 when not said. */
  readonly concurrency?: number;
  readonly bucket?: BucketOptions;
  readonly log?: (line: RequestLine) => void;
  /** Milliseconds of the machine's time, for counting tokens and repeats; never the domain's clock. */
  readonly now?: () => number;
}

export interface Heroku {
  readonly apps: ReturnType<typeof apps>;
  readonly formation: ReturnType<typeof formation>;
  readonly dynos: ReturnType<typeof dynos>;
  readonly configVars: ReturnType<typeof configVars>;
  readonly releases: ReturnType<typeof releases>;
  readonly builds: ReturnType<typeof builds>;
  readonly addons: ReturnType<typeof addons>;
  readonly webhooks: ReturnType<typeof webhooks>;
  readonly logSessions: ReturnType<typeof logSessions>;
  readonly account: ReturnType<typeof account>;
  /** Closes the kept connections, and ends the streams of logs. */
  close(): void;
}

export const PAUSES_MS: readonly number[] = [150, 600];

/** Far above what an app with 40 process types and 1,000 dynos answers. */
export const MOST_BYTES = 10_000_000;

export function createHeroku(options: HerokuOptions): Heroku {
  const now = options.now ?? (() => performance.now());
  const closed = new AbortController();
  const transport = createTransport({
    name: 'Heroku',
    url: options.apiUrl,
    token: options.token,
    headers: { Accept: 'application/vnd.heroku+json; version=3' },
    contentType: 'application/json',
    quotes: true,
    bucket: createBucket(options.bucket ?? HEROKU_BUCKET, now),
    timeouts: { read: options.timeouts?.read ?? 20_000, write: options.timeouts?.write ?? 8_000 },
    pauses: options.pauses ?? PAUSES_MS,
    concurrency: options.concurrency ?? 6,
    maxBytes: MOST_BYTES,
    now,
    log: options.log,
  });
  return {
    apps: apps(transport),
    formation: formation(transport),
    dynos: dynos(transport),
    configVars: configVars(transport),
    releases: releases(transport),
    builds: builds(transport),
    addons: addons(transport),
    webhooks: webhooks(transport),
    logSessions: logSessions(transport, closed.signal),
    account: account(transport, options.token),
    close() {
      closed.abort();
      transport.close();
    },
  };
}
