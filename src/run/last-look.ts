// The last look before `restored`.
import { Trouble } from '../errors.ts';
import type { Event } from '../model/event.ts';
import { same } from '../model/json.ts';
import { judge } from '../model/judge.ts';
import { MOST_MOVES } from '../model/next/trying.ts';
import { ended } from '../model/next/way-back.ts';
import { type Run, step as stepOf, watch } from '../model/run.ts';
import { failed, lookAt, type Performing, renamedTo, settledAs, values } from './performing.ts';

function isLast({ steps }: Run): boolean {
  return steps.back.every(({ name, state }) => state === 'done' || name === watch.name);
}

/** Judges every item once more: whatever may have been sent late, or changed since, is found here and not tomorrow. */
export async function lastLook(run: Run, on: Performing): Promise<Event[]> {
  const cx = on.cx(run, 'last look', null);
  cx.reads.forget();
  const [app, looked] = await Promise.all([on.platform.app(cx, run.app.id), lookAt(run, on, cx)]);
  const events: Event[] = [...renamedTo(run, app, on.platform)];
  const reopened: Event[] = [];
  for (const { hold, items, look } of looked) {
    if (look.is !== 'seen') {
      const remedy = 'It is tried again.';
      throw new Trouble('retryable', `${hold.title} could not be read: ${look.why}`, { remedy });
    }
    const now = values(look);
    const keys: string[] = [];
    for (const item of items) {
      const value = now.get(item.key);
      const verdict = judge(item, value);
      const keptSo = item.settled?.as === 'kept' && value !== undefined && same(value, item.settled.now);
      if (keptSo || (verdict === 'before' && item.settled?.as === 'before')) continue;
      if (verdict === 'gone') events.push(settledAs(item, 'gone', null));
      else if (verdict === 'before') events.push(settledAs(item, 'before', item.before));
      else keys.push(item.key);
    }
    if (keys.length > 0) reopened.push({ is: 'reopened', step: hold.name, keys });
  }
  if (reopened.length === 0) {
    const done: Event = { is: 'done', way: 'back', step: watch.name, findings: [] };
    return [
      ...events,
      // What is only watched after it has its time; then the run ends.
      ...(isLast(run) ? [done, ended] : [{ ...done, watched: true }]),
    ];
  }
  if ((stepOf(run, 'back', watch.name)?.moves ?? 0) >= MOST_MOVES) {
    return [
      ...events,
      failed(
        'back',
        watch.name,
        'what was put back keeps changing',
        'Find out who else changes this app, then press Try again.',
      ),
    ];
  }
  return [...events, ...reopened];
}
