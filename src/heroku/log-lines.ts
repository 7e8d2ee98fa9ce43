// What a line of an app's log says: when, by whom, and whether it tells of a dyno's start or end. Lines arrive late, and out
// of order by some milliseconds (an exit after its `complete`, an `up` after both, seen in public captures): go by their times.

export interface LogLine {
  /** Milliseconds since the epoch, by Heroku's clock; null where the line does not parse. */
  readonly at: number | null;
  /** `app`: what the app printed, and what Heroku's API did. `heroku`: the platform. Null where the line does not parse. */
  readonly source: string | null;
  /** What stands in the brackets: a dyno's name, but also `api`, `router` or an add-on. Null where the line does not parse. */
  readonly dyno: string | null;
  /** As it is, with whatever secrets it holds; the whole line where it does not parse. */
  readonly text: string;
}

const LINE =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) ([A-Za-z][\w-]{0,63})\[([\w.-]{1,200})\]:(?: (.*))?$/s;

export function parseLogLine(line: string): LogLine {
  const [, time = '', source = '', dyno = '', text = ''] = LINE.exec(line) ?? [];
  const at = Date.parse(time);
  if (Number.isNaN(at)) return { at: null, source: null, dyno: null, text: line };
  return { at, source, dyno, text };
}

/** `command`: config vars are expanded in it, so it may hold secrets. Null where the line has none. */
export type DynoNews =
  /** It was asked for, by the Scheduler or by a person; it has no name yet. Null: not said. */
  | { readonly is: 'created'; readonly command: string; readonly by: string | null; readonly scheduler: boolean }
  | { readonly is: 'starting'; readonly dyno: string; readonly command: string | null }
  | { readonly is: 'up'; readonly dyno: string }
  | { readonly is: 'exited'; readonly dyno: string; readonly status: number }
  /** `complete` is how every one-off ends, whatever its exit status: that one counts. */
  | { readonly is: 'ended'; readonly dyno: string; readonly state: 'complete' | 'crashed' | 'down' };

const SCHEDULER = 'scheduler@addons.heroku.com';
const STARTING = 'Starting process with command `';

/** What a line tells of a dyno; null where it is nothing. Only the platform is believed: an app can print what it likes. */
export function newsOf({ source, dyno, text: raw }: LogLine): DynoNews | null {
  if (dyno === null) return null;
  const text = raw.trimEnd();
  // Both ways were seen: `app[api]` with `by user …` today, `heroku[api]` with `by …` in older ones.
  if (dyno === 'api') return source === 'app' || source === 'heroku' ? creation(text) : null;
  if (source !== 'heroku') return null;
  if (text.startsWith(STARTING)) return { is: 'starting', dyno, command: quoted(text.slice(STARTING.length)) };
  const status = /^Process exited with status (-?\d{1,10})$/.exec(text)?.[1];
  if (status !== undefined) return { is: 'exited', dyno, status: Number(status) };
  switch (/^State changed from [a-z]{1,20} to ([a-z]{1,20})$/.exec(text)?.[1]) {
    case 'starting':
      return { is: 'starting', dyno, command: null };
    case 'up':
      return { is: 'up', dyno };
    case 'complete':
      return { is: 'ended', dyno, state: 'complete' };
    case 'crashed':
      return { is: 'ended', dyno, state: 'crashed' };
    case 'down':
      return { is: 'ended', dyno, state: 'down' };
    default:
      return null;
  }
}

/**
 * Whether Heroku says that whoever reads this stream misses lines of it, having been too slow for them: L11
 * (https://devcenter.heroku.com/articles/error-codes#l11-tail-buffer-overflow).
 */
export function tellsOfGap({ source, dyno, text }: LogLine): boolean {
  return source === 'heroku' && dyno === 'logplex' && /^Error L11\b/.test(text);
}

function creation(text: string): DynoNews | null {
  if (!text.startsWith(STARTING)) return null;
  const rest = text.slice(STARTING.length);
  const end = rest.lastIndexOf('` by ');
  const by = end === -1 ? '' : rest.slice(end + '` by '.length).replace(/^user /, '');
  // Of a command of several lines, or a very long one, the line ends in its middle.
  if (!/^\S{1,320}$/.test(by)) return { is: 'created', command: quoted(rest), by: null, scheduler: false };
  return { is: 'created', command: rest.slice(0, end), by, scheduler: by === SCHEDULER };
}

/** Up to the last backtick: the command may have some of its own. */
function quoted(rest: string): string {
  return rest.endsWith('`') ? rest.slice(0, -1) : rest;
}

/** The process type in a dyno's name, as log lines have nothing else: `run.1234`, and `web-1234abcde-123ab` on Fir. */
export function typeInName(dyno: string): string {
  return /^(.+)(?:\.\d+|-[0-9a-f]{8,12}-[0-9a-z]{5})$/.exec(dyno)?.[1] ?? dyno;
}
