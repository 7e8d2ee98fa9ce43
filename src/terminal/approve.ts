// An approval given at the terminal: opens it, shows what it is for, asks, and follows what comes of it. Bound to the hash of
// what was shown, as the button in Slack is (I11).
import type { Answer } from '../model/event.ts';
import { approvalsMissing, open } from '../model/questions.ts';
import type { Question, Run } from '../model/run.ts';
import { follow } from './follow.ts';
import type { Call, Reply } from './protocol.ts';
import type { Reached } from './reach.ts';
import { clean, type Screen, sure } from './screen.ts';
import { maintCommand, rowsText } from './words.ts';

export interface Shown {
  readonly run: Run;
  readonly hash: string;
}

export type Approved =
  | { readonly is: 'approved'; readonly run: Run }
  /** Nobody has approved it. */
  | ({ readonly is: 'waiting' } & Shown)
  | { readonly is: 'refused'; readonly reply: Reply };

/** `approve`: the hash of a list that was seen before, for scripts. `verb`: what a person is told to type. `layers`: one by one. */
export async function approved(
  reached: Reached,
  screen: Screen,
  app: string,
  approve: string | null,
  verb = 'resume',
  layers = false,
): Promise<Approved> {
  const opened = await openApproval(reached, app, { method: 'resume', app });
  if ('is' in opened) return { is: 'refused', reply: opened };
  const { run, question } = opened;
  const hash = question.shown?.hash ?? '';
  // Whoever is asked sees what for; what is printed for others is one object at the end.
  if (!screen.json) screen.out(rowsText(question.shown?.rows ?? []));
  else if (screen.interactive) screen.err(rowsText(question.shown?.rows ?? []));
  const how = layers ? ['--layers'] : [];
  if (approve === null) {
    if (!screen.interactive) {
      screen.err(
        `Nothing has been approved. To approve exactly this: ${maintCommand(verb, app, ...how, '--approve', hash)}`,
      );
      return { is: 'waiting', run, hash };
    }
    const like = layers ? 'layer by layer, to this' : 'like this';
    if (!(await sure(screen, `Approve, and bring ${run.app.name} back ${like}?`))) {
      await reached.call({
        method: 'answer',
        request: { run: run.id, question: question.id, answer: 'not-yet', hash: null },
      });
      screen.err(`Not yet: ${clean(run.app.name)} stays quiet.`);
      return { is: 'waiting', run, hash };
    }
  }
  const answer: Answer = layers ? 'approve-layers' : 'approve';
  const request = { run: run.id, question: question.id, answer, hash: approve ?? hash };
  const reply = await reached.call({ method: 'answer', request });
  if (reply.is !== 'changed') return { is: 'refused', reply };
  const still = reply.run.questions.find((q) => q.id === question.id && open(q));
  if (still !== undefined) {
    const missing = approvalsMissing(reply.run, still);
    screen.err(
      `Approved. ${missing} more ${missing === 1 ? 'person has' : 'people have'} to: ${clean(reply.run.app.name)} stays quiet until then.`,
    );
    return { is: 'waiting', run: reply.run, hash };
  }
  const superseded = (r: Run): boolean => r.questions.some((q) => q.id === question.id && q.withdrawn !== null);
  return { is: 'approved', run: await follow(reached, run.id, superseded, screen.err) };
}

/** `by`: what asks for the list, where nobody has yet. It may have been opened in Slack already: then this is the same approval. */
export async function openApproval(
  reached: Reached,
  app: string,
  by: Call,
): Promise<{ run: Run; question: Question } | Reply> {
  const waiting = (r: Run): Question | undefined => r.questions.find((q) => q.about.is === 'resume' && open(q));
  const standing = await reached.call({ method: 'status', app });
  const known = standing.is === 'status' ? standing.runs[0] : undefined;
  const there = known === undefined || waiting(known) === undefined ? undefined : known;
  const asked = there === undefined ? await reached.call(by) : standing;
  const run = there ?? (asked.is === 'changed' ? asked.run : undefined);
  if (run === undefined || waiting(run) === undefined) return asked;
  const shown = await follow(
    reached,
    run.id,
    (r) => waiting(r)?.shown !== null,
    () => {},
  );
  const question = waiting(shown);
  if (question !== undefined && question.shown !== null) return { run: shown, question };
  const stuck = shown.questions.find((q) => open(q) && q.about.is === 'stuck')?.about;
  const why =
    shown.questions.findLast((q) => q.about.is === 'resume')?.withdrawn ??
    (stuck?.is === 'stuck' ? stuck.why : 'it was answered by somebody else');
  return {
    is: 'refused',
    says: `The approval is not open any more: ${why.replace(/\.$/, '')}.`,
    remedy: `${maintCommand('status', app)} shows how it stands.`,
  };
}
