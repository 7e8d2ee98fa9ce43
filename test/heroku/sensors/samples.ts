// Samples for the tests of this folder: of an app that is quiet in every respect, but for what a test says.
import type { DatabaseSeen, LogSeen, QueueSeen, Sample } from '../../../src/heroku/sensors/sample.ts';
import type { Finding } from '../../../src/model/proof.ts';

/** 12:00:00 UTC. */
export const AT = Date.UTC(2026, 10, 21, 12);

export function sampleAt(seconds: number, over: Partial<Sample> = {}): Sample {
  return {
    at: AT + seconds * 1_000,
    door: true,
    web: 2,
    dynos: [],
    scaled: {},
    jobs: { is: 'none' },
    others: null,
    log: heard(),
    queues: [],
    database: null,
    ...over,
  };
}

/** Three, over half a minute; `over` says what the first, the second and the third are like. */
export function three(over: (index: number) => Partial<Sample> = () => ({})): Sample[] {
  return [0, 15, 30].map((seconds, index) => sampleAt(seconds, over(index)));
}

export function heard(over: Partial<LogSeen & { is: 'connected' }> = {}): LogSeen {
  return { is: 'connected', lines: 12, strange: [], oneOffs: [], scheduled: [], ...over };
}

export const unread = { is: 'unread', why: 'Heroku answered 503' } as const;

export function queue(over: Partial<QueueSeen['found'] & { is: 'read' }> = {}): QueueSeen {
  const found = { is: 'read', queued: 14, later: null, running: 0, oldest: null, doubt: null, ...over } as const;
  return { key: 'sidekiq REDIS_URL', title: 'Sidekiq', beat: 10_000, found };
}

export function database(over: Partial<DatabaseSeen & { is: 'read' }> = {}): DatabaseSeen {
  return {
    is: 'read',
    xmax: '7512',
    writing: [],
    prepared: 0,
    changed: [],
    more: 0,
    vacuumed: [],
    follower: false,
    shared: null,
    ...over,
  };
}

/** The one about `subject`; throws where there is none, or more than one. */
export function about(findings: readonly Finding[], subject: string): Finding {
  const [only, ...others] = findings.filter((finding) => finding.subject === subject);
  if (only === undefined || others.length > 0) {
    throw new Error(`Expected one finding about ${subject}, got: ${findings.map((one) => one.subject).join(', ')}`);
  }
  return only;
}
