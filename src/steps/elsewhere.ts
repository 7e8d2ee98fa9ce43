// Jobs in the hands of processes that nobody has told to take no more, for they are no workers of the app: Sidekiq inside web, or on
// another machine. While jobs wait, each that ends there is followed by another: they are told of, and not waited for.
import { Trouble } from '../errors.ts';
import type { Cx } from '../model/step.ts';
import type { Looked, Queues } from './queues.ts';
import type { Restarting } from './quieted.ts';

/** The process types that are told to stop, and whose a host is. */
export type Own = Pick<Restarting, 'types' | 'typeOf'>;

/** As it was looked at, with no more running than in the hands of the app's own workers. */
export async function withoutOthers(queues: Queues, own: Own, cx: Cx, looked: Looked): Promise<Looked> {
  const { found, setting } = looked;
  if (setting.system !== 'sidekiq' || found.is !== 'read') return looked;
  const { running, queued, doubt } = found.reading;
  if (queued === 0 || running === null || running === 0) return looked;
  const list = await processesOf(queues, cx, looked);
  if (list.every(({ quiet }) => quiet)) return looked;
  const types = (await own.types(cx)).map(({ type }) => type);
  const others = list.filter(({ host, quiet }) => !quiet && !types.includes(own.typeOf(host)));
  if (others.length === 0) return looked;
  const hosts = [...new Set(others.map(({ host }) => host))].toSorted();
  const ours = list.filter((one) => !others.includes(one)).reduce((sum, { busy }) => sum + busy, 0);
  const says = `${hosts.slice(0, 3).join(', ')}${hosts.length > 3 ? ` and ${hosts.length - 3} more` : ''} ${hosts.length === 1 ? 'takes' : 'take'} jobs as well, and maint does not tell ${hosts.length === 1 ? 'it' : 'them'} to stop`;
  const reading = { ...found.reading, running: ours, doubt: doubt === null ? says : `${doubt}; ${says}` };
  return { ...looked, found: { is: 'read', reading } };
}

async function processesOf(queues: Queues, cx: Cx, queue: Looked) {
  try {
    return await queues.use(cx, queue, async ({ processes }) => (await processes?.list()) ?? []);
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return [];
  }
}
