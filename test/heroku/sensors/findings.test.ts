import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../../src/heroku/sensors/findings.ts';
import type { Sample, Schedules } from '../../../src/heroku/sensors/sample.ts';
import { AT, about, database, heard, queue, sampleAt, three, unread } from './samples.ts';

const found = (samples: readonly Sample[], subject: string) => about(findingsOf(samples), subject);
const short = (samples: readonly Sample[], subject: string) => {
  const { is, says } = found(samples, subject);
  return `${is}: ${says}`;
};

describe('every finding', () => {
  it('says when the observation began and ended, and the numbers of each sample', () => {
    const samples = three(() => ({ queues: [queue()], database: database() }));
    for (const finding of findingsOf(samples)) {
      expect(finding).toMatchObject({ from: AT, at: AT + 30_000 });
      expect(finding.rests?.map(({ at }) => at)).toEqual([AT, AT + 15_000, AT + 30_000]);
    }
    expect(found(samples, 'Database').rests?.[2]).toEqual({
      at: AT + 30_000,
      on: { xmax: '7512', writing: 0, prepared: 0, tables: {} },
    });
  });

  it('is none where nothing was seen', () => {
    expect(findingsOf([])).toEqual([]);
  });
});

describe('dynos', () => {
  it('are proved by all samples: web, one-offs and paused jobs may run', () => {
    const dynos = [
      { name: 'run.1', type: 'run', paused: false },
      { name: 'scheduler.2', type: 'scheduler', paused: true },
    ];
    expect(
      short(
        three(() => ({ dynos })),
        'Dynos',
      ),
    ).toBe(
      'proved: 4 running, none but web, one-offs and paused jobs, in 3 samples over 30 s; all other process types at zero',
    );
  });

  it('that one sample alone has seen are a violation, and named', () => {
    const samples = three((i) => (i === 1 ? { dynos: [{ name: 'worker.1', type: 'worker', paused: false }] } : {}));
    expect(found(samples, 'Dynos')).toMatchObject({
      is: 'violated',
      says: 'still running: worker.1',
      what: ['worker.1'],
    });
  });

  it('of a job that is not paused are a violation, unless the Scheduler could not be read at all', () => {
    const dynos = [{ name: 'scheduler.7', type: 'scheduler', paused: false }];
    expect(
      short(
        three(() => ({ dynos })),
        'Dynos',
      ),
    ).toBe('violated: still running: scheduler.7');
    const accepted = findingsOf(three(() => ({ dynos, jobs: unread })));
    expect(accepted.filter(({ is }) => is === 'violated')).toEqual([]);
    expect(
      accepted.filter(({ subject }) => subject === 'Heroku Scheduler').map(({ is, says }) => `${is}: ${says}`),
    ).toEqual([
      'not provable: its jobs cannot be read: whether they start is not known (Heroku answered 503)',
      'not provable: jobs are running: scheduler.7',
    ]);
  });

  it('of people may write', () => {
    const samples = three((i) => (i === 1 ? { log: heard({ oneOffs: [{ name: 'run.5', at: AT }] }) } : {}));
    expect(short(samples, 'One-off dynos')).toBe('not provable: run.5 may write');
  });

  it('of a release phase may write as well, seen by a sample or by the log alone', () => {
    const dynos = [{ name: 'release.9', type: 'release', paused: false }];
    const says = 'not provable: release.9 may write';
    expect(
      short(
        three((i) => (i === 1 ? { dynos } : {})),
        'One-off dynos',
      ),
    ).toBe(says);
    const log = heard({ oneOffs: [{ name: 'release.9', at: AT }] });
    expect(
      short(
        three((i) => (i === 2 ? { log } : {})),
        'One-off dynos',
      ),
    ).toBe(says);
  });

  it('whose process type was scaled up again are a violation though none runs yet', () => {
    expect(
      short(
        three((i) => (i === 2 ? { scaled: { worker: 2 } } : {})),
        'Formation',
      ),
    ).toBe('violated: scaled up again: worker');
  });
});

describe('the log', () => {
  it('proves that nothing else started, and says what that rests on', () => {
    expect(short(three(), 'Dyno starts')).toBe(
      'proved: no other dyno started, by 12 lines of the log, connected since 12:00:00 UTC (lines can be late, or lost)',
    );
  });

  it('tells of a dyno that no sample has seen', () => {
    const log = heard({ strange: [{ name: 'worker.1', at: AT + 5_000 }] });
    expect(
      found(
        three((i) => (i > 0 ? { log } : {})),
        'Dyno starts',
      ),
    ).toMatchObject({
      is: 'violated',
      says: 'started, by the log: worker.1 at 12:00:05 UTC',
      what: ['worker.1'],
    });
  });

  it.each([0, 1, 2])('proves nothing where it was not there all the time (sample %i)', (gone) => {
    expect(
      short(
        three((i) => (i === gone ? { log: unread } : {})),
        'Dyno starts',
      ),
    ).toMatch(/^not provable: the log was not there all the time \(Heroku answered 503\)/);
  });

  it('allows what a person starts, and the dynos of paused jobs', () => {
    const log = heard({
      oneOffs: [{ name: 'run.7', at: AT }],
      scheduled: [{ name: 'scheduler.8', at: AT, is: 'paused' }],
    });
    expect(
      short(
        three(() => ({ log })),
        'Dyno starts',
      ),
    ).toMatch(/^proved: .*; by people: run\.7; 1 dyno of paused jobs, doing nothing$/);
  });

  it('proves nothing of a scheduled dyno whose command it does not say', () => {
    const log = heard({ scheduled: [{ name: 'scheduler.8', at: AT, is: 'unclear' }] });
    expect(
      short(
        three(() => ({ log })),
        'Dyno starts',
      ),
    ).toMatch(/^not provable: .*scheduler\.8/);
  });

  it('calls the start of a job a violation, unless the Scheduler could not be read at all', () => {
    const log = heard({ scheduled: [{ name: 'scheduler.8', at: AT, is: 'loud' }] });
    expect(
      found(
        three(() => ({ log })),
        'Dyno starts',
      ).is,
    ).toBe('violated');
    expect(
      found(
        three(() => ({ log, jobs: unread })),
        'Dyno starts',
      ).is,
    ).toBe('not provable');
  });
});

describe('jobs of a scheduler', () => {
  const jobs = (over: Partial<Schedules & { is: 'read' }> = {}): Schedules => ({
    is: 'read',
    all: 3,
    loud: [],
    ticked: AT - 300_000,
    ...over,
  });

  it('are proved by their markers in each sample, past the last tick', () => {
    expect(
      short(
        three(() => ({ jobs: jobs() })),
        'Heroku Scheduler',
      ),
    ).toBe(
      'proved: 3 of 3 jobs carry the marker of this maintenance, read back in 3 samples over 30 s; one was due at 11:55:00 UTC, 330 s before the last of them',
    );
  });

  it('are violated by one that is not paused in one of the samples', () => {
    const samples = three((i) => ({ jobs: jobs(i === 1 ? { loud: ['job 9'] } : {}) }));
    expect(found(samples, 'Heroku Scheduler')).toMatchObject({ is: 'violated', what: ['job 9'] });
  });

  it('are not provable where one sample could not read them', () => {
    const samples = three((i) => ({ jobs: i === 2 ? unread : jobs() }));
    expect(short(samples, 'Heroku Scheduler')).toMatch(/^not provable: its jobs cannot be read/);
  });

  it('are not provable where the last tick is too near: its dyno may still start', () => {
    expect(
      short(
        three(() => ({ jobs: jobs({ ticked: AT - 10_000 }) })),
        'Heroku Scheduler',
      ),
    ).toMatch(/^not provable: .*due at 11:59:50 UTC/);
  });

  it('of another add-on are looked at in the samples that asked', () => {
    const others = (loud: string[]) => [{ title: 'Cron To Go', found: jobs({ loud, ticked: null }) }];
    expect(
      short(
        three((i) => ({ others: i === 1 ? null : others([]) })),
        'Cron To Go',
      ),
    ).toBe('proved: 3 of 3 paused, read back in 2 samples over 30 s');
    expect(
      short(
        three((i) => ({ others: i === 2 ? others(['nightly']) : null })),
        'Cron To Go',
      ),
    ).toBe('violated: not paused: nightly');
  });
});

describe('a Scheduler that could not be read all the time', () => {
  const read: Schedules = { is: 'read', all: 1, loud: [], ticked: null };
  const dynos = [{ name: 'scheduler.7', type: 'scheduler', paused: false }];

  it('allows no dyno of a job where it could be read at any time', () => {
    const samples = three((i) => ({ dynos, jobs: i === 1 ? unread : read }));
    expect(found(samples, 'Dynos')).toMatchObject({ is: 'violated', what: ['scheduler.7'] });
  });

  it('is not forgotten where it is not there any more', () => {
    const loud = three((i) => ({ jobs: i === 0 ? { ...read, loud: ['job 9'] } : { is: 'none' } }));
    expect(short(loud, 'Heroku Scheduler')).toBe('violated: not paused: job 9');
  });

  it('names the dynos that run a job, and no others, and says nothing of them where there are none', () => {
    const people = [...dynos, { name: 'run.1', type: 'run', paused: false }];
    const of = (samples: Parameters<typeof findingsOf>[0]) =>
      findingsOf(samples).flatMap(({ subject, says }) => (subject === 'Heroku Scheduler' ? [says] : []));
    const dark = 'its jobs cannot be read: whether they start is not known (Heroku answered 503)';
    expect(of(three(() => ({ jobs: unread, dynos: people })))).toEqual([dark, 'jobs are running: scheduler.7']);
    expect(of(three(() => ({ jobs: unread })))).toEqual([dark]);
    expect(
      short(
        three(() => ({ jobs: unread })),
        'Dyno starts',
      ),
    ).toMatch(/^proved: no other dyno started/);
  });
});

describe('a queue', () => {
  const queues = (of: (i: number) => Parameters<typeof queue>[0]) => three((i) => ({ queues: [queue(of(i))] }));

  it('is still where nothing runs for two heartbeats', () => {
    expect(
      short(
        queues(() => ({})),
        'Sidekiq',
      ),
    ).toBe('proved: 0 running, 14 waiting, in 3 samples over 30 s');
  });

  it.each([
    [
      'what becomes due in the meantime',
      [4, 5, 6],
      [3, 2, 1],
      'proved: 0 running, 4 waiting and 3 due later, then 6 waiting and 1 due later, in 3',
    ],
    [
      'what is not known to be due later',
      [4, 4, 4],
      [null, 3, 3],
      'proved: 0 running, 4 waiting, then 4 waiting and 3 due later, in 3',
    ],
    [
      'what is added for later',
      [4, 4, 4],
      [0, 0, 2],
      'violated: jobs still land: 4 waiting, then 4 waiting and 2 due later, in 3',
    ],
    ['what was tried and is to be tried again', [4, 3, 3], [0, 1, 1], 'violated: somebody takes jobs'],
    ['what was taken as soon as it was due', [4, 4, 4], [3, 3, 2], 'violated: somebody takes jobs'],
  ] as const)('tells %s', (_, queued, later, says) => {
    const samples = queues((i) => ({ queued: queued[i] ?? 0, later: later[i] ?? null }));
    expect(short(samples, 'Sidekiq')).toContain(says);
  });

  it('is still where two looks are two heartbeats apart', () => {
    const samples = [sampleAt(0, { queues: [queue()] }), sampleAt(20, { queues: [queue()] })];
    expect(found(samples, 'Sidekiq').is).toBe('proved');
  });

  it('says why it could not be read, and keeps the numbers of the other times', () => {
    const samples = three((i) => ({ queues: [i === 1 ? { ...queue(), found: unread } : queue()] }));
    const finding = found(samples, 'Sidekiq');
    expect(finding.says).toBe('it could not be read at 12:00:15 UTC: Heroku answered 503');
    expect(finding.rests?.map(({ on }) => on)).toEqual([
      expect.objectContaining({ running: 0 }),
      { unread: 'Heroku answered 503' },
      expect.objectContaining({ running: 0 }),
    ]);
  });

  it('is violated by a running job, and says which and how old', () => {
    const oldest = { ageMs: 200_000, what: 'HardJob' };
    expect(
      short(
        queues((i) => (i === 1 ? { running: 2, oldest } : {})),
        'Sidekiq',
      ),
    ).toBe('violated: 2 jobs run, the oldest (HardJob) for 3 min, at 12:00:15 UTC');
  });

  it('is violated where it becomes shorter: somebody takes jobs', () => {
    expect(
      short(
        queues((i) => ({ queued: 14 - i })),
        'Sidekiq',
      ),
    ).toMatch(/^violated: somebody takes jobs: 14 waiting, then 12/);
  });

  it('is violated where it grows: jobs still land', () => {
    expect(
      short(
        queues((i) => ({ queued: 100 + 750 * i })),
        'Sidekiq',
      ),
    ).toBe('violated: jobs still land: 100 waiting, then 1600, in 3 samples over 30 s');
  });

  it('is violated where it grows, though it does not say what runs', () => {
    expect(
      short(
        queues((i) => ({ queued: 14 + i, running: null })),
        'Sidekiq',
      ),
    ).toMatch(/^violated: jobs still land/);
  });

  it('is violated where it becomes shorter, though it does not say what runs', () => {
    expect(
      short(
        queues((i) => ({ queued: 14 - i, running: null })),
        'Sidekiq',
      ),
    ).toMatch(/^violated: somebody takes jobs: 14 waiting, then 12/);
  });

  it('is not provable where it grows while people are at work, or their one-off dynos run', () => {
    const queued = (i: number) => ({ queues: [queue({ queued: 14 + i })] });
    const held = findingsOf(three(queued), true);
    expect(about(held, 'Sidekiq')).toMatchObject({
      is: 'not provable',
      says: 'jobs still land: 14 waiting, then 16, in 3 samples over 30 s; people at work while it is held may have added them',
    });
    const dynos = [{ name: 'run.1', type: 'run', paused: false }];
    expect(
      short(
        three((i) => ({ ...queued(i), dynos })),
        'Sidekiq',
      ),
    ).toMatch(/^not provable: jobs still land: .*; run\.1 may have added them/);
  });

  it.each([
    {
      what: 'unread in one sample',
      samples: three((i) => ({ queues: [i === 1 ? { ...queue(), found: unread } : queue()] })),
    },
    { what: 'missing from one sample', samples: three((i) => ({ queues: i === 1 ? [] : [queue()] })) },
    { what: 'silent about what runs', samples: queues((i) => (i === 0 ? { running: null } : {})) },
    { what: 'doubtful', samples: queues((i) => (i === 2 ? { doubt: 'a worker is silent' } : {})) },
    {
      what: 'watched for less than two heartbeats',
      samples: [sampleAt(0, { queues: [queue()] }), sampleAt(19, { queues: [queue()] })],
    },
    { what: 'seen once', samples: [sampleAt(0, { queues: [queue()] })] },
  ])('is not provable where it is $what', ({ samples }) => {
    expect(found(samples, 'Sidekiq').is).toBe('not provable');
  });
});

describe("the app's Postgres", () => {
  const databases = (of: (i: number) => Parameters<typeof database>[0]) =>
    three((i) => ({ database: database(of(i)) }));

  it('is proved by transaction ids that stand still, and then web is too', () => {
    const samples = databases(() => ({}));
    expect(short(samples, 'Database')).toBe(
      'proved: transaction ids flat at 7512, no open transaction that writes, none prepared, in 3 samples over 30 s',
    );
    expect(found(samples, 'Web').is).toBe('proved');
  });

  it('is violated by tables that were written, and says which', () => {
    const changed = [{ table: 'orders', rows: 3 }];
    const samples = databases((i) => (i === 0 ? {} : { xmax: '7520', changed }));
    expect(found(samples, 'Database')).toMatchObject({
      is: 'violated',
      says: 'transaction ids went from 7512 to 7520; written: orders (3 rows), in 3 samples over 30 s',
      what: ['orders'],
    });
    expect(found(samples, 'Web').is).toBe('not provable');
  });

  it('is not violated by counts alone, which arrive late', () => {
    expect(
      found(
        databases((i) => (i === 0 ? {} : { changed: [{ table: 'orders', rows: 3 }] })),
        'Database',
      ).is,
    ).toBe('proved');
  });

  it('is violated by an open transaction that has written, though no id has moved', () => {
    expect(
      short(
        databases((i) => (i === 1 ? { writing: [{ pid: 77, by: 'puma' }] } : {})),
        'Database',
      ),
    ).toMatch(/^violated: .*open, and has written: puma \(pid 77\)/);
  });

  it('is violated by a prepared transaction', () => {
    for (const prepared of [() => 1, (i: number) => Number(i === 1)]) {
      expect(
        short(
          databases((i) => ({ prepared: prepared(i) })),
          'Database',
        ),
      ).toMatch(/^violated: .*1 prepared transaction/);
    }
  });

  it('is proved by two looks', () => {
    const samples = [sampleAt(0, { database: database() }), sampleAt(30, { database: database() })];
    expect(found(samples, 'Database').is).toBe('proved');
  });

  it('is not provable where ids move and no table has changed, and autovacuum is named', () => {
    expect(
      short(
        databases((i) => ({ xmax: String(7512 + i) })),
        'Database',
      ),
    ).toMatch(/^not provable: unattributed: transaction ids went from 7512 to 7514/);
    expect(
      short(
        databases((i) => ({ xmax: String(7512 + i), vacuumed: ['orders'] })),
        'Database',
      ),
    ).toContain('autovacuum was at orders meanwhile');
  });

  it.each([
    { what: 'shared', samples: databases(() => ({ shared: 'billing' })) },
    { what: 'a follower', samples: databases(() => ({ follower: true })) },
    { what: 'a follower in one sample', samples: databases((i) => ({ follower: i === 1 })) },
    { what: 'unread in one sample', samples: three((i) => ({ database: i === 1 ? unread : database() })) },
    { what: 'missing from one sample', samples: three((i) => ({ database: i === 2 ? null : database() })) },
    { what: 'seen once', samples: [sampleAt(0, { database: database() })] },
    { what: 'not opted in to', samples: three(() => ({ database: { is: 'closed', variable: 'DATABASE_URL' } })) },
  ])('is not provable where it is $what', ({ samples }) => {
    expect(found(samples, 'Database').is).toBe('not provable');
  });

  it('is not held against the app where people have a one-off dyno, which may have written it', () => {
    const dynos = [{ name: 'run.4', type: 'run', paused: false }];
    const samples = three((i) => ({
      dynos,
      database: database(i === 0 ? {} : { xmax: '7520', changed: [{ table: 'orders', rows: 3 }] }),
    }));
    expect(short(samples, 'Database')).toMatch(/^not provable: .*written: orders.*run\.4 may have written it/);
  });

  it('is not held against the app while it is held: people are meant to be at work', () => {
    const samples = databases((i) => (i === 0 ? {} : { xmax: '7520', changed: [{ table: 'orders', rows: 3 }] }));
    expect(about(findingsOf(samples, true), 'Database').is).toBe('not provable');
    expect(
      about(
        findingsOf(
          databases(() => ({})),
          true,
        ),
        'Database',
      ).is,
    ).toBe('proved');
  });

  it('tells how to opt in', () => {
    const samples = three(() => ({ database: { is: 'closed', variable: 'DATABASE_URL' } }));
    expect(found(samples, 'Database').says).toContain('naming its config var (DATABASE_URL) as "database"');
  });
});
