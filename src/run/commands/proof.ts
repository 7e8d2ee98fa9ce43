// `proof app`: the evidence that is kept with the app's run, or with its last one where none is under way. From the store
// alone, so that it answers when the platform does not.
import type { Person } from '../../model/person.ts';
import { type Door, refused } from './door.ts';
import type { Proved, Refused } from './reply.ts';
import { status } from './status.ts';

export async function proof(door: Door, by: Person, app: string): Promise<Proved | Refused> {
  const found = await status(door, by, app);
  if (found.is === 'refused') return found;
  const [run] = found.runs;
  if (run === undefined) return refused(`There is no maintenance of "${app}".`, 'Check the name of the app.');
  if (run.proof === null) {
    return refused(
      `The maintenance ${run.id} of ${run.app.name} has no proof: it was not observed to its end.`,
      `/maint status ${run.app.name} shows how it stands.`,
    );
  }
  return { is: 'proved', run, at: run.proof.at, findings: run.proof.findings };
}
