// One-off dynos that run at this moment: of people, who say which are theirs, and of schedulers.
import type { Entry } from '../../model/inventory.ts';
import type { Dyno } from '../api/dynos.ts';
import { redactedCommand } from '../redacted.ts';
import { command } from '../shell.ts';
import { clock, entry, type Read, unusable } from './entry.ts';
import type { Scheduled } from './jobs.ts';

/** `starters`: who started them, by the dyno's id, where that is known. */
export function oneOffs(
  read: Read,
  jobs: readonly Scheduled[],
  starters: ReadonlyMap<string, string>,
): readonly Entry[] {
  return [
    ...ofPeople(read).map((dyno) => person(read, dyno, jobs, starters.get(dyno.id) ?? null)),
    ...ofScheduler(read).map((dyno) => scheduled(read, dyno)),
  ];
}

export function ofPeople({ dynos }: Read): readonly Dyno[] {
  return dynos.filter(({ type }) => type === 'run');
}

/** A process type may be called `scheduler` as well. */
function ofScheduler({ dynos, formation }: Read): readonly Dyno[] {
  return formation.some(({ type }) => type === 'scheduler') ? [] : dynos.filter(({ type }) => type === 'scheduler');
}

function person({ cx }: Read, dyno: Dyno, jobs: readonly Scheduled[], by: string | null): Entry {
  const at = Date.parse(dyno.created_at);
  const since = Number.isNaN(at) ? null : at;
  const job = jobs.find((one) => one.command !== null && one.command.trim() === dyno.command.trim())?.entry;
  const says = [
    redactedCommand(dyno.command),
    ...(since === null ? [] : [`since ${clock(since, cx.now)}`]),
    by === null ? 'by whom is not known' : `by ${by}`,
    ...(job === undefined ? [] : [`the command of ${job.name}`]),
  ].join(', ');
  return {
    kind: 'one-off',
    name: dyno.name,
    since,
    by,
    says,
    does: 'yours?',
    remedy: `Part of the work? Accept it. Else wait for it, or stop it: ${command('heroku', 'ps:stop', dyno.name, '--app', cx.app.name)}`,
    item: null,
    // Asked about all together; which is whose is only told here.
    concern: null,
  };
}

function scheduled({ cx, looks }: Read, dyno: Dyno): Entry {
  const at = Date.parse(dyno.created_at);
  const since = Number.isNaN(at) ? '' : `, since ${clock(at, cx.now)}`;
  const what = `a run of the Heroku Scheduler: ${redactedCommand(dyno.command)}${since}`;
  if (unusable(looks, 'scheduler') === null) {
    return entry('scheduler', dyno.name, 'held', `${what}; it is waited for`);
  }
  return entry('scheduler', dyno.name, 'not held', what, {
    remedy: `Let it end, or stop it: ${command('heroku', 'ps:stop', dyno.name, '--app', cx.app.name)}`,
  });
}
