// The one way to an app's Redis: what goes wrong with it, in words that name nothing.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import type { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, scanned } from '../../src/queues/redis.ts';
import { noRedis, realRedis } from '../helpers/redis.ts';
import { troubleOf } from './contract.ts';

const redis = (await realRedis()) ?? noRedis;
const openssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(redis === noRedis)('the connection to an app’s Redis', () => {
  const { client } = redis;
  type To = Parameters<typeof connect>[0];
  const withRedis = async <T>(source: To, work: (redis: Redis) => Promise<T>): Promise<T> => {
    await using connection = await connect(source);
    return await connection.read(work);
  };
  const to = (url: string) => ({ url, signal: new AbortController().signal });
  const as = (user: string, password: string) => {
    const url = new URL(redis.url);
    url.username = user;
    url.password = password;
    return to(url.href);
  };

  afterEach(async () => {
    await redis.empty();
    await client.acl('DELUSER', 'reader');
  });

  it('asks in the database that the url names', async () => {
    await client.set('here', '1');
    expect(await withRedis(to(redis.url), (r) => r.get('here'))).toBe('1');
    expect(await withRedis(to(redis.aside), (r) => r.get('here'))).toBeNull();
  });

  it('goes on in no other database where it is refused that one', async () => {
    const trouble = await troubleOf(withRedis(to(redis.url.replace(/0$/, '99')), (r) => r.dbsize()));
    expect(trouble.message).toContain('ERR');
  });

  it('says that it is not let in, and names neither user nor password', async () => {
    await client.acl('SETUSER', 'reader', 'on', '>right', '~*', '+@all');
    expect(await withRedis(as('reader', 'right'), (r) => r.ping())).toBe('PONG');
    const trouble = await troubleOf(withRedis(as('reader', 'hunter2'), (r) => r.ping()));
    expect(trouble).toMatchObject({ kind: 'retryable', message: expect.stringContaining('WRONGPASS') });
    expect(inspect(trouble, { depth: 9 })).not.toMatch(/hunter2|reader|127\.0\.0\.1/);
  });

  it('says that its user is not allowed something, and which kind of thing is not as expected', async () => {
    await client.acl('SETUSER', 'reader', 'on', '>right', '~*', '+@read', '+time');
    const refused = troubleOf(withRedis(as('reader', 'right'), (r) => r.set('a', 'hunter2')));
    expect(await refused).toMatchObject({ kind: 'needs-human', message: expect.stringContaining('NOPERM') });
    expect(inspect(await refused, { depth: 9 })).not.toContain('hunter2');
    await client.set('a', '1');
    expect(await troubleOf(withRedis(to(redis.url), (r) => r.llen('a')))).toMatchObject({ kind: 'fatal' });
  });

  it('a connection that breaks is not made again; a write is unclear then, and a read is not', async () => {
    for (const which of ['read', 'write'] as const) {
      await using connection = await connect(to(redis.url));
      const id = await connection.read((r) => r.client('ID'));
      const broken = troubleOf(
        connection[which](async (r) => {
          await client.client('KILL', 'ID', id);
          return await r.set('a', '1');
        }),
      );
      expect(await broken).toMatchObject({ kind: 'retryable', unclear: which === 'write' });
      expect(await troubleOf(connection.read((r) => r.ping()))).toMatchObject({ kind: 'retryable' });
    }
    expect(await client.exists('a')).toBe(0);
  });

  it('says that it was maint itself that stopped', async () => {
    const stop = new AbortController();
    await using connection = await connect({ url: redis.url, signal: stop.signal });
    const asked = troubleOf(connection.write((r) => r.blpop('nothing', 0)));
    stop.abort();
    expect(await asked).toMatchObject({ unclear: true, message: expect.stringContaining('maint stopped waiting') });
  });

  it('waits for no command longer than some seconds', async () => {
    await using connection = await connect(to(redis.url));
    const asked = troubleOf(connection.read((r) => r.blpop('nothing', 0)));
    expect(await asked).toMatchObject({ kind: 'retryable', message: expect.stringMatching(/no answer in time|lost/) });
  }, 10_000);

  it('finds keys of one pattern and one type, however many others there are', async () => {
    await client.mset(Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`other:${at}`, '1'])));
    await client.sadd('queue:a', '1');
    await client.lpush('queue:b', '1');
    expect(await withRedis(to(redis.url), (r) => scanned(r, 'queue:*'))).toEqual(['queue:a', 'queue:b']);
    expect(await withRedis(to(redis.url), (r) => scanned(r, 'queue:*', 'set'))).toEqual(['queue:a']);
  });

  describe.skipIf(!openssl)('over TLS, with a certificate that signed itself', () => {
    it('verifies nothing elsewhere, as Heroku’s Redis needs it; but on this machine', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'maint-tls-'));
      const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
      const subject = [
        '-subj',
        '/CN=elsewhere',
        '-days',
        '1',
        '-nodes',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
      ];
      spawnSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert]);
      const identity = { key: await readFile(key), cert: await readFile(cert) };
      await rm(directory, { recursive: true, force: true });
      const server = createTlsServer(identity, (secure) => {
        const plain = createConnection(Number(new URL(redis.url).port), '127.0.0.1');
        secure.pipe(plain).pipe(secure);
        secure.on('error', () => plain.destroy());
        plain.on('error', () => secure.destroy());
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('Expected a port');
      // This machine too, under an address that does not say so.
      expect(await withRedis(to(`rediss://0.0.0.0:${address.port}`), (r) => r.ping())).toBe('PONG');
      const trouble = await troubleOf(withRedis(to(`rediss://127.0.0.1:${address.port}`), (r) => r.ping()));
      expect(trouble.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
      server.close();
      await once(server, 'close');
    });
  });
});
