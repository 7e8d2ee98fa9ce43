// A new run, as a person's command or a planned window begins it: what it is begun with, and the app's only one (I2).
import { type Command, decide } from '../../model/decide.ts';
import { type Person, samePerson } from '../../model/person.ts';
import { isWatched, phase } from '../../model/phase.ts';
import { preflight, type Run, withLastLook } from '../../model/run.ts';
import type { Settings } from '../../model/settings.ts';
import { type AppRef, refOf } from '../../model/step.ts';
import type { NewRun } from '../../store/store.ts';
import { used } from '../stock.ts';
import { type Door, refused } from './door.ts';
import type { Refused } from './reply.ts';

export interface Beginning {
  readonly id: string;
  readonly app: AppRef;
  readonly by: Person;
  /** As they are frozen into it. */
  readonly settings: Settings;
  /** The default channel where null. */
  readonly channel: string | null;
  readonly because: string | null;
  readonly endsAt: number;
  /** Names of concerns. */
  readonly accepted: readonly string[];
  /** With a cut-off: how long steps took before, by name. */
  readonly takes?: Readonly<Record<string, number>>;
}

export function newRun(door: Door, beginning: Beginning): NewRun {
  const { id, app, by, settings, channel, because, endsAt, accepted, takes } = beginning;
  return {
    id,
    app,
    channel: channel ?? door.defaultChannel,
    at: door.clock.now(),
    requested: {
      is: 'requested',
      by,
      because,
      endsAt,
      settings,
      quiet: [preflight, ...used(door.platform.quiet, settings).map(refOf)],
      back: withLastLook(used(door.platform.back, settings).map(refOf)),
      accepted: [...accepted],
      ...(takes === undefined ? {} : { takes: { ...takes } }),
    },
  };
}

/** What is only watched ends for it, in the same transaction. */
export async function begun(
  door: Pick<Door, 'store' | 'clock'>,
  by: Person,
  wanted: NewRun,
  instead: Command,
): Promise<{ readonly is: 'created' | 'taken'; readonly run: Run } | Refused> {
  const created = await door.store.create(wanted);
  if (created.is === 'created' || created.run.id === wanted.id || !isWatched(created.run)) return created;
  const now = door.clock.now();
  const replaced = await door.store.replace(created.run.id, (locked) => decide(locked, instead, by, now), wanted);
  // The watch may just have been over: then nothing is in the way.
  if (replaced.is === 'refused') return instead.do === 'begin-anew' ? door.store.create(wanted) : replaced;
  return replaced.is === 'unknown' ? created : { is: 'created', run: replaced.run };
}

export function alreadyUnderWay(run: Run, by: Person): Refused {
  const who = samePerson(run.askedBy, by) ? 'You were' : `${run.askedBy.name} was`;
  return refused(
    `${who} first: a maintenance of ${run.app.name} is under way already (${phase(run)}).`,
    `/maint status ${run.app.name} shows how it stands.`,
  );
}
