// `start app`: asks for a run. It only writes the request down and wakes the driver; preflight, capture and everything
// after are the driver's.
import { randomBytes } from 'node:crypto';
import { type Command, decide, MOST } from '../../model/decide.ts';
import { type Person, samePerson } from '../../model/person.ts';
import { isWatched, phase, preflight, type Run, withLastLook } from '../../model/run.ts';
import { refOf } from '../../model/step.ts';
import type { NewRun } from '../../store/store.ts';
import { used } from '../stock.ts';
import { admittedByName } from './admission.ts';
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
    const wanted: NewRun = {
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
        back: withLastLook(used(door.platform.back, settings).map(refOf)),
        accepted: [...request.accepted],
      },
    };
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

/** What is only watched ends for it, in the same transaction. */
async function begun(
  door: Door,
  by: Person,
  wanted: NewRun,
  instead: Command,
): Promise<{ readonly is: 'created' | 'taken'; readonly run: Run } | Refused> {
  const created = await door.store.create(wanted);
  if (created.is === 'created' || !isWatched(created.run)) return created;
  const now = door.clock.now();
  const replaced = await door.store.replace(created.run.id, (locked) => decide(locked, instead, by, now), wanted);
  // The watch may just have been over: then nothing is in the way.
  if (replaced.is === 'refused') return instead.do === 'begin-anew' ? door.store.create(wanted) : replaced;
  return replaced.is === 'unknown' ? created : { is: 'created', run: replaced.run };
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
