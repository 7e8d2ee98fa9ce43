// What each verb does at the terminal: asks the door, shows the answer, follows what it set in motion. Returns the exit code
// of `outcome`. Bringing an app back by hand is `restore`, and a file of its run `export`.
import type { Answer } from '../model/event.ts';
import { open } from '../model/questions.ts';
import type { Run } from '../model/run.ts';
import { approved } from './approve.ts';
import { follow } from './follow.ts';
import { runJson } from './json.ts';
import { finish, NEEDS_A_PERSON, notDone, REFUSED, show } from './outcome.ts';
import type { Reached } from './reach.ts';
import { clean, jsonText, type Screen, sure } from './screen.ts';
import { byHandOf, undoText } from './undo.ts';
import { maintCommand, planText } from './words.ts';

export async function plan(reached: Reached, screen: Screen, app: string): Promise<number> {
  return show(screen, await reached.call({ method: 'plan', app }));
}

export async function doctor(reached: Reached, screen: Screen, app: string): Promise<number> {
  const reply = await reached.call({ method: 'doctor', app });
  const code = show(screen, reply);
  return reply.is === 'diagnosis' && (reply.checks.some((c) => c.is === 'bad') || reply.plan.go.is === 'no-go')
    ? REFUSED
    : code;
}

export async function status(reached: Reached, screen: Screen, app: string | null): Promise<number> {
  return show(screen, await reached.call({ method: 'status', app }));
}

/** 1 where there is none. */
export async function proof(reached: Reached, screen: Screen, app: string): Promise<number> {
  return show(screen, await reached.call({ method: 'proof', app }));
}

export async function start(
  reached: Reached,
  screen: Screen,
  app: string,
  options: {
    readonly for: number | null;
    readonly because: string | null;
    readonly accept: readonly string[];
    readonly yes: boolean;
  },
): Promise<number> {
  const planned = await reached.call({ method: 'plan', app });
  if (planned.is !== 'plan') return show(screen, planned);
  if (!screen.json) screen.out(planText(planned));
  // Before anything changes: who loses maint in the middle, or this terminal, has them on the screen.
  const undo = planned.run === null ? undoText(byHandOf(planned)) : '';
  if (undo !== '') screen.err(`\n${undo}\n`);
  if (!options.yes && !(await sure(screen, `Start the maintenance of ${planned.app.name}?`))) {
    return notDone(screen, `The maintenance of ${planned.app.name} was not started: nobody said yes.`);
  }
  const request = { app, length: options.for, because: options.because, channel: null, accepted: [...options.accept] };
  const started = await reached.call({ method: 'start', request });
  if (started.is !== 'started') return show(screen, started);
  const run = await follow(reached, started.run.id, (r) => r.quietAt !== null, screen.err);
  return finish(reached, screen, run);
}

export async function abort(reached: Reached, screen: Screen, app: string, yes: boolean): Promise<number> {
  if (!yes && !(await sure(screen, `Turn the maintenance of ${app} round and put everything back?`))) {
    return notDone(screen, `The maintenance of ${app} was not turned round: nobody said yes.`);
  }
  const reply = await reached.call({ method: 'abort', app });
  if (reply.is !== 'changed') return show(screen, reply);
  return finish(reached, screen, await follow(reached, reply.run.id, () => false, screen.err));
}

export async function extend(reached: Reached, screen: Screen, app: string, ms: number): Promise<number> {
  return show(screen, await reached.call({ method: 'extend', app, ms }));
}

export async function answer(
  reached: Reached,
  screen: Screen,
  app: string,
  question: string,
  given: Answer,
  yes: boolean,
): Promise<number> {
  const found = await reached.call({ method: 'status', app });
  if (found.is === 'refused') return show(screen, found);
  const [run] = found.is === 'status' ? found.runs : [];
  if (run === undefined) {
    screen.err(`There is no maintenance of ${clean(app)}.`);
    return REFUSED;
  }
  if (given === 'approve' || given === 'approve-layers') {
    screen.err(`An approval is given with: ${maintCommand('resume', app)}, which shows what it is for.`);
    return REFUSED;
  }
  const asked = run.questions.find((q) => q.id === question && open(q));
  if (given === 'give-up' && asked?.about.is === 'stuck' && !yes) {
    const { step, wide } = asked.about;
    const title = run.steps.back.find((s) => s.name === step)?.title ?? step;
    const what = wide === true ? 'everything' : title;
    if (!(await sure(screen, `Leave ${what} of ${run.app.name} as it is?`))) {
      return notDone(screen, `${what} of ${run.app.name} was not given up: nobody said yes.`);
    }
  }
  const reply = await reached.call({ method: 'answer', request: { run: run.id, question, answer: given, hash: null } });
  if (reply.is !== 'changed') return show(screen, reply);
  const done = (r: Run): boolean =>
    r.quietAt !== null && r.way === 'quiet' && r.steps.quiet.every((s) => s.state === 'done');
  return finish(reached, screen, await follow(reached, reply.run.id, done, screen.err));
}

/** Opens the approval, shows what it is for, and asks. `approve`: the hash of a list that was seen before, for scripts. */
export async function resume(
  reached: Reached,
  screen: Screen,
  app: string,
  approve: string | null,
  layers = false,
): Promise<number> {
  const given = await approved(reached, screen, app, approve, 'resume', layers);
  if (given.is === 'refused') return show(screen, given.reply);
  if (given.is === 'approved') return finish(reached, screen, given.run);
  if (screen.json) screen.out(jsonText({ run: runJson(given.run), approve: given.hash }));
  return NEEDS_A_PERSON;
}
