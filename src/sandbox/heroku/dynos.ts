// Dynos over time: starting, up, SIGTERM and its 30 seconds, gone; scaling, restarts, crashes and one-offs. Which job a
// worker has in its hands is left to queue.ts, what a one-off's command does to scripts.ts.

import { finishOnTime, takeWork } from './queue.ts';
import { scriptOf } from './scripts.ts';
import { isNoOp } from './shell.ts';
import { type App, currentRelease, type Dyno, type Land, note, type ProcessType } from './state.ts';
import { tellExit, tellOneOff, tellSigkill, tellSigterm, tellStart, tellState } from './telling.ts';

/** Told by how it was started, not by its type: a formation may have a process type called `scheduler`. */
export function isOneOff(dyno: Dyno): boolean {
  return dyno.onExit !== null;
}

function formationDynos(app: App, type: string): Dyno[] {
  return app.dynos.filter((dyno) => dyno.type === type && !isOneOff(dyno) && !dyno.stopping);
}

/** Starts and stops dynos until there are as many of `type` as the formation says. */
export function fitToFormation(land: Land, app: App, processType: ProcessType): void {
  const running = formationDynos(app, processType.type).sort((a, b) => a.number - b.number);
  for (const dyno of running.slice(processType.quantity)) stopDyno(land, app, dyno);
  const taken = new Set(running.slice(0, processType.quantity).map((dyno) => dyno.number));
  for (let number = 1; taken.size < processType.quantity; number += 1) {
    if (taken.has(number)) continue;
    taken.add(number);
    startFormationDyno(land, app, processType, number);
  }
}

function startFormationDyno(land: Land, app: App, processType: ProcessType, number: number): void {
  const name = app.generation === 'fir' ? firName(land, processType.type) : `${processType.type}.${number}`;
  // A stopping one of the same name lives on for its last seconds, but the name is the new one's.
  for (const old of app.dynos) if (old.name === name) old.listed = false;
  start(land, app, {
    name,
    number,
    type: processType.type,
    command: processType.command,
    size: processType.size,
    env: {},
    onUp: (dyno) => {
      const { crashes } = processType;
      if (typeof crashes === 'string') land.logs.write(app, 'app', dyno.name, crashes);
      if (crashes === false) takeWork(land, app);
      else crashDyno(land, app, dyno);
    },
    onExit: null,
  });
}

function firName(land: Land, type: string): string {
  const hex = (digits: number) =>
    land
      .random(0, 16 ** digits - 1)
      .toString(16)
      .padStart(digits, '0');
  return `${type}-${hex(5)}${hex(4)}-${hex(3)}${land.random(10, 99)}`;
}

interface Start {
  name: string;
  number: number;
  type: string;
  command: string;
  size: string;
  env: Readonly<Record<string, string>>;
  onUp: (dyno: Dyno) => void;
  onExit: ((completed: boolean) => void) | null;
  release?: Dyno['release'];
}

function start(land: Land, app: App, { onUp, env, release = currentRelease(app), ...rest }: Start): Dyno {
  const now = land.timers.now();
  const dyno: Dyno = {
    id: land.newId(),
    ...rest,
    state: 'starting',
    release,
    env: { ...release?.configVars, ...env },
    createdAt: now,
    updatedAt: now,
    stopping: false,
    listed: true,
    work: null,
  };
  app.dynos.push(dyno);
  land.changed(app, { action: 'create', what: 'dyno', dyno });
  tellStart(land, app, dyno);
  soon(land, app.times.startMs, () => {
    if (dyno.stopping || !app.dynos.includes(dyno)) return;
    tellState(land, app, dyno, 'starting', 'up');
    setState(land, app, dyno, 'up');
    note(land, app, { what: 'dyno-up', dyno: dyno.name });
    onUp(dyno);
  });
  return dyno;
}

/** Without a delay it happens at once, so that nothing needs a clock that moves. */
function soon(land: Land, ms: number, then: () => void): void {
  if (ms <= 0) then();
  else land.timers.after(ms, then);
}

function setState(land: Land, app: App, dyno: Dyno, state: Dyno['state']): void {
  dyno.state = state;
  dyno.updatedAt = land.timers.now();
  land.changed(app, { action: state === 'down' ? 'destroy' : 'update', what: 'dyno', dyno });
}

/** SIGTERM now; the dyno is gone when its process ends, or is killed after the grace. `next`: what its name is for then. */
export function stopDyno(land: Land, app: App, dyno: Dyno, next: 'down' | 'starting' = 'down'): void {
  if (dyno.stopping || ended.has(dyno)) return;
  dyno.stopping = true;
  if (!isOneOff(dyno)) tellState(land, app, dyno, dyno.state, next);
  if (dyno.state !== 'crashed') tellSigterm(land, app, dyno);
  const stopped = (killed: boolean) => {
    if (killed) tellSigkill(land, app, dyno);
    gone(land, app, dyno, killed ? 137 : 143, false);
  };
  const { stopMs, graceMs } = app.times;
  if (dyno.work === null) soon(land, Math.min(stopMs, graceMs), () => stopped(stopMs > graceMs));
  else finishOnTime(land, app, dyno, stopped);
}

/** Those whose process has ended; they may be listed a little longer. */
const ended = new WeakSet<Dyno>();

function gone(land: Land, app: App, dyno: Dyno, status: number, completed: boolean): void {
  if (!app.dynos.includes(dyno) || ended.has(dyno)) return;
  ended.add(dyno);
  if (dyno.state !== 'crashed') tellExit(land, app, dyno, status);
  if (isOneOff(dyno)) tellState(land, app, dyno, dyno.state, 'complete');
  soon(land, isOneOff(dyno) ? app.times.lingerMs : 0, () => {
    app.dynos = app.dynos.filter((other) => other !== dyno);
    setState(land, app, dyno, 'down');
    note(land, app, { what: 'dyno-gone', dyno: dyno.name });
  });
  dyno.onExit?.(completed);
}

/** Old and new overlap: the new one starts at once, the old one still has its grace. A one-off is only stopped. */
export function restartDyno(land: Land, app: App, dyno: Dyno): void {
  const processType = app.formation.find((candidate) => candidate.type === dyno.type);
  if (dyno.stopping) return;
  stopDyno(land, app, dyno, processType === undefined ? 'down' : 'starting');
  if (isOneOff(dyno) || processType === undefined) return;
  startFormationDyno(land, app, processType, dyno.number);
}

export function restartFormation(land: Land, app: App, type?: string): void {
  for (const processType of app.formation) {
    if (type !== undefined && processType.type !== type) continue;
    for (const dyno of formationDynos(app, processType.type)) restartDyno(land, app, dyno);
  }
}

/** The process ended by itself. Heroku tries again after a while. */
export function crashDyno(land: Land, app: App, dyno: Dyno): void {
  tellExit(land, app, dyno, 1);
  tellState(land, app, dyno, dyno.state, 'crashed');
  setState(land, app, dyno, 'crashed');
  note(land, app, { what: 'dyno-crashed', dyno: dyno.name });
  land.timers.after(app.times.crashRestartMs, () => {
    if (app.dynos.includes(dyno) && dyno.state === 'crashed') restartDyno(land, app, dyno);
  });
}

export interface OneOff {
  readonly type: string;
  readonly command: string;
  readonly size: string;
  readonly env?: Readonly<Record<string, string>>;
  /** As long as its command takes where it is left out. */
  readonly runMs?: number;
  /** How long it may run at most. */
  readonly toLiveMs?: number;
  /** Who the log says has started it; the account's owner by default. */
  readonly by?: string;
  /** Its exit status, asked for when it ends by itself; its command's by default. */
  readonly exits?: () => number;
  /** Of the release phase: the release that is being tried, not the current one. */
  readonly release?: Dyno['release'];
  readonly onExit?: (completed: boolean) => void;
}

/** A dyno outside the formation. One whose command does nothing ends as soon as it is up. */
export function runOneOff(land: Land, app: App, one: OneOff): Dyno {
  const number = land.random(1_000, 9_999);
  const script = scriptOf(app, one.command);
  const runMs = isNoOp(one.command) ? 0 : (one.runMs ?? script?.ms ?? app.times.oneOffMs);
  if (one.type !== 'release') tellOneOff(land, app, one.command, one.by ?? land.account.email);
  return start(land, app, {
    name: app.generation === 'fir' ? firName(land, one.type) : `${one.type}.${number}`,
    number,
    type: one.type,
    command: one.command,
    size: one.size,
    env: one.env ?? {},
    onUp: (dyno) => {
      print(land, app, dyno, script?.output ?? [], runMs);
      if (one.toLiveMs !== undefined && one.toLiveMs < runMs) {
        land.timers.after(one.toLiveMs, () => stopDyno(land, app, dyno));
      }
      soon(land, runMs, () => {
        if (!dyno.stopping) gone(land, app, dyno, one.exits?.() ?? script?.status ?? 0, true);
      });
    },
    onExit: one.onExit ?? (() => {}),
    ...(one.release === undefined ? {} : { release: one.release }),
  });
}

/** Evenly over the time that the process has, and only as long as it runs. */
function print(land: Land, app: App, dyno: Dyno, output: readonly string[], ms: number): void {
  for (const [i, line] of output.entries()) {
    soon(land, (ms * (i + 1)) / (output.length + 1), () => {
      if (app.dynos.includes(dyno) && !ended.has(dyno)) land.logs.write(app, 'app', dyno.name, line);
    });
  }
}
