// The config var that tells the app's own code (MAINTENANCE=true). Setting it makes a release, restarts every dyno and
// runs the release phase: "there is no way out of it", so it comes after the workers on the way to quiet and first on
// the way back.
import { z } from 'zod';
import type { AppRef, Cx, Hold, Look, Verdict } from '../../model/step.ts';
import type { Heroku } from '../api/client.ts';
import type { ConfigVars } from '../api/config-vars.ts';
import { command } from '../shell.ts';
import { pace, waitedFor } from './pace.ts';

/** How far back a release is looked for: more than are ever made inside one maintenance by deploys of others. */
const RELEASES = 20;

/** Heroku answers a change with the values, not with the release that they make. */
const UNLISTED = 30_000;

/** A value, or null where the variable is absent: absent and empty are two things. */
export function configVar(heroku: Heroku): Hold<string | null> {
  const seen = (cx: Cx, vars: ConfigVars): Look<string | null> => {
    const { variable } = cx.settings;
    if (variable === 'off') return { is: 'seen', items: [], warnings: [] };
    const value = Object.hasOwn(vars, variable.name) ? (vars[variable.name] ?? null) : null;
    return { is: 'seen', items: [{ key: variable.name, label: variable.name, value }], warnings: [] };
  };
  return {
    kind: 'hold',
    name: 'variable',
    title: 'Config var',
    door: false,
    value: z.string().nullable(),
    memo: z.null(),
    async look(cx) {
      if (cx.settings.variable === 'off') return { is: 'seen', items: [], warnings: [] };
      return seen(cx, await heroku.configVars.get(cx, cx.app.id));
    },
    aim(cx, item, way) {
      if (way === 'back' || cx.settings.variable === 'off') return item.before;
      return cx.settings.variable.value;
    },
    async write(cx, changes) {
      const values = Object.fromEntries(changes.map(({ key, value }) => [key, value]));
      return seen(cx, await heroku.configVars.update(cx, cx.app.id, values));
    },
    async settle(cx, way, items) {
      const [item] = items;
      if (item === undefined) return { is: 'done' };
      const wanted = way === 'back' ? item.before : (item.sent.at(-1) ?? null);
      return live(heroku, cx, item.key, wanted);
    },
    say: (app, item, value) => ({
      will: value === null ? 'removed' : `set to ${JSON.stringify(value)}`,
      byHand: setByHand(app, item.key, value),
    }),
    show: (value) => (value === null ? 'absent' : JSON.stringify(value)),
  };
}

/** `value` null: it is taken away. */
export function setByHand(app: AppRef, name: string, value: string | null): string {
  return value === null
    ? command('heroku', 'config:unset', name, '--app', app.name)
    : command('heroku', 'config:set', `${name}=${value}`, '--app', app.name);
}

/**
 * A value is live when the newest release that succeeded carries it. That needs no memory of which release is ours: a
 * later deploy carries it too, and a release that failed changes nothing for the dynos.
 */
async function live(heroku: Heroku, cx: Cx, name: string, wanted: string | null): Promise<Verdict<null>> {
  const releases = await heroku.releases.latest(cx, cx.app.id, RELEASES);
  const newest = releases[0];
  if (newest === undefined) return { is: 'done' };
  const succeeded = releases.find((release) => release.status === 'succeeded');
  // One that is still being made may carry a value of ours that was taken back meanwhile, and goes live when it is through:
  // what is live now is only the answer when nothing newer is on its way.
  const made = releases.slice(0, succeeded === undefined ? releases.length : releases.indexOf(succeeded));
  const pending = made.find((release) => release.status === 'pending');
  if (pending !== undefined) {
    const why = `release v${pending.version} is not through yet: its release phase is running`;
    if (waitedFor(cx) >= cx.settings.releaseCap) return { is: 'failed', why: `${why}, for over an hour` };
    return { is: 'waiting', why, look: pace(cx), memo: null };
  }
  if (succeeded !== undefined) {
    const vars = await heroku.releases.configVars(cx, cx.app.id, succeeded.id);
    if ((Object.hasOwn(vars, name) ? vars[name] : null) === wanted) return { is: 'done' };
  }
  if (newest === succeeded) {
    // Its release may not be listed yet; past that, somebody else has set the variable, and another look shows it.
    const why = `no release carries ${name} as it was set yet`;
    return waitedFor(cx) < UNLISTED ? { is: 'waiting', why, look: pace(cx), memo: null } : { is: 'again', memo: null };
  }
  const ended = newest.status === 'failed' ? 'failed' : `the status ${newest.status}`;
  // Setting the variable once more would make no release: its value is that already.
  const retry = command('heroku', 'releases:retry', '--app', cx.app.name);
  return {
    is: 'failed',
    why: `release v${newest.version}, which carries ${name}, has ${ended}: deploy what mends it, or run ${retry}`,
  };
}
