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
  const loud = list.filter(({ quiet }) => !quiet);
  const others = loud.filter(({ host }) => !types.includes(own.typeOf(host)));
  const anew = loud.filter((one) => !others.includes(one));
  const ours = list.filter((one) => !others.includes(one)).reduce((sum, { busy }) => sum + busy, 0);
  const says = [
    doubt,
    others.length === 0 ? null : `nobody told ${few(others)} to take no more jobs: no worker of the app`,
    // Whoever started it: Heroku does so once a day.
    anew.length === 0 ? null : `${few(anew)} took jobs again, as after a restart`,
  ].filter((one) => one !== null);
  const reading = { ...found.reading, running: others.length === 0 ? running : ours, doubt: says.join('; ') };
  return { ...looked, found: { is: 'read', reading } };
}

function few(processes: readonly { readonly host: string }[]): string {
  const hosts = [...new Set(processes.map(({ host }) => host))].toSorted();
  return hosts.length <= 3 ? hosts.join(', ') : `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more`;
}

async function processesOf(queues: Queues, cx: Cx, queue: Looked) {
  try {
    return await queues.use(cx, queue, async ({ processes }) => (await processes?.list()) ?? []);
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return [];
  }
}
