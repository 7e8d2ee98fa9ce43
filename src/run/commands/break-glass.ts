// `break-glass app because …`: one person opens a held app alone, without the approvals that it needs, by the list that was shown
// and with a reason that the whole channel is told. Where nobody has asked for the list yet, it is asked for, and nothing is opened.
import type { Person } from '../../model/person.ts';
import { changeOf } from './change.ts';
import type { Door } from './door.ts';
import type { Changed, Refused } from './reply.ts';

export async function breakGlass(door: Door, by: Person, app: string, because: string): Promise<Changed | Refused> {
  return changeOf(door, by, 'break the glass of', app, { do: 'break-glass', because });
}
