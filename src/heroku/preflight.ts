// What stands against beginning, found while the app is untouched and its users are still in. Reads only, and most of
// them shared with what the holds have looked at already.
import { createHash } from 'node:crypto';
import type { Json } from '../model/json.ts';
import type { Concern } from '../model/preflight.ts';
import type { Cx, Look, StepName } from '../model/step.ts';
import type { Queues } from '../steps/queues.ts';
import { span } from '../steps/standing.ts';
import type { Heroku } from './api/client.ts';
import type { Dyno } from './api/dynos.ts';
import type { Formation } from './api/formation.ts';
import { type Itself, sharesDatabase } from './itself.ts';
import { concernOf, othersOf } from './others.ts';
import { OLD_JOB, queueConcerns } from './preflight-queues.ts';
import { redactedCommand } from './redacted.ts';
import { missingScopes, SCOPES_REMEDY } from './scopes.ts';
import { command } from './shell.ts';
import { tooOld } from './steps/aged.ts';
import { ONE_OFFS } from './steps/one-offs.ts';
import { jobsAmong, markedByOthers } from './steps/scheduler-jobs.ts';

export async function herokuPreflight(
  heroku: Heroku,
  itself: Itself,
  cx: Cx,
  looks: Promise<ReadonlyMap<StepName, Look<Json>>>,
  queues: Queues | null = null,
): Promise<readonly Concern[]> {
  const id = cx.app.id;
  const [releases, builds, dynos, formation, addons, vars] = await Promise.all([
    heroku.releases.latest(cx, id, 1),
    heroku.builds.latest(cx, id),
    heroku.dynos.list(cx, id),
    heroku.formation.list(cx, id),
    heroku.addons.list(cx, id),
    heroku.configVars.get(cx, id),
  ]);
  // After the others: their answers have said it, and it costs no call of its own.
  const scopes = await heroku.account.scopes(cx);
  return [
    ...maintItself(cx, itself, Object.values(vars)),
    ...token(scopes),
    ...underWay(cx, releases[0], builds[0]),
    ...running(cx, dynos),
    ...oldJobs(cx, dynos, formation),
    ...crashed(dynos),
    ...othersOf(
      addons.flatMap((addon) => addon.addon_service.name ?? []),
      Object.keys(vars),
    ).map((other) =>
      ask(
        concernOf(other),
        `${other.name} ${other.does} by itself, and maint cannot pause it`,
        other.remedy,
        other.name,
      ),
    ),
    ...alreadySet(cx, vars),
    ...alreadyClosed((await looks).get('maintenance')),
    ...pausedByOthers(cx, (await looks).get('scheduler')),
    ...(await queueConcerns(queues, cx, formation, looks)),
    ...strays(cx),
    ...restarts(cx, formation),
    ...web(cx, dynos, formation),
  ];
}

function maintItself(cx: Cx, itself: Itself, values: readonly string[]): readonly Concern[] {
  if (itself.app === cx.app.id || itself.app === cx.app.name) {
    return [
      refuse(
        'itself',
        'maint runs on this app: it would stop itself and could not bring it back',
        'Run maint on an app of its own.',
      ),
    ];
  }
  if (sharesDatabase(itself.databaseUrl, values)) {
    return [
      refuse('database', 'maint keeps its own records in a database of this app', 'Give maint a database of its own.'),
    ];
  }
  return [];
}

function token(scopes: readonly string[] | 'unknown'): readonly Concern[] {
  const missing = missingScopes(scopes);
  return missing === null ? [] : [refuse('token', `the Heroku token has no scope ${missing}`, SCOPES_REMEDY)];
}

function underWay(
  cx: Cx,
  release: { readonly version: number; readonly status: string } | undefined,
  build: { readonly status: string } | undefined,
): readonly Concern[] {
  const concerns: Concern[] = [];
  if (build?.status === 'pending')
    concerns.push(refuse('build', 'a build is under way', 'Wait until it is through, then start again.'));
  if (release?.status === 'pending') {
    concerns.push(
      refuse('release', `release v${release.version} is being made`, 'Wait until it is through, then start again.'),
    );
  }
  if (release?.status === 'failed') {
    concerns.push(
      ask(
        'last-release',
        `the last release, v${release.version}, failed: setting the config var makes another one, which may fail the same way`,
        `See ${command('heroku', 'releases:output', `v${release.version}`, '--app', cx.app.name)}; mend it first, or leave the config var out (MAINT_VARIABLE=off).`,
        null,
      ),
    );
  }
  return concerns;
}

function running(cx: Cx, dynos: readonly Dyno[]): readonly Concern[] {
  const people = dynos.filter((dyno) => dyno.type === 'run');
  const oneOffs = people.map((dyno) => `${dyno.name} (since ${dyno.created_at.slice(11, 16)} UTC)`);
  if (oneOffs.length === 0) return [];
  const old = tooOld(cx, people);
  const which = createHash('sha256').update(oneOffs.join()).digest('hex').slice(0, 4);
  const few = `${oneOffs.slice(0, 5).join(', ')}${oneOffs.length > 5 ? ` and ${oneOffs.length - 5} more` : ''}`;
  const not =
    old === undefined
      ? ''
      : `; ${old.name} has been running for longer than ${span(cx.settings.abortIfOlderThan ?? 0)}, as no job should, so that it is not waited for`;
  // Named by what they are: an acceptance is for those that were shown, not for others that start meanwhile.
  const asked = ask(
    `one-offs-${which}`,
    `one-off dynos are running, and maint does not stop them: ${few}${not}`,
    `${old === undefined ? 'Wait for them' : 'Let them finish'}, or stop them (\`heroku ps:stop\`), or accept them: they can still write.`,
    'one-off dynos',
  );
  return [old === undefined ? { ...asked, waits: ONE_OFFS } : asked];
}

/** Found before anybody is locked out: a job that runs already would be waited for behind the door. */
function oldJobs(cx: Cx, dynos: readonly Dyno[], formation: readonly Formation[]): readonly Concern[] {
  const limit = cx.settings.abortIfOlderThan;
  if (limit === null) return [];
  const old = jobsAmong(cx, dynos, formation)
    .map(({ name, command, created_at }) => ({ name, command, age: cx.now - Date.parse(created_at) }))
    .filter(({ age }) => age >= limit)
    .toSorted((a, b) => b.age - a.age)[0];
  if (old === undefined) return [];
  const says = `${old.name} (${redactedCommand(old.command)}) has been running for ${span(old.age)}, and no job should for more than ${span(limit)}`;
  return [refuse('old-scheduler-job', says, OLD_JOB)];
}

/** They will be waited for on the way back, in vain. */
function crashed(dynos: readonly Dyno[]): readonly Concern[] {
  const names = dynos.filter((dyno) => dyno.state === 'crashed' && dyno.type !== 'run').map((dyno) => dyno.name);
  if (names.length === 0) return [];
  return [
    warn(
      'crashed',
      `crashed already: ${names.slice(0, 5).join(', ')}; on the way back they are waited for, and then asked about`,
    ),
  ];
}

/** Where it was switched on weeks ago, whoever starts should know. */
function strays({ settings }: Cx): readonly Concern[] {
  if (!settings.stopStrays) return [];
  const says = 'Scheduler jobs that start while the app is held are stopped, wherever they are in their work';
  return [{ ...warn('strays', says), remedy: 'The setting stopStrays leaves them alone.' }];
}

function alreadyClosed(look: Look<Json> | undefined): readonly Concern[] {
  const on = look?.is === 'seen' && look.items.some((item) => item.value === true);
  return on ? [warn('already-closed', 'the app is in maintenance mode already: it stays in it afterwards')] : [];
}

/** As a rollback into a maintenance leaves it: captured like that, no way back would ever take it away. */
function alreadySet(cx: Cx, vars: Readonly<Record<string, string>>): readonly Concern[] {
  const { variable } = cx.settings;
  if (variable === 'off' || !Object.hasOwn(vars, variable.name) || vars[variable.name] !== variable.value) return [];
  const unset = command('heroku', 'config:unset', variable.name, '--app', cx.app.name);
  return [
    ask(
      'already-set',
      `${variable.name} is set already: it stays set afterwards`,
      `If it is left over from another maintenance, run \`${unset}\` first.`,
      null,
    ),
  ];
}

function pausedByOthers(cx: Cx, look: Look<Json> | undefined): readonly Concern[] {
  const marked = markedByOthers(cx, look);
  return marked === null ? [] : [refuse('scheduler', marked.says, marked.remedy)];
}

function restarts(cx: Cx, formation: readonly Formation[]): readonly Concern[] {
  const { variable } = cx.settings;
  if (variable === 'off') return [];
  const release = formation.find(({ type }) => type === 'release')?.command;
  const phase = release === undefined ? '' : `, and runs the release phase: ${release}`;
  return [
    {
      ...warn('variable', `setting ${variable.name} makes a release, on both ways: it restarts every dyno${phase}`),
      remedy: 'MAINT_VARIABLE=off leaves the config var out.',
    },
  ];
}

function web(cx: Cx, dynos: readonly Dyno[], formation: readonly Formation[]): readonly Concern[] {
  const concerns: Concern[] = [];
  const count = formation.find(({ type }) => type === 'web')?.quantity ?? 0;
  if (count > 0 && cx.settings.web === 'zero') {
    concerns.push(warn('web', 'web is scaled to zero as well: in a Private Space the maintenance page breaks by that'));
  } else if (count > 0) {
    concerns.push(
      warn(
        'web',
        `web keeps running (${count}) behind the maintenance page: what it does in the background is not seen`,
      ),
    );
  }
  const eco =
    formation.some(({ size, quantity }) => quantity > 0 && size?.toLowerCase() === 'eco') ||
    dynos.some((dyno) => dyno.size?.toLowerCase() === 'eco');
  if (eco)
    concerns.push(
      warn(
        'eco',
        'Eco dynos sleep after 30 minutes without web traffic, the workers with them: behind the maintenance page there is none',
      ),
    );
  return concerns;
}

function refuse(name: string, says: string, remedy: string): Concern {
  return { name, is: 'refuse', says, remedy, except: null };
}

function ask(name: string, says: string, remedy: string, except: string | null): Concern {
  return { name, is: 'ask', says, remedy, except };
}

function warn(name: string, says: string): Concern {
  return { name, is: 'warn', says, remedy: '', except: null };
}
