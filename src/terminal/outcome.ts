// What every verb at the terminal ends with: the answer on the screen, and the exit code: 0 it is so, 1 it was refused or
// failed, 3 a person has to decide something.
import { isWatched } from '../model/phase.ts';
import { open } from '../model/questions.ts';
import type { Run } from '../model/run.ts';
import { historyText, trailText } from './history.ts';
import { asJson, runJson } from './json.ts';
import { proofText } from './proof.ts';
import type { Reply } from './protocol.ts';
import type { Reached } from './reach.ts';
import { clean, jsonText, type Screen } from './screen.ts';
import { changeText, settingsText } from './settings-text.ts';
import { byHand, undoText } from './undo.ts';
import { changedText, checklistText, listedText, proposalText, questionText, startedText } from './windows-text.ts';
import { doctorText, maintCommand, planText, rowsText, statusText } from './words.ts';

export const DONE = 0;
export const REFUSED = 1;
export const NEEDS_A_PERSON = 3;

export function show(screen: Screen, reply: Reply): number {
  if (screen.json) screen.out(jsonText(asJson(reply)));
  else if (reply.is === 'refused') screen.err(clean(`${reply.says} ${reply.remedy}`));
  else if (reply.is === 'plan') screen.out(planText(reply));
  else if (reply.is === 'diagnosis') screen.out(doctorText(reply));
  else if (reply.is === 'exported') screen.out(jsonText(reply.file));
  else if (reply.is === 'proved') screen.out(proofText(reply));
  else if (reply.is === 'preview') screen.out(rowsText(reply.rows));
  else if (reply.is === 'settings') screen.out(settingsText(reply));
  else if (reply.is === 'settings-change') screen.out(changeText(reply));
  else if (reply.is === 'history') screen.out(historyText(reply, Date.now()));
  else if (reply.is === 'trail') screen.out(trailText(reply));
  else if (reply.is === 'window-proposal') screen.out(proposalText(reply));
  else if (reply.is === 'window-question') screen.out(questionText(reply));
  else if (reply.is === 'checklist') screen.out(checklistText(reply));
  else if (reply.is === 'windows') screen.out(listedText(reply));
  else if (reply.is === 'window-changed') screen.out(changedText(reply));
  else if (reply.is === 'window-started') screen.out(startedText(reply));
  else {
    const runs = reply.is === 'status' ? reply.runs : [reply.run];
    if (runs.length === 0) screen.out('No maintenance is under way.');
    for (const run of runs) screen.out(`${statusText(run, Date.now())}\n`);
  }
  return reply.is === 'refused' ? REFUSED : DONE;
}

/** Nobody was there to say yes, or somebody said no: as JSON that is an answer too. */
export function notDone(screen: Screen, says: string): number {
  if (screen.json) show(screen, { is: 'refused', says, remedy: '--yes does not ask.' });
  return REFUSED;
}

export function finish(reached: Reached, screen: Screen, run: Run): number {
  if (screen.json) screen.out(jsonText({ run: runJson(run) }));
  else screen.out(`\n${statusText(run, Date.now())}`);
  if (run.ended !== null) return run.ended.as === 'cancelled' ? REFUSED : DONE;
  // What is found from here on is asked about in the thread.
  if (isWatched(run)) return DONE;
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
