// `npm run demo -- --script`: one whole maintenance of the app that has most of what can write, by itself: a proof that is violated,
// a command of the operators, many waiting jobs, and a worker that does not come back. Right only if the app stands
// afterwards exactly as before.
import { setTimeout as later } from 'node:timers/promises';
import type { Person } from '../model/person.ts';
import { compared, equal, pictureOf } from './picture.ts';
import type { Stage } from './stage.ts';
import { transcribe } from './transcript.ts';

const CHANNEL = '#ops';
/** Real milliseconds for any one thing to happen. */
const PATIENCE = 240_000;
const APP = 'studio';
const MIGRATION = 'rails db:migrate';
const BROKEN = 'ActiveModel::UnknownAttributeError: unknown attribute "currency" for Order';
/** Jobs that may wait before the workers come back, in this app. */
const FEW = 10;
const SETTINGS = {
  queues: [{ system: 'sidekiq', at: 'REDIS_URL' }],
  backlog: { jobs: FEW, age: 3_600_000 },
};
const adaAtATerminal: Person = { id: 'ada', name: 'ada', via: 'terminal' };

export async function play(stage: Stage, say: (text: string) => void): Promise<boolean> {
  const { slack, world } = stage;
  const stop = transcribe(stage, say);
  const act = actions(stage, say);

  const before = pictureOf(stage, APP);
  act.does('ada', `echo '${JSON.stringify(SETTINGS)}' | maint settings ${APP} --from - --yes`);
  await stage.maint.commands.changeSettings(adaAtATerminal, APP, { set: SETTINGS, reset: [] }, 0);
  await act.types('ada', `plan ${APP}`);
  await slack.until(() => slack.messages.list({ ephemeral: true }).length > 0, PATIENCE);
  // The plan asks whose it is.
  const left = world.app(APP).dynos.find(({ type }) => type === 'run')?.name ?? '';
  act.does('ada', `heroku ps:stop ${left} --app ${APP}`);
  await act.heroku('POST', `/apps/${APP}/dynos/${left}/actions/stop`);
  while (world.app(APP).dynos.some(({ name }) => name === left)) await later(10);

  await act.types('ada', `start ${APP} for 1h because the orders table moves to its own database`);
  await act.presses('ada', 'Start, accepting this');
  const forgotten = something(stage);
  await slack.until(() => messageWith(stage, 'Look again'), PATIENCE);
  say('\n  What puts jobs there is found: the web dynos work in the background. It is switched off.');
  await act.presses('ada', 'Look again');
  // Not before: maint looks again by itself as well, and a question that has passed has no buttons any more.
  forgotten.stop();
  await slack.until(() => messageWith(stage, 'Resume'), PATIENCE);
  const quiet = pictureOf(stage, APP);

  await act.types('ada', `run ${APP} -- ${MIGRATION}`);
  await slack.until(() => stage.shown(/exit status 0/u), PATIENCE);
  await slack.until(() => slack.files.list().some(({ completed }) => completed), PATIENCE);
  for (const { bytes } of slack.files.list()) say(`\n  the file:\n${indented(bytes?.toString() ?? '')}`);

  world.setCrashes(APP, 'worker', BROKEN);
  await act.presses('ada', 'Resume');
  await act.presses('grace', 'Approve');
  await act.presses('grace', 'Go on slowly');
  await slack.until(() => stage.shown(/worker\.1 crashed/u), PATIENCE);
  world.setCrashes(APP, 'worker', false);
  act.does('ada', `heroku ps:restart worker --app ${APP}  (with what the worker lacked)`);
  await act.heroku('DELETE', `/apps/${APP}/formations/worker`);
  await slack.until(() => stage.shown(new RegExp(`${APP} · restored`, 'u')), PATIENCE);
  stop();
  const after = pictureOf(stage, APP);

  say(`\n${compared(APP, { before, 'while quiet': quiet, after })}`);
  const right = equal(before, after) && !equal(before, quiet);
  say(right ? '\nBefore and after are equal.' : '\nBefore and after DIFFER.');
  return right;
}

function actions(stage: Stage, say: (text: string) => void) {
  const { slack, sandbox } = stage;
  return {
    does(user: string, command: string): void {
      say(`\n> ${user} at a terminal: ${command}`);
    },
    async types(user: string, text: string): Promise<void> {
      say(`\n> ${user} types in ${CHANNEL}: /maint ${text}`);
      await slack.command({ user, channel: CHANNEL, text });
    },
    async presses(user: string, label: string): Promise<void> {
      const message = await slack.until(() => messageWith(stage, label), PATIENCE);
      say(`\n> ${user} presses [ ${label} ]`);
      const { confirmed } = await slack.click({ user, channel: CHANNEL, messageTs: message.ts, label });
      if (confirmed !== null) say(`  Slack asks "${confirmed.text}", and ${user} presses ${confirmed.confirm}`);
    },
    /** As the Heroku CLI does. */
    async heroku(method: string, path: string): Promise<void> {
      const headers = {
        accept: 'application/vnd.heroku+json; version=3',
        authorization: `Bearer ${sandbox.heroku.token}`,
      };
      const { ok, status } = await fetch(`${sandbox.heroku.url}${path}`, { method, headers });
      if (!ok) throw new Error(`Expected Heroku to take ${method} ${path}, got ${status}`);
    },
  };
}

/** Puts jobs into the queue that nobody has thought of. */
function something({ clock, world }: Stage): { stop(): void } {
  let cancel = (): void => {};
  const next = (): void => {
    world.enqueue(APP);
    cancel = clock.after(4_000, next);
  };
  next();
  return { stop: () => cancel() };
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n');
}

/** The newest message that has such a button now. */
export function messageWith(stage: Stage, label: string) {
  const drawn = (message: Parameters<Stage['slack']['render']>[0]) => stage.slack.render(message, 400);
  return stage.inChannel().findLast((message) => drawn(message).toLowerCase().includes(`[ ${label.toLowerCase()} ]`));
}
