// The command of a paused Scheduler job: one line that does nothing and carries the original, so that the job stays
// readable in the dashboard and can be put back with our store lost.

// All after `#` is a comment. Inside quotes a shell would still run `$(...)`.
const OPENING = ': # maint-paused ';
const MARKER = /^: # maint-paused ([\w.-]+) (".*")$/;

export interface Marker {
  readonly runId: string;
  readonly original: string;
}

/** `runId`: letters, digits, `_`, `.` and `-`. Any original will do. */
export function pausedCommand(runId: string, original: string): string {
  if (!/^[\w.-]+$/.test(runId)) {
    throw new Error(`Expected a run id of letters, digits, "_", "." and "-", got ${JSON.stringify(runId)}`);
  }
  return `${OPENING}${runId} ${oneLine(original)}`;
}

/** Null for every other command, and for a marker that was cut off or edited: see `looksPaused`. */
export function readMarker(command: string): Marker | null {
  const [, runId, json] = MARKER.exec(command.trim()) ?? [];
  if (runId === undefined || json === undefined) return null;
  try {
    const original: unknown = JSON.parse(json);
    return typeof original === 'string' ? { runId, original } : null;
  } catch {
    return null;
  }
}

/** Whether it starts as a marker does. True with `readMarker` null: somebody, or a length limit, has damaged one. */
export function looksPaused(command: string): boolean {
  return command.trimStart().startsWith(OPENING.trimEnd());
}

/**
 * JSON writes a newline as `\n`, which keeps the comment on its line; it leaves the separators U+2028 and U+2029, the
 * controls from U+007F on and the invisible formatting characters as they are, so those are written as `\uXXXX` too.
 */
function oneLine(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
