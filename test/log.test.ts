import { inspect } from 'node:util';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { Trouble } from '../src/errors.ts';
import { createLog, messageOf } from '../src/log.ts';
import { onEveryDatabase } from './helpers/database.ts';

const SECRET = 'hunter2 --send';

/** What a log has written, as text and line by line. */
function captured() {
  let text = '';
  const log = createLog('debug', {
    write(line) {
      text += line;
    },
  });
  return {
    log,
    text: () => text,
    lines: () =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('Expected the query to fail');
    },
    (error: unknown) => error,
  );
}

onEveryDatabase('I8: the log of a failed query', (databases) => {
  test('says what failed and where, and none of the values that were in it', async () => {
    const { db } = await databases.open();
    const failures = await Promise.all(
      [
        // A second row of the same key: the message is plain, the parameters and the detail are not.
        sql`insert into pg_temp.job values (${SECRET}), (${SECRET})`,
        // The value stands in the message itself.
        sql`select cast(${SECRET} as integer)`,
        sql`select cast(${SECRET} as jsonb)`,
      ].map((query) =>
        failureOf(
          db.connection().execute(async (one) => {
            await sql`create temporary table if not exists job (command text primary key)`.execute(one);
            await query.execute(one);
          }),
        ),
      ),
    );
    const { log, text, lines } = captured();
    for (const error of failures) {
      expect(error).toBeInstanceOf(Error);
      // It is in there to be leaked.
      expect(inspect(error)).toContain('hunter2');
      log.error({ run: 'm1', err: error }, 'a turn failed');
      log.error({ error }, 'a turn failed');
      log.error({ cause: error }, 'a turn failed');
      log.error({ err: new Error('Expected it to be stored', { cause: error }) }, 'a turn failed');
      expect(messageOf(error)).not.toContain('hunter2');
    }
    expect(text()).not.toContain('hunter2');
    expect(text()).not.toMatch(/"(params|query|detail|where)"/);
    expect(lines()[0]).toMatchObject({
      run: 'm1',
      msg: 'a turn failed',
      err: { code: '23505', message: 'duplicate key value violates unique constraint "job_pkey"' },
    });
    expect(lines()[0].err.stack).toMatch(/^ {4}at /);
    expect(lines()[3].err).toMatchObject({ message: 'Expected it to be stored', cause: { code: '23505' } });
  });
});

describe('The log', () => {
  test('writes of an error its name, the first line of its message, its code, its stack and what caused it', () => {
    const { log, lines } = captured();
    const reset = Object.assign(new Error('socket hang up\nwith more'), { code: 'ECONNRESET', headers: 'Bearer x' });
    log.warn({ err: new Trouble('retryable', 'Heroku did not answer', { remedy: 'Wait.', cause: reset }) }, 'failed');
    const [{ err }] = lines();
    expect(err).toMatchObject({ name: 'Trouble', message: 'Heroku did not answer' });
    expect(err.cause).toEqual({ name: 'Error', message: 'socket hang up', code: 'ECONNRESET', stack: err.cause.stack });
    expect(err.cause.stack).not.toContain('with more');
  });

  test('an error that caused itself is written, not followed for ever', () => {
    const { log, lines } = captured();
    const error = new Error('round');
    error.cause = error;
    log.error({ err: error }, 'failed');
    expect(lines()[0].err.message).toBe('round');
  });

  test('I8: leaves out what looks like a secret by its name', () => {
    const { log, text, lines } = captured();
    log.info({ token: 'hunter2', call: { headers: 'hunter2', method: 'GET' } }, 'a call');
    expect(text()).not.toContain('hunter2');
    expect(lines()[0]).toMatchObject({ token: '[redacted]', call: { method: 'GET' } });
  });
});
