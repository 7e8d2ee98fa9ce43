// `start app`: asks for a run. It only writes the request down and wakes the driver; preflight, capture and everything
// after are the driver's.
import { randomBytes } from 'node:crypto';
import { MOST } from '../../model/decide.ts';
import { type Person, samePerson } from '../../model/person.ts';
import { phase, preflight, type Run, watch } from '../../model/run.ts';
import { refOf } from '../../model/step.ts';
import { used } from '../stock.ts';
import { admittedByName } from './admission.ts';
import { type Door, findApp, refused, troubleAsAnswer, writtenDown } from './door.ts';
import type { Refused, Started, StartRequest } from './reply.ts';
import { settingsFor } from './settings.ts';

export async function start(door: Door, by: Person, request: StartRequest): Promise<Started | Refused> {
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
    const created = await door.store.create({
      id: newRunId(),
      app,
      channel: request.channel ?? door.defaultChannel,
      at: now,
      requested: {
        is: 'requested',
        by,
        because: request.because,
        endsAt: now + (request.length ?? settings.length),
        settings,
        quiet: [preflight, ...used(door.platform.quiet, settings).map(refOf)],
        back: [...used(door.platform.back, settings).map(refOf), watch],
        accepted: [...request.accepted],
      },
    });
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

function alreadyUnderWay(run: Run, by: Person): Refused {
  const who = samePerson(run.askedBy, by) ? 'You were' : `${run.askedBy.name} was`;
  return refused(
    `${who} first: a maintenance of ${run.app.name} is under way already (${phase(run)}).`,
    `/maint status ${run.app.name} shows how it stands.`,
  );
}

/** Short enough to read out, and part of the markers in scheduled commands: lower case letters and digits only. */
function newRunId(): string {
  return `m${BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(13, '0')
    .slice(-10)}`;
}
