// What each verb does at the terminal: asks the door, shows the answer, follows what it set in motion. Returns the exit
// code: 0 it is so, 1 it was refused or failed, 3 a person has to decide something.
import type { Answer } from '../model/event.ts';
import { open, type Question, type Run } from '../model/run.ts';
import { follow } from './follow.ts';
import { asJson, runJson } from './json.ts';
import type { Reached, Reply } from './reach.ts';
import { clean, jsonText, type Screen, sure } from './screen.ts';
import { byHand, byHandOf, undoText } from './undo.ts';
import { doctorText, maintCommand, planText, rowsText, statusText } from './words.ts';

const DONE = 0;
const REFUSED = 1;
const NEEDS_A_PERSON = 3;

function show(screen: Screen, reply: Reply): number {
  if (screen.json) screen.out(jsonText(asJson(reply)));
  else if (reply.is === 'refused') screen.err(clean(`${reply.says} ${reply.remedy}`));
  else if (reply.is === 'plan') screen.out(planText(reply));
  else if (reply.is === 'diagnosis') screen.out(doctorText(reply));
  else {
    const runs = reply.is === 'status' ? reply.runs : [reply.run];
    if (runs.length === 0) screen.out('No maintenance is under way.');
    for (const run of runs) screen.out(`${statusText(run, Date.now())}\n`);
  }
  return reply.is === 'refused' ? REFUSED : DONE;
}

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
  if (!options.yes && !(await sure(screen, `Start the maintenance of ${planned.app.name}?`))) return REFUSED;
  const request = { app, length: options.for, because: options.because, channel: null, accepted: [...options.accept] };
  const started = await reached.call({ method: 'start', request });
  if (started.is !== 'started') return show(screen, started);
  const run = await follow(reached, started.run.id, (r) => r.quietAt !== null, screen.err);
  return finish(reached, screen, run);
}

export async function abort(reached: Reached, screen: Screen, app: string, yes: boolean): Promise<number> {
  if (!yes && !(await sure(screen, `Turn the maintenance of ${app} round and put everything back?`))) return REFUSED;
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
  const found = await runOf(reached, app);
  if (found.is === 'refused') return show(screen, found);
  const [run] = found.is === 'status' ? found.runs : [];
  if (run === undefined) {
    screen.err(`There is no maintenance of ${clean(app)}.`);
    return REFUSED;
  }
  if (given === 'approve') {
    screen.err(`An approval is given with: ${maintCommand('resume', app)}, which shows what it is for.`);
    return REFUSED;
  }
  const asked = run.questions.find((q) => q.id === question && open(q));
  if (given === 'give-up' && asked?.about.is === 'stuck' && !yes) {
    const { step } = asked.about;
    const title = run.steps.back.find((s) => s.name === step)?.title ?? step;
    if (!(await sure(screen, `Leave ${title} of ${run.app.name} as it is?`))) return REFUSED;
  }
  const reply = await reached.call({ method: 'answer', request: { run: run.id, question, answer: given, hash: null } });
  if (reply.is !== 'changed') return show(screen, reply);
  const done = (r: Run): boolean => r.quietAt !== null && r.way === 'quiet';
  return finish(reached, screen, await follow(reached, run.id, done, screen.err));
}

/** Opens the approval, shows what it is for, and asks. `approve`: the hash of a list that was seen before, for scripts. */
export async function resume(reached: Reached, screen: Screen, app: string, approve: string | null): Promise<number> {
  const opened = await openApproval(reached, app);
  if ('is' in opened) return show(screen, opened);
  const { run, question } = opened;
  const hash = question.shown?.hash ?? '';
  if (screen.json && approve === null) screen.out(jsonText({ run: runJson(run), approve: hash }));
  if (!screen.json) screen.out(rowsText(question.shown?.rows ?? []));
  if (approve === null) {
    if (!screen.interactive) {
      screen.err(
        `Nothing has been approved. To approve exactly this: ${maintCommand('resume', app, '--approve', hash)}`,
      );
      return NEEDS_A_PERSON;
    }
    if (!(await sure(screen, `Approve, and bring ${run.app.name} back like this?`))) {
      await reached.call({
        method: 'answer',
        request: { run: run.id, question: question.id, answer: 'not-yet', hash: null },
      });
      screen.err(`Not yet: ${clean(run.app.name)} stays quiet.`);
      return NEEDS_A_PERSON;
    }
  }
  const request = { run: run.id, question: question.id, answer: 'approve', hash: approve ?? hash } as const;
  const reply = await reached.call({ method: 'answer', request });
  if (reply.is !== 'changed') return show(screen, reply);
  const superseded = (r: Run): boolean => r.questions.some((q) => q.id === question.id && q.withdrawn !== null);
  return finish(reached, screen, await follow(reached, run.id, superseded, screen.err));
}

async function openApproval(reached: Reached, app: string): Promise<{ run: Run; question: Question } | Reply> {
  const asked = await reached.call({ method: 'resume', app });
  const found = asked.is === 'changed' ? asked : await runOf(reached, app);
  const run = found.is === 'changed' ? found.run : found.is === 'status' ? found.runs[0] : undefined;
  const waiting = (r: Run): Question | undefined => r.questions.find((q) => q.about.is === 'resume' && open(q));
  // It may have been opened in Slack already: then this is the same approval.
  if (run === undefined || waiting(run) === undefined) return asked;
  const shown = await follow(
    reached,
    run.id,
    (r) => waiting(r)?.shown !== null,
    () => {},
  );
  const question = waiting(shown);
  if (question !== undefined) return { run: shown, question };
  const why = shown.questions.findLast((q) => q.about.is === 'resume')?.withdrawn ?? 'it was answered by somebody else';
  return {
    is: 'refused',
    says: `The approval is not open any more: ${why.replace(/\.$/, '')}.`,
    remedy: `${maintCommand('status', app)} shows how it stands.`,
  };
}

function runOf(reached: Reached, app: string): Promise<Reply> {
  return reached.call({ method: 'status', app });
}

function finish(reached: Reached, screen: Screen, run: Run): number {
  if (screen.json) screen.out(jsonText({ run: runJson(run) }));
  else screen.out(`\n${statusText(run, Date.now())}`);
  if (run.ended !== null) return run.ended.as === 'cancelled' ? REFUSED : DONE;
  const undo = undoText(byHand(run));
  if (screen.json && undo !== '') screen.err(undo);
  if (run.questions.some(open)) return NEEDS_A_PERSON;
  if (run.way === 'quiet' && run.quietAt !== null) {
    screen.err(`\nTo bring it back: ${maintCommand('resume', run.app.name)}`);
    if (reached.drives === 'this process')
      screen.err('No bot that this terminal knows of is running: nobody reminds of the planned end.');
  }
  return DONE;
}
