// What Heroku's API and its dynos write into an app's log when something happens, in the words of public captures of real logs.

import type { App, Dyno, Land, ProcessType, Release } from './state.ts';

export function tellStart(land: Land, app: App, { name, command, env }: Dyno): void {
  land.logs.write(app, 'heroku', name, `Starting process with command \`${expanded(command, env)}\``);
}

/** Values are expanded in what is logged: the log may hold secrets. */
function expanded(command: string, env: Readonly<Record<string, string>>): string {
  return command.replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, bare: string | undefined, braced: string | undefined) => {
    return env[bare ?? braced ?? ''] ?? all;
  });
}

export function tellState(land: Land, app: App, { name }: Dyno, from: string, to: string): void {
  land.logs.write(app, 'heroku', name, `State changed from ${from} to ${to}`);
}

export function tellExit(land: Land, app: App, { name }: Dyno, status: number): void {
  land.logs.write(app, 'heroku', name, `Process exited with status ${status}`);
}

export function tellSigterm(land: Land, app: App, { name }: Dyno): void {
  land.logs.write(app, 'heroku', name, 'Stopping all processes with SIGTERM');
}

export function tellSigkill(land: Land, app: App, { name }: Dyno): void {
  const r12 = 'Error R12 (Exit timeout) -> At least one process failed to exit within 30 seconds of SIGTERM';
  land.logs.write(app, 'heroku', name, `${r12}\nStopping remaining processes with SIGKILL`);
}

export function tellOneOff(land: Land, app: App, command: string, by: string): void {
  land.logs.write(app, 'app', 'api', `Starting process with command \`${command}\` by user ${by}`);
}

export function tellScaled(land: Land, app: App, processTypes: readonly ProcessType[]): void {
  const said = processTypes.map(({ type, quantity, size }) => `${type}@${quantity}:${size}`);
  land.logs.write(app, 'app', 'api', `Scaled to ${said.join(' ')} by user ${land.account.email}`);
}

export function tellRelease(land: Land, app: App, { version, description }: Release): void {
  const by = `by user ${land.account.email}`;
  land.logs.write(app, 'app', 'api', `Release v${version} created ${by}\n${description} ${by}`);
}
