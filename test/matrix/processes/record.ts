// What is kept of a maintenance that went wrong: the logs of its bots and every request, in a file for whoever looks into it.
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from './stage.ts';

/** Returns where it is. */
export async function record(name: string, { sandbox, places }: Stage): Promise<string> {
  const path = join(tmpdir(), `maint-matrix-${name.replaceAll('/', '-')}.log`);
  const requests = sandbox.requests.list().map(({ at, service, method, path: to, status, body }) => {
    const what = JSON.stringify(body)?.slice(0, 300) ?? '';
    return `${new Date(at).toISOString()} ${service} ${method} ${to} ${status ?? 'no answer'} ${what}`;
  });
  const logs = places.flatMap(({ name: place, bot, former }) =>
    [...former, ...(bot === null ? [] : [bot])].map((one) => `== ${place}, pid ${one.pid}\n${one.said()}`),
  );
  await writeFile(path, [...logs, '== requests', ...requests].join('\n'));
  return path;
}
