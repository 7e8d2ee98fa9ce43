// `break-glass`: opens a held app alone. Shows what it is for first, or that this cannot be looked up, and asks; told to everybody
// with the reason.
import { cannotBeApproved } from '../model/decide.ts';
import { open } from '../model/questions.ts';
import type { Run } from '../model/run.ts';
import { openApproval } from './approve.ts';
import { follow } from './follow.ts';
import { runJson } from './json.ts';
import { finish, NEEDS_A_PERSON, show } from './outcome.ts';
import type { Reached } from './reach.ts';
import { clean, jsonText, type Screen, sure } from './screen.ts';
import { maintCommand, rowsText } from './words.ts';

export async function breakGlass(
  reached: Reached,
  screen: Screen,
  app: string,
  because: string,
  yes: boolean,
): Promise<number> {
  const glass = { method: 'break-glass', app, because } as const;
  const found = await reached.call({ method: 'status', app });
  const standing = found.is === 'status' ? found.runs[0] : undefined;
  let run = standing ?? null;
  let question: string | null = null;
  const say = screen.json ? screen.err : screen.out;
  if (standing !== undefined && cannotBeApproved(standing)) {
    say('What would be restored cannot be looked up: everything that was changed is put back as it was captured.');
  } else {
    const opened = await openApproval(reached, app, glass);
    if ('is' in opened) return show(screen, opened);
    run = opened.run;
    question = opened.question.id;
    say(rowsText(opened.question.shown?.rows ?? []));
  }
  const name = run?.app.name ?? app;
  if (!yes) {
    const command = maintCommand('break-glass', app, '--because', because, '--yes');
    if (!screen.interactive) screen.err(`Nothing has been opened. To open it alone: ${command}`);
    if (!screen.interactive || !(await sure(screen, `Break the glass, in front of everybody, and open ${name}?`))) {
      if (screen.interactive) await notYet(reached, screen, run, question);
      if (screen.json) screen.out(jsonText({ run: run === null ? null : runJson(run), breakGlass: command }));
      return NEEDS_A_PERSON;
    }
  }
  const reply = await reached.call({ ...glass, app: run?.id ?? app });
  if (reply.is !== 'changed') return show(screen, reply);
  const superseded = (r: Run): boolean => r.questions.some((q) => q.id === question && q.withdrawn !== null);
  return finish(reached, screen, await follow(reached, reply.run.id, superseded, screen.err));
}

async function notYet(reached: Reached, screen: Screen, run: Run | null, question: string | null): Promise<void> {
  if (run === null) return;
  const asked = run.questions.some((q) => q.id === question && open(q)) ? question : null;
  if (asked !== null) {
    const request = { run: run.id, question: asked, answer: 'not-yet', hash: null } as const;
    await reached.call({ method: 'answer', request });
  }
  screen.err(`Not yet: ${clean(run.app.name)} stays quiet.`);
}
