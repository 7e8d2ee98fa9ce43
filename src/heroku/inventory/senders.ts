// Who calls the app from outside, as far as its settings name them: nothing in Heroku tells of them. Behind the maintenance
// page every call is answered with 503.
import type { Entry } from '../../model/inventory.ts';
import type { Sender } from '../../model/settings.ts';
import { entry } from './entry.ts';

export function senders(named: readonly Sender[]): readonly Entry[] {
  return named.map(({ name, retries }) =>
    retries
      ? entry('sender', name, 'held', 'shut out; its calls come again, all of them at the end', {
          remedy: 'Expect them at once when the door opens.',
        })
      : entry('sender', name, 'not held', 'shut out, and its calls do not come again: they are lost', {
          remedy: `Have ${name} hold them back, or ask it afterwards for what it sent.`,
        }),
  );
}
