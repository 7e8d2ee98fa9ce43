// `extend app`: a later planned end. The planned end only reminds, so this only moves the reminder.
import type { Person } from '../../model/person.ts';
import { changeOf } from './change.ts';
import type { Door } from './door.ts';
import type { Changed, Refused } from './reply.ts';

export async function extend(door: Door, by: Person, app: string, ms: number): Promise<Changed | Refused> {
  return changeOf(door, by, 'extend', app, { do: 'extend', by: ms });
}
