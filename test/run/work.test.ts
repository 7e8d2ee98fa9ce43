// The operators' work on the toy platform: whatever crashes and fails, a command is started at most once.
import { describe, expect, test } from 'vitest';
import { open } from '../../src/model/questions.ts';
import type { Work } from '../../src/model/run.ts';
import { bob, MINUTE, SECOND } from '../helpers/make-run.ts';
import type { Call, Fault } from '../helpers/toy-platform.ts';
import { Maintenance } from './maintenance.ts';
import { Crash } from './toy-driver.ts';

const MIGRATE = 'rails db:migrate';
const command = { do: 'work', command: MIGRATE, shows: 'rails …', size: null } as const;

async function held(): Promise<Maintenance> {
  const maintenance = await new Maintenance().goOn();
  expect(maintenance.driver.run.quietAt).not.toBeNull();
  return maintenance;
}

async function asked(maintenance?: Maintenance): Promise<Maintenance> {
  const m = maintenance ?? (await held());
  expect(m.driver.command(command, bob)).toBe('done');
  return m;
}

function theWork({ driver }: Maintenance): Work {
  const work = driver.run.works.at(-1);
  if (work === undefined) throw new Error('Expected a work, got none');
  return work;
}

/** Goes on for `ms` of domain time, turn by turn; a crash is a restart. */
async function pass({ driver }: Maintenance, ms: number): Promise<void> {
  const until = driver.now + ms;
  for (let turns = 0; turns < 500 && driver.now < until; turns += 1) {
    try {
      const turn = await driver.turn();
      if (turn.is === 'rests') driver.now = Math.min(until, turn.until ?? until);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
  expect(driver.now).toBe(until);
}

function once<T>(which: (call: Call) => boolean, then: () => T): (call: Call) => T | null {
  let done = false;
  return (call) => {
    if (done || !which(call)) return null;
    done = true;
    return then();
  };
}

const isStart = ({ step, does }: Call) => step === 'work' && does === 'start';
const crash = (): never => {
  throw new Crash('here');
};

describe('A command that is run', () => {
  test('is one dyno, watched until it is gone', async () => {
    const m = await asked();
    await m.goOn();
    expect(theWork(m)).toMatchObject({ dyno: { name: 'run.1' }, ended: null });
    await pass(m, 10 * MINUTE);
    expect(theWork(m).ended).toBeNull();
    m.world.dynos = [];
    await pass(m, MINUTE);
    expect(theWork(m).ended).toMatchObject({ exit: null, says: expect.stringContaining('its dyno is gone') });
    expect(m.world.ran).toEqual([MIGRATE]);
  });

  test('is ended as soon as the log tells its exit status, also where that comes after its dyno is gone', async () => {
    const m = await asked();
    let exit: number | null = null;
    m.driver.listen = async () => ({ exit, lines: 4, cut: 0 });
    await m.goOn();
    m.world.dynos = [];
    for (let looks = 0; looks < 20 && theWork(m).goneAt === null; looks += 1) await pass(m, 2 * SECOND);
    await pass(m, 10 * SECOND);
    expect(theWork(m)).toMatchObject({ goneAt: expect.any(Number), ended: null });
    exit = 3;
    await pass(m, 15 * SECOND);
    expect(theWork(m).ended).toMatchObject({ exit: 3, says: null, lines: 4 });
  });

  test('is stopped by the name that the app has now: another one may have its old name', async () => {
    const m = await asked();
    await m.goOn();
    m.world.name = 'store';
    await pass(m, 10 * MINUTE);
    expect(theWork(m).dyno?.stop).toBe('stop run.1 of store');
  });

  test('is begun only with its intent in the log, also where somebody says something meanwhile', async () => {
    const m = await asked();
    const extends15 = once(
      ({ does }) => does === 'dynos',
      () => {
        m.driver.command({ do: 'extend', by: 15 * MINUTE }, bob);
        return null;
      },
    );
    m.world.onCall = (call) => {
      if (isStart(call)) expect(theWork(m).startingAt).not.toBeNull();
      return extends15(call);
    };
    await m.goOn();
    expect(m.events('extended')).toHaveLength(1);
    expect(m.world.ran).toEqual([MIGRATE]);
  });

  test('that is refused is not started, and says why', async () => {
    const m = await asked();
    m.world.onCall = once(isStart, (): Fault => 'fatal');
    await m.goOn();
    expect(theWork(m).ended?.says).toContain('it was not started: work start: fatal');
    expect(m.world.ran).toEqual([]);
    await asked(m);
    await m.goOn();
    expect(m.world.ran).toEqual([MIGRATE]);
  });

  test.each(['retryable', 'fatal', 'wide'] as const)(
    'for which the dynos cannot be listed (%s) is not started after a while: it holds up neither patrols nor the way back',
    async (fault) => {
      const m = await asked();
      m.world.onCall = ({ does }) => (does === 'dynos' ? fault : null);
      await pass(m, 5 * MINUTE);
      expect(theWork(m).ended?.says).toContain(`it was not started: work dynos: ${fault}`);
      expect(m.world.ran).toEqual([]);
      await m.goOn();
      expect(m.driver.run.patrol?.trouble).toBeNull();
      expect(m.driver.command({ do: 'resume' }, bob)).toBe('done');
    },
  );

  test('that may have been started is asked about where the dynos cannot be listed any more', async () => {
    const m = await asked();
    let sent = false;
    m.world.onCall = (call) => {
      if (isStart(call)) sent = true;
      if (isStart(call)) return 'unclear-done';
      return sent && call.does === 'dynos' ? 'retryable' : null;
    };
    await pass(m, 5 * MINUTE);
    expect(m.asked()).toBe('work');
    expect(m.world.ran).toEqual([MIGRATE]);
    expect(m.driver.run.patrol?.trouble).toBeNull();
    m.answer('try-again');
    await pass(m, 5 * MINUTE);
    expect(m.asked()).toBe('work');
    expect(m.world.ran).toEqual([MIGRATE]);
  });

  test('and cannot be seen while it runs hides nothing else: what is not quiet is asked about', async () => {
    const m = await asked();
    await m.goOn();
    m.world.onCall = ({ does }) => (does === 'dynos' ? 'retryable' : null);
    m.world.of('workers').set('alpha', 3);
    await pass(m, 5 * MINUTE);
    expect(m.asked()).toBe('violation');
    expect(m.driver.run.patrol).toMatchObject({
      trouble: null,
      unseen: [{ title: 'The command rails …', why: expect.stringContaining('work dynos') }],
    });
    m.world.onCall = () => null;
    m.world.dynos = [];
    await pass(m, 5 * MINUTE);
    expect(theWork(m).ended?.says).toContain('its dyno is gone');
    expect(m.driver.run.patrol?.unseen).toEqual([]);
  });

  describe('that runs and cannot be seen any more, with a log that says nothing,', () => {
    async function unseen(): Promise<Maintenance> {
      const m = await asked();
      await m.goOn();
      m.world.onCall = ({ does }) => (does === 'dynos' ? 'fatal' : null);
      await pass(m, 9 * MINUTE);
      expect(m.asked()).toBe('');
      await pass(m, 5 * MINUTE);
      expect(m.asked()).toBe('work');
      return m;
    }

    test('is asked about after ten minutes, and holds up the way back only until somebody knows', async () => {
      const m = await unseen();
      const says = m.open()[0]?.about;
      expect(says).toMatchObject({
        says: expect.stringMatching(/^whether rails … still runs as run\.1 is not known: /),
      });
      expect(m.driver.command({ do: 'resume' }, bob)).toBe('refused');
      m.answer('done-by-hand');
      expect(theWork(m).ended?.says).toBe('it has run, as Bob says');
      expect(m.driver.command({ do: 'resume' }, bob)).toBe('done');
      expect(m.world.ran).toEqual([MIGRATE]);
    });

    test('is looked for again when a person says so, and asked about once more as long after', async () => {
      const m = await unseen();
      m.answer('try-again');
      await pass(m, 9 * MINUTE);
      expect(m.asked()).toBe('');
      await pass(m, 5 * MINUTE);
      expect(m.asked()).toBe('work');
      expect(m.world.ran).toEqual([MIGRATE]);
    });

    test('is not asked about any more when it is seen again, or its end was heard', async () => {
      const again = await unseen();
      again.world.onCall = () => null;
      await pass(again, 2 * MINUTE);
      expect(again.asked()).toBe('');
      expect(theWork(again)).toMatchObject({ ended: null, unseenSince: null });
      const heard = await unseen();
      heard.driver.listen = async () => ({ exit: 0, lines: 1, cut: 0 });
      await pass(heard, 2 * MINUTE);
      expect(heard.asked()).toBe('');
      expect(theWork(heard).ended).toMatchObject({ exit: 0 });
    });
  });

  test('whose answer was lost is found by its command, and nobody is asked', async () => {
    const m = await asked();
    m.world.dynos = [{ id: 'old', command: MIGRATE }];
    m.world.onCall = once(isStart, (): Fault => 'unclear-done');
    await m.goOn();
    expect(theWork(m)).toMatchObject({ dyno: { id: '1' }, ended: null });
    expect(m.asked()).toBe('');
    expect(m.world.ran).toEqual([MIGRATE]);
  });

  test('whose start is not known is asked about after a while, and not repeated', async () => {
    const m = await asked();
    m.world.onCall = once(isStart, (): Fault => 'unclear-not-done');
    await pass(m, 10 * SECOND);
    expect(m.asked()).toBe('');
    await pass(m, 10 * MINUTE);
    expect(m.asked()).toBe('work');
    expect(m.world.ran).toEqual([]);
    m.answer('try-again');
    await m.goOn();
    expect(m.world.ran).toEqual([MIGRATE]);
    expect(theWork(m).dyno?.id).toBe('1');
  });

  test('that comes up after it was asked about answers the question itself', async () => {
    const m = await asked();
    m.world.onCall = once(isStart, (): Fault => 'unclear-not-done');
    await pass(m, MINUTE);
    expect(m.asked()).toBe('work');
    m.world.dynos = [{ id: 'late', command: MIGRATE }];
    await pass(m, MINUTE);
    expect(m.asked()).toBe('');
    expect(theWork(m).dyno?.id).toBe('late');
  });

  test('is looked for once more before it is tried again', async () => {
    const m = await asked();
    m.world.onCall = once(isStart, (): Fault => 'unclear-not-done');
    await pass(m, MINUTE);
    m.world.dynos = [{ id: 'late', command: MIGRATE }];
    m.answer('try-again');
    await m.goOn();
    expect(theWork(m).dyno?.id).toBe('late');
    expect(m.world.ran).toEqual([]);
  });

  test('of which two could be it is asked about', async () => {
    const m = await asked();
    m.world.onCall = once(isStart, (): Fault => 'unclear-done');
    m.world.onAnswer = once(isStart, () => null);
    m.driver.onEvent = ({ is }) => {
      if (is === 'work-starting') m.world.dynos.push({ id: 'theirs', command: MIGRATE });
    };
    await m.goOn();
    const question = m.driver.run.questions.find((q) => open(q));
    expect(question?.about).toMatchObject({ is: 'work', says: expect.stringContaining('may both be it') });
    m.answer('done-by-hand');
    await m.goOn();
    expect(theWork(m).ended?.says).toBe('it has run, as Bob says');
    expect(m.world.ran).toEqual([MIGRATE]);
  });

  test('is not started where the way back has begun before it', async () => {
    const m = await held();
    await m.approve();
    expect(m.driver.command(command, bob)).toBe('refused');
    await m.until('ended');
    expect(m.world.ran).toEqual([]);
  });
});

describe('An app that is opened in the middle of a command', () => {
  test('says so in its log, and is on its way back without watching it', async () => {
    const m = await asked();
    await m.goOn();
    const glass = { do: 'break-glass', because: 'it burns, run.1 hangs' } as const;
    expect(m.driver.command(glass, bob)).toBe('done');
    await m.goOn();
    expect(m.driver.command(glass, bob)).toBe('done');
    expect(theWork(m).ended).toBeNull();
    await m.until('turned');
    expect(theWork(m).ended?.says).toContain('still running as run.1 when the app was opened');
    await m.until('ended');
    expect(m.world.dynos).toHaveLength(1);
    expect(m.events('work-ended')).toHaveLength(1);
  });
});

describe('A process that dies', () => {
  const instants = async (): Promise<number> => {
    const m = await asked();
    let count = 0;
    const counted = () => {
      count += 1;
    };
    m.driver.cut = counted;
    m.world.onCall = () => {
      counted();
      return null;
    };
    m.world.onAnswer = counted;
    await pass(m, 30 * SECOND);
    return count;
  };

  test('at any instant starts a command once at most, and loses none without asking', async () => {
    const all = await instants();
    expect(all).toBeGreaterThan(15);
    const ends = new Set<string>();
    for (let at = 0; at < all; at += 1) {
      const m = await asked();
      let count = 0;
      const here = () => {
        if (count++ === at) crash();
      };
      m.driver.cut = here;
      m.world.onCall = () => {
        here();
        return null;
      };
      m.world.onAnswer = here;
      await pass(m, 2 * MINUTE);
      const asks = m.asked();
      expect(m.world.ran.length, `instant ${at}`).toBeLessThanOrEqual(1);
      if (m.world.ran.length === 1) expect([theWork(m).dyno?.id, asks], `instant ${at}`).toEqual(['1', '']);
      else expect(asks, `instant ${at}`).toBe('work');
      ends.add(`${m.world.ran.length} ${asks}`);
    }
    expect([...ends].toSorted()).toEqual(['0 work', '1 ']);
  });
});
