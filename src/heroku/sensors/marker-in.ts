// Whether a command is the marker of a paused job of this run. In the log config vars are expanded in it, so what it carries
// need not be readable any more: what it begins with says whose it is.
import { pausedCommand } from '../schedulers/marker.ts';

export function isMarkerIn(command: string, run: string): boolean {
  const whole = pausedCommand(run, '');
  return command.trimStart().startsWith(whole.slice(0, whole.lastIndexOf('""') + 1));
}
