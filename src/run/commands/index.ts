// The one door for people: Slack and the terminal call these, and nothing else of the engine.

import { checkWindow } from '../windows/checklist.ts';
import { window, windows } from '../windows/list.ts';
import { proposeWindow } from '../windows/propose.ts';
import type { WindowCommands } from '../windows/reply.ts';
import { cancelWindow, schedule, skip } from '../windows/saving.ts';
import { startWindow } from '../windows/starting.ts';
import { abort } from './abort.ts';
import { adopt, preview } from './adopt.ts';
import { answer } from './answer.ts';
import { breakGlass } from './break-glass.ts';
import { doctor } from './doctor.ts';
import type { Door } from './door.ts';
import { exportRun } from './export.ts';
import { extend } from './extend.ts';
import { history } from './history.ts';
import { plan } from './plan.ts';
import { proof } from './proof.ts';
import { receipt } from './receipt.ts';
import type { Commands } from './reply.ts';
import { resume } from './resume.ts';
import { changeSettings, proposeSettings, settings } from './settings.ts';
import { start } from './start.ts';
import { oneRun, status } from './status.ts';
import { trail } from './trail.ts';
import { output, work } from './work.ts';

export function createCommands(door: Door): Commands {
  return {
    plan: (by, app) => plan(door, by, app),
    start: (by, request) => start(door, by, request),
    status: (by, app) => status(door, by, app),
    history: (by, app) => history(door, by, app),
    trail: (by, app, run) => trail(door, by, app, run),
    run: (by, id) => oneRun(door, by, id),
    doctor: (by, app) => doctor(door, by, app),
    resume: (by, app) => resume(door, by, app),
    abort: (by, app) => abort(door, by, app),
    breakGlass: (by, app, because) => breakGlass(door, by, app, because),
    extend: (by, app, ms) => extend(door, by, app, ms),
    work: (by, request) => work(door, by, request),
    output: (by, request) => output(door, by, request),
    answer: (by, request) => answer(door, by, request),
    export: (by, app) => exportRun(door, by, app),
    proof: (by, app) => proof(door, by, app),
    preview: (by, file) => preview(door, by, file),
    adopt: (by, file, hash) => adopt(door, by, file, hash),
    receipt: (by, id, after) => receipt(door, by, id, after),
    settings: (by, app) => settings(door, by, app),
    proposeSettings: (by, app, input) => proposeSettings(door, by, app, input),
    changeSettings: (by, app, input, version) => changeSettings(door, by, app, input, version),
    ...windowCommands(door),
  };
}

function windowCommands(door: Door): WindowCommands {
  /** What comes of it is announced at once, and not when the next second is over. */
  const looked = async <T>(change: Promise<T>): Promise<T> => {
    const answer = await change;
    door.lookAtWindows?.();
    return answer;
  };
  return {
    proposeWindow: (by, request) => proposeWindow(door, by, request),
    checkWindow: (by, draft) => checkWindow(door, by, draft),
    schedule: (by, draft, own) => looked(schedule(door, by, draft, own)),
    windows: (by, app, own) => windows(door, by, app, own),
    window: (by, id, own) => window(door, by, id, own),
    skip: (by, occurrence, own) => looked(skip(door, by, occurrence, own)),
    cancelWindow: (by, id, own) => looked(cancelWindow(door, by, id, own)),
    startWindow: (by, occurrence) => looked(startWindow(door, by, occurrence)),
  };
}
