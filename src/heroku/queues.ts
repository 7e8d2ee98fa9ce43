// An app's job queues on Heroku: their addresses are config vars of the app, named by its settings one by one. A value is read
// when it is needed, used, and forgotten: it reaches no store, no message and no log.
import { clause, Trouble } from '../errors.ts';
import type { QueueSetting } from '../model/settings.ts';
import type { Cx } from '../model/step.ts';
import { queueSystems } from '../queues/index.ts';
import type { Queue, Source } from '../queues/queue.ts';
import type { Looked, QueueOf, Queues } from '../steps/queues.ts';
import type { Heroku } from './api/client.ts';

/** Nothing is decided from it that a second more or less would change. */
const KEPT_MS = 5_000;

export function herokuQueues(heroku: Heroku): Queues {
  const open = async (cx: Cx, queue: QueueOf): Promise<Queue> =>
    queue.system.open(await sourceOf(heroku, cx, queue.setting));
  return {
    of,
    look: (cx, these = of(cx)) => Promise.all(these.map((queue) => look(cx, queue, open))),
    async use(cx, queue, work) {
      await using opened = await open(cx, queue);
      return await work(opened);
    },
  };
}

/** One look for the preflight and the inventory of an app, whichever is first. */
export function sharedLook(queues: Queues, cx: Cx): Promise<readonly Looked[]> {
  return cx.reads.once(`queues:${cx.app.id}`, () => queues.look(cx), KEPT_MS);
}

function of(cx: Cx): readonly QueueOf[] {
  const { queues } = cx.settings;
  return queues.map((setting) => {
    const system = queueSystems[setting.system];
    const alone = queues.filter((one) => one.system === setting.system).length === 1;
    const which = keyOf(setting).slice(setting.system.length + 1);
    return { setting, system, key: keyOf(setting), title: alone ? system.title : `${system.title} (${which})` };
  });
}

/** Two of one system in one store differ in what they are called there, or in their queues. */
function keyOf({ system, at, prefix, schema, queues }: QueueSetting): string {
  return [system, shown(at), prefix, schema, queues?.join(',')].filter((part) => part !== undefined).join(' ');
}

/** Keys are kept and titles are told: what an address has of a user and a password stays out of them. */
function shown(at: string): string {
  if (!URL.canParse(at)) return at;
  const { origin, pathname } = new URL(at);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

async function look(cx: Cx, queue: QueueOf, open: (cx: Cx, queue: QueueOf) => Promise<Queue>): Promise<Looked> {
  try {
    await using opened = await open(cx, queue);
    return { ...queue, found: { is: 'read', reading: await opened.read() } };
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return { ...queue, found: { is: 'unreadable', why: clause(error) } };
  }
}

async function sourceOf(heroku: Heroku, cx: Cx, setting: QueueSetting): Promise<Source> {
  const { at, prefix, schema, queues, pauses } = setting;
  const options = {
    ...(prefix === undefined ? {} : { prefix }),
    ...(schema === undefined ? {} : { schema }),
    ...(queues === undefined ? {} : { queues }),
    ...(pauses === undefined ? {} : { pauses }),
  };
  if (/^https?:/.test(at)) return { url: at, options, signal: cx.signal };
  const vars = await heroku.configVars.get(cx, cx.app.id);
  const url = Object.hasOwn(vars, at) ? (vars[at] ?? '') : '';
  if (url !== '') return { url, options, signal: cx.signal };
  throw new Trouble('needs-human', `${cx.app.name} has no config var ${at}, which its settings name`, {
    remedy: `Set it, or take it out of the settings: maint settings ${cx.app.name}`,
  });
}
