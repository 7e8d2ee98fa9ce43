// `start app`: asks for a run. It only writes the request down and wakes the driver; preflight, capture and everything
// after are the driver's.
import { randomBytes } from 'node:crypto';
import { type Command, MOST } from '../../model/decide.ts';
import type { Person } from '../../model/person.ts';
import { admittedByName } from './admission.ts';
import { alreadyUnderWay, begun, newRun } from './begin.ts';
import { type Door, findApp, refused, troubleAsAnswer, writtenDown } from './door.ts';
import type { Refused, Started, StartRequest } from './reply.ts';
import { settingsFor } from './settings.ts';

/** `instead`: of the run that only watches what is back, by a command to it; any other that is under way is in the way. */
export async function start(
  door: Door,
  by: Person,
  request: StartRequest,
  instead: Command = { do: 'begin-anew' },
): Promise<Started | Refused> {
  const entry = await admittedByName(door, by, 'operate', request.app, `start ${request.app}`);
  if (entry.is === 'refused') return entry;
  const tried = `start ${request.app}`;
  if (request.length !== null && (request.length < 60_000 || request.length > MOST)) {
    const length = refused('A maintenance is planned for a minute to 24 hours.', `/maint start ${request.app} for 30m`);
    return writtenDown(door, by, tried, length);
  }
  return troubleAsAnswer(door, async (): Promise<Started | Refused> => {
    const app = await findApp(door, request.app, 'person');
    if ('is' in app) return writtenDown(door, by, tried, app);
    const settings = await settingsFor(door, app);
    if ('is' in settings) return writtenDown(door, by, tried, settings);
    const now = door.clock.now();
    const wanted = newRun(door, {
      id: newRunId(),
      app,
      by,
      settings,
      channel: request.channel,
      because: request.because,
      endsAt: now + (request.length ?? settings.length),
      accepted: request.accepted,
    });
    const created = await begun(door, by, wanted, instead);
    if (created.is === 'refused') return writtenDown(door, by, tried, created);
    const outcome = created.is === 'taken' ? alreadyUnderWay(created.run, by) : null;
    await door.store.audit({
      at: now,
      person: by,
      what: `start ${app.name}`,
      outcome: created.is,
      why: outcome?.says ?? null,
    });
    if (outcome !== null) return outcome;
    door.wake(created.run.id);
    return { is: 'started', run: created.run };
  });
}

/** Short enough to read out, and part of the markers in scheduled commands: lower case letters and digits only. */
function newRunId(): string {
  return `m${BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(13, '0')
    .slice(-10)}`;
}
