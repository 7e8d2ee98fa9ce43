// `extend app`: a later planned end. The planned end only reminds, so this only moves the reminder.
import type { Person } from '../../model/person.ts';
import { change, type Door, runOf } from './door.ts';
import type { Changed, Refused } from './reply.ts';

export async function extend(door: Door, by: Person, app: string, ms: number): Promise<Changed | Refused> {
  return change(door, by, 'extend', await runOf(door, by, app), { do: 'extend', by: ms });
}
