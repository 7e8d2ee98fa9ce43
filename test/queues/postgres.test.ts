import { execFileSync } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { Trouble } from '../../src/errors.ts';
import { connect, withPostgres } from '../../src/queues/postgres.ts';
import { emptyPostgres, postgres } from '../helpers/database.ts';
import { appDatabase } from './app-database.ts';
import { sourceOf } from './source.ts';

const One = z.object({ one: z.number() });
const ask = (url: string, text = 'select 1 as one', signal?: AbortSignal) =>
  withPostgres(sourceOf(url, {}, signal), (sql) => sql(One, text));

/** The trouble, which names neither the address nor who logs in. */
async function troubleOf(url: string, work: Promise<unknown>): Promise<Trouble> {
  const error = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof Trouble)) throw new Error(`Expected a Trouble, got ${String(error)}`);
  expect(error.cause).toBeUndefined();
  const said = `${error.message} ${error.remedy} ${error.stack}`;
  // "maint" is also the user of the test's server.
  const secrets = url
    .split(/[/:@?]+/)
    .slice(1)
    .filter((part) => part.length > 4 && part !== 'maint');
  for (const secret of secrets) expect(said).not.toContain(secret);
  return error;
}

/** A server that takes connections, and does with them what it is told. */
async function listener(take: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    take(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port on the loopback interface');
  return `postgres://somebody:secret@127.0.0.1:${address.port}/orders`;
}

describe('What is no Postgres, or none that answers', () => {
  it.each([
    '',
    'orders',
    'http://somebody:secret@127.0.0.1/orders',
    'postgres:///orders',
    'postgres://%zz:secret@127.0.0.1/orders',
  ])('takes %j for no address of a Postgres', async (url) => {
    expect(await troubleOf(url, ask(url))).toMatchObject({ kind: 'fatal' });
  });

  it('is trouble that may pass, and names nobody', async () => {
    const url = 'postgres://somebody:secret@127.0.0.1:1/orders';
    expect(await troubleOf(url, ask(url))).toMatchObject({ kind: 'retryable', unclear: false });
  });

  it('is told apart where it closes the connection', async () => {
    const url = await listener((socket) => socket.end());
    expect(await troubleOf(url, ask(url))).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('lost'),
    });
  });

  it('is not waited for when it is told to stop', async () => {
    const stop = new AbortController();
    const url = await listener((socket) => socket.once('data', () => stop.abort()));
    expect(await troubleOf(url, ask(url, 'select 1', stop.signal))).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('stopped waiting'),
    });
    expect(await troubleOf(url, ask(url, 'select 1', AbortSignal.abort()))).toMatchObject({ kind: 'retryable' });
  });

  it("is not sent maint's own password where its address has none", async () => {
    const sent: Buffer[] = [];
    const url = await listener((socket) => {
      // After the greeting it asks for the password in plain text.
      socket.once('data', () => {
        socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
        socket.on('data', (chunk) => {
          sent.push(chunk);
          socket.end();
        });
      });
    });
    const before = process.env['PGPASSWORD'];
    process.env['PGPASSWORD'] = 'our-own';
    onTestFinished(() => {
      if (before === undefined) delete process.env['PGPASSWORD'];
      else process.env['PGPASSWORD'] = before;
    });
    await troubleOf(url, ask(url.replace('somebody:secret', 'somebody')));
    expect(sent.length).toBeGreaterThan(0);
    expect(Buffer.concat(sent).toString()).not.toContain('our-own');
  });
});

describe.skipIf(postgres().missing !== null)("A look at an app's Postgres", () => {
  it('answers, and leaves no connection behind', async () => {
    const { url, run } = await appDatabase('select 1');
    expect(await ask(url)).toEqual([{ one: 1 }]);
    await expect
      .poll(() => run(`select count(*)::int as ours from pg_stat_activity where application_name = 'maint'`))
      .toEqual([{ ours: 0 }]);
  });

  it('cannot write', async () => {
    const { url, run } = await appDatabase('create table orders (id int)');
    expect(await troubleOf(url, ask(url, 'insert into orders values (1) returning id as one'))).toMatchObject({
      kind: 'needs-human',
      message: expect.stringContaining('25006'),
    });
    expect(await run('select * from orders')).toEqual([]);
  });

  it('sees everything as of one moment', async () => {
    const { url, run } = await appDatabase('create table orders (id int)');
    await withPostgres(sourceOf(url), async (sql) => {
      const count = async () => (await sql(One, 'select count(*)::int as one from orders'))[0]?.one;
      expect(await count()).toBe(0);
      await run('insert into orders values (1)');
      expect(await count()).toBe(0);
    });
  });

  it('uses up no transaction id, which would look like a write of the app', async () => {
    const { url, run } = await appDatabase('create table orders (id int)');
    const next = () => run('select pg_snapshot_xmax(pg_current_snapshot())::text as xmax');
    const before = await next();
    await ask(url, 'select count(*)::int as one from orders');
    expect(await next()).toEqual(before);
  });

  it('is over in the middle of a statement when it is told to stop', async () => {
    const { url } = await appDatabase('select 1');
    const stop = new AbortController();
    const began = performance.now();
    const work = withPostgres(sourceOf(url, {}, stop.signal), async (sql) => {
      setTimeout(() => stop.abort(), 50);
      return sql(One, 'select 1 as one from pg_sleep(4)');
    });
    expect(await troubleOf(url, work)).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('stopped'),
    });
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('goes on after a statement that failed', async () => {
    const { url } = await appDatabase('select 1');
    await using connection = await connect(sourceOf(url));
    await expect(connection.read((sql) => sql(One, 'select one from nowhere'))).rejects.toMatchObject({
      kind: 'fatal',
    });
    expect(await connection.read((sql) => sql(One, 'select 1 as one'))).toEqual([{ one: 1 }]);
  });

  it('says which field was not as expected, and never what it held', async () => {
    const { url } = await appDatabase('select 1');
    const trouble = await troubleOf(url, ask(url, `select 'hidden' as one`));
    expect(trouble).toMatchObject({ kind: 'fatal', message: expect.stringContaining('one:') });
    expect(trouble.message).not.toContain('hidden');
  });

  it('does not get in with a wrong password, and says nothing of who tried', async () => {
    const { url } = await appDatabase('select 1');
    const wrong = url.replace('maint:test@', 'somebody:wrong-password@');
    expect(await troubleOf(wrong, ask(wrong))).toMatchObject({
      kind: 'retryable',
      message: expect.stringMatching(/28/),
    });
  });

  it('needs a person where the user may not read the table', async () => {
    const { url, run } = await appDatabase('create table orders (id int)');
    await run(`create role reader_only login password 'reader'`);
    const theirs = url.replace('maint:test@', 'reader_only:reader@');
    expect(await troubleOf(theirs, ask(theirs, 'select id as one from orders'))).toMatchObject({ kind: 'needs-human' });
  });

  it('leaves it open whether a write took effect whose connection broke', async () => {
    const { url, run } = await appDatabase('select 1');
    await using connection = await connect(sourceOf(url));
    const work = connection.write(async (sql) => {
      await run(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'maint'`);
      return sql(One, 'select 1 as one');
    });
    expect(await troubleOf(url, work)).toMatchObject({ kind: 'retryable', unclear: true });
  });

  it('writes all or nothing', async () => {
    const { url, run } = await appDatabase('create table orders (id int)');
    await using connection = await connect(sourceOf(url));
    const half = connection.write(async (sql) => {
      await sql(One, 'insert into orders values (1) returning id as one');
      return sql(One, 'select 1 / 0 as one');
    });
    expect(await troubleOf(url, half)).toMatchObject({ kind: 'retryable', unclear: false });
    expect(await run('select * from orders')).toEqual([]);
  });

  it('says that a server speaks no TLS where TLS is asked for', async () => {
    const { url } = await appDatabase('select 1');
    const trouble = await troubleOf(url, ask(`${url}?sslmode=require`));
    expect(trouble).toMatchObject({ kind: 'retryable', message: expect.stringContaining('does not speak TLS') });
  });
});

/** Null where there is no openssl. */
function certificate(): string | null {
  try {
    return execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '-', '-subj', '/CN=somewhere-else', '-days', '2'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
  } catch {
    return null;
  }
}

const pem = postgres().missing === null ? certificate() : null;

describe.skipIf(pem === null)('A Postgres that signed its own certificate, as Heroku has it', () => {
  it('is spoken to over TLS without verification, unless the address asks for it', async () => {
    const url = await emptyPostgres();
    const app = new Client({ connectionString: url });
    await app.connect();
    onTestFinished(async () => {
      await app.query('alter system reset ssl');
      await app.query('select pg_reload_conf()');
      await app.end();
    });
    // By the server itself, which wants the key to be its own.
    for (const file of ['server.crt', 'server.key']) {
      await app.query(
        `copy (select line from unnest(string_to_array('${pem}', E'\\n')) as line) to program 'umask 077; cat > ${file}'`,
      );
    }
    await app.query('alter system set ssl = on');
    await app.query('select pg_reload_conf()');
    const secure = () =>
      ask(`${url}?sslmode=require`, 'select ssl::int as one from pg_stat_ssl where pid = pg_backend_pid()').catch(
        () => null,
      );
    await expect.poll(secure).toEqual([{ one: 1 }]);
    expect(await troubleOf(url, ask(`${url}?sslmode=verify-full`))).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('SELF_SIGNED_CERT'),
    });
    const stop = new AbortController();
    const sleeping = withPostgres(sourceOf(`${url}?sslmode=require`, {}, stop.signal), async (sql) => {
      setTimeout(() => stop.abort(), 50);
      return sql(One, 'select 1 as one from pg_sleep(4)');
    });
    expect(await troubleOf(url, sleeping)).toMatchObject({ message: expect.stringContaining('stopped') });
  });
});
