// `abort app`: turns a run that is still on its way to quiet. From then on it takes the one way back there is.
import type { Person } from '../../model/person.ts';
import { changeOf } from './change.ts';
import type { Door } from './door.ts';
import type { Changed, Refused } from './reply.ts';

export async function abort(door: Door, by: Person, app: string): Promise<Changed | Refused> {
  return changeOf(door, by, 'abort', app, { do: 'abort' });
}
