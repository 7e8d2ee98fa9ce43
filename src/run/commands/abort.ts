// `abort app`: turns a run that is still on its way to quiet. From then on it takes the one way back there is.
import type { Person } from '../../model/person.ts';
import { change, type Door, runOf } from './door.ts';
import type { Changed, Refused } from './reply.ts';

export async function abort(door: Door, by: Person, app: string): Promise<Changed | Refused> {
  return change(door, by, 'abort', await runOf(door, by, app), { do: 'abort' });
}
