// What an approval shows, and whether it is still so when it is given (I11).
import { createHash } from 'node:crypto';
import { Trouble } from '../errors.ts';
import type { Event, Row } from '../model/event.ts';
import type { Json } from '../model/json.ts';
import { judge } from '../model/judge.ts';
import type { ItemState, Question, Run } from '../model/run.ts';
import type { AnyHold } from '../model/step.ts';
import { workLeft } from '../model/work.ts';
import { lookAt, type Performing, renamedTo, values } from './performing.ts';

/** What cannot be read for longer than this is shown as that: a hiccup must not make an approval say so, or void it. */
const UNREADABLE = 20_000;

export async function confirm(run: Run, question: Question, on: Performing): Promise<Event[]> {
  const { shown, renamed } = await lookEverything(run, 'confirm', on);
  const by = question.answered?.by ?? null;
  if (shown.hash === question.shown?.hash) {
    // What was read for the approval is not what the way back goes by: somebody may change it this very moment.
    on.cx(run, 'confirm', null).reads.forget();
    return [...renamed, ...workLeft(run), { is: 'turned', by, why: 'approved' }];
  }
  const again = `resume-${run.seq}`;
  return [
    ...renamed,
    { is: 'withdrawn', question: question.id, why: 'something changed between the list and its approval' },
    { is: 'asked', question: again, about: { is: 'resume' } },
    { is: 'shown', question: again, ...shown },
  ];
}

/** Every item that we touched, as it is now, and a hash over exactly that. What cannot be read is shown as that. */
export async function lookEverything(
  run: Run,
  asking: string,
  on: Performing,
): Promise<{ shown: { rows: Row[]; hash: string }; renamed: Event[] }> {
  const cx = on.cx(run, asking, null, 'person');
  const [app, looked] = await Promise.all([on.platform.app(cx, run.app.id), lookAt(run, on, cx)]);
  const rows: Row[] = [];
  const facts: Json[] = [];
  const failing = run.approvalTrouble;
  const lasting = failing !== null && cx.now - failing.since >= UNREADABLE;
  for (const { hold, items, look } of looked) {
    if (look.is !== 'seen' && !lasting) {
      const remedy = 'It is tried again.';
      throw new Trouble('retryable', `${hold.title} could not be read: ${look.why}`, { remedy });
    }
    const now = values(look);
    for (const item of items) {
      const value = now.get(item.key);
      rows.push(
        look.is === 'seen' ? rowOf(hold, item, value) : { ...rowOf(hold, item, item.before), now: 'cannot be read' },
      );
      facts.push([
        item.step,
        item.key,
        item.before,
        look.is !== 'seen' ? look.is : value === undefined ? 'gone' : [value],
      ]);
    }
  }
  const hash = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
  return { shown: { rows, hash }, renamed: renamedTo(run, app, on.platform) };
}

function rowOf(hold: AnyHold, item: ItemState, now: Json | undefined): Row {
  const before = hold.show(item.before);
  const after = { before, ours: before, gone: 'stays gone', drift: 'will be asked' }[judge(item, now)];
  return {
    step: item.step,
    key: item.key,
    label: item.label,
    before,
    now: now === undefined ? 'gone' : hold.show(now),
    after,
  };
}
