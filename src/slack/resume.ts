// Opening an approval, typed or pressed: whoever asked for it is told where it is, and where Slack cannot show it, what to do
// instead.
import type { Person } from '../model/person.ts';
import { open } from '../model/questions.ts';
import type { Run } from '../model/run.ts';
import type { Commands } from '../run/commands/reply.ts';
import type { Store } from '../store/store.ts';
import type { Awaited, Placed } from './notifier/placing.ts';
import { whereabouts } from './notifier/whereabouts.ts';
import type { Drawn } from './views/blocks.ts';
import { approvalOpened, unseenRemedy } from './views/done.ts';
import { refusal } from './views/reply.ts';

export interface Resuming {
  readonly commands: Pick<Commands, 'resume'>;
  readonly store: Pick<Store, 'messages' | 'unfinished'>;
  readonly placed: (runId: string, what: Awaited) => Promise<Placed>;
}

export interface Resumed {
  readonly is: 'in the thread' | 'not in Slack' | 'refused';
  readonly drawn: Drawn;
}

/** `app`: its name or id, or the id of the run. */
export async function resume({ commands, store, placed }: Resuming, by: Person, app: string): Promise<Resumed> {
  const reply = await commands.resume(by, app);
  if (reply.is === 'changed') {
    const { run } = reply;
    const asked = approvalOf(run);
    const awaited = run.channel !== null && asked !== undefined;
    const where: Placed = awaited ? await placed(run.id, { is: 'question', id: asked.id }) : { is: 'not yet' };
    return { is: where.is === 'posted' ? 'in the thread' : 'not in Slack', drawn: approvalOpened(run, where) };
  }
  // It may be refused because it is open already, in a thread that is not there.
  const run = (await store.unfinished()).find((r) => [r.id, r.app.id, r.app.name].includes(app));
  const asked = run === undefined ? undefined : approvalOf(run);
  const unseen = run !== undefined && asked !== undefined && !(await whereabouts(store, run)).questions.has(asked.id);
  return { is: 'refused', drawn: refusal(unseen ? { says: reply.says, remedy: unseenRemedy(run) } : reply) };
}

function approvalOf(run: Run) {
  return run.questions.findLast((question) => question.about.is === 'resume' && open(question));
}
