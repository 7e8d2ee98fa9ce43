// `resume app`: opens the approval. It is not one: nothing opens until a person has approved what is shown (I11).
import type { Person } from '../../model/person.ts';
import { changeOf } from './change.ts';
import type { Door } from './door.ts';
import type { Changed, Refused } from './reply.ts';

export async function resume(door: Door, by: Person, app: string): Promise<Changed | Refused> {
  return changeOf(door, by, 'resume', app, { do: 'resume' });
}
