// An app that keeps the HTTP contract: told to take no new jobs, and waited for, while it can still be asked: maintenance mode
// stands between it and maint afterwards. So it comes before the door on the one way, and after it on the other.
import type { Cx, Hold, Wait } from '../model/step.ts';
import { type Draining, draining } from './drain.ts';
import { type ByHand, pausing } from './intake.ts';
import type { QueueOf, Queues } from './queues.ts';

const overHttp = (queue: QueueOf): boolean => queue.system.over === 'http';

export interface Contract {
  /** Whether maintenance mode is on, so that the app cannot be asked. */
  shut(cx: Cx): Promise<boolean>;
  readonly command: ByHand;
}

export function contract(queues: Queues, { shut, command }: Contract): Hold<boolean> {
  return pausing(queues, {
    name: 'contract',
    title: "The app's own jobs",
    takes: overHttp,
    byHand: (app, { key }, paused) => {
      const what = `/health/jobs/${paused ? 'pause' : 'resume'}`;
      const at = key.split(' ')[1] ?? '';
      return URL.canParse(at)
        ? command('curl', '-fsS', '-X', 'POST', `${at}${what}`)
        : `curl -fsS -X POST "$(${command('heroku', 'config:get', at, '--app', app.name)})${what}"`;
    },
    unread: shut,
  });
}

/** As long as it is asked in time: past the door it would wait in vain. `webs`: how many web dynos there are, any of which may answer. */
export function httpDrain(queues: Queues, webs: (cx: Cx) => Promise<number>): Wait<Draining> {
  const shared = async (cx: Cx): Promise<string | null> => {
    const all = await webs(cx);
    return all < 2 ? null : `one of ${all} web dynos has answered, and the others may have jobs of their own`;
  };
  return draining(queues, { name: 'http-drain', title: "The app's jobs in flight", takes: overHttp, shared });
}
