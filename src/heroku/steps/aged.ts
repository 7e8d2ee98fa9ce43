// How old what runs in a dyno is: for the question whether any job should be, and for whoever reads which one was waited for.
import type { Cx } from '../../model/step.ts';
import { span } from '../../steps/standing.ts';
import type { Dyno } from '../api/dynos.ts';
import { redactedCommand } from '../redacted.ts';

/** One that has been running longer than any job should: it is not waited for. */
export function tooOld(cx: Cx, running: readonly Dyno[]): Dyno | undefined {
  const limit = cx.settings.abortIfOlderThan;
  return limit === null ? undefined : running.find((dyno) => (ageOf(cx, dyno) ?? 0) >= limit);
}

/** "run.4711 (rake …, by ada@example.com, for 30 min) still runs, and no job should for more than 20 min". */
export function isTooOld({ settings }: Cx, named: string): string {
  return `${named} still runs, and no job should for more than ${span(settings.abortIfOlderThan ?? 0)}`;
}

/** "scheduler.4711 (rake …, for 14 min)"; `by`: who started it, as a clause. */
export function aged(cx: Cx, dyno: Dyno, by?: string): string {
  const age = ageOf(cx, dyno);
  const parts = [redactedCommand(dyno.command), ...(by === undefined ? [] : [by])];
  return `${dyno.name} (${[...parts, ...(age === null ? [] : [`for ${span(age)}`])].join(', ')})`;
}

function ageOf({ now }: Cx, { created_at }: Dyno): number | null {
  const at = Date.parse(created_at);
  return Number.isNaN(at) ? null : Math.max(0, now - at);
}
