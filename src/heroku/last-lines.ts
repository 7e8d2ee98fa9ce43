// The last lines of a dyno's log, to show why it crashed. An app prints what it likes, its secrets too: what could be one is
// masked before a line is kept or shown (I8).
import { clause, Trouble } from '../errors.ts';
import type { Cx } from '../model/step.ts';
import type { Heroku } from './api/client.ts';
import type { LogEnd } from './api/log-sessions.ts';
import { parseLogLine } from './log-lines.ts';

const LINES = 8;
/** Characters of a line that are shown. */
const LONGEST = 200;
/** Characters of a line that are looked through for what looks like a secret. */
const MASKED = 1_000;
/** Milliseconds of the machine's time: a question is asked rather without its log than late. */
const PATIENCE_MS = 5_000;
/** A shorter value ("true", "5432") would mask half of what is printed. */
const SHORTEST_SECRET = 6;

/** Redacted. `patience`: milliseconds of the machine's time. A line that says why where it cannot be read; never throws for that. */
export async function lastLines(
  heroku: Heroku,
  cx: Cx,
  dyno: string,
  patience = PATIENCE_MS,
): Promise<readonly string[]> {
  try {
    const secrets = secretsIn(await heroku.configVars.get(cx, cx.app.id));
    const url = await heroku.logSessions.create(cx, cx.app.id, { dynoName: dyno, lines: LINES, tail: false });
    const { lines, end } = await readAll(heroku, url, AbortSignal.any([cx.signal, AbortSignal.timeout(patience)]));
    if (end.why === 'error') return [`its log cannot be read: ${end.says}`];
    if (end.why === 'aborted' && lines.length === 0) return ['its log cannot be read: no answer in time'];
    const shown = lines.slice(-LINES).map((line) => redactedLine(parseLogLine(line).text, secrets));
    return shown.length > 0 ? shown : ['its log has no lines'];
  } catch (error) {
    if (!(error instanceof Trouble) || error.wide) throw error;
    return [`its log cannot be read: ${clause(error)}`];
  }
}

function readAll(heroku: Heroku, url: string, signal: AbortSignal): Promise<{ lines: readonly string[]; end: LogEnd }> {
  const lines: string[] = [];
  return new Promise((resolve) =>
    heroku.logSessions.connect(url, {
      signal,
      onLine: (line) => void lines.push(line),
      onEnd: (end) => resolve({ lines, end }),
    }),
  );
}

/** Of an app's config vars: their values, the passwords of those that are addresses, and the lines of those that have several. */
export function secretsIn(vars: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(vars).flatMap((value) => {
    const password = URL.canParse(value) ? new URL(value).password : '';
    return [value, password, decoded(password), ...value.split(/\s*\n\s*/)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Without the app's own values, and without what looks like a secret: credentials in addresses, tokens, `key=value` of such names. */
export function redactedLine(text: string, secrets: readonly string[]): string {
  const longFirst = secrets.filter((one) => one.length >= SHORTEST_SECRET).toSorted((a, b) => b.length - a.length);
  const known = longFirst.reduce((so, secret) => so.replaceAll(secret, '…'), text);
  // Far more than is shown: what follows takes time that grows with the square of the length.
  const near = known.length <= MASKED ? known : known.slice(0, MASKED).replace(/\S*$/, '…');
  const masked = near
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'`]+@/gi, '$1…@')
    .replace(/(https?:\/\/[^\s?"'`]+)\?[^\s"'`]+/gi, '$1?…')
    .replace(/\b(Bearer|Basic|Token)\s+[\w.~+/=-]{6,}/gi, '$1 …')
    .replace(
      // Also in JSON that stands in JSON, where each quote has a backslash before it.
      /([\w-]*(?:passw|passphrase|pass(?![a-z])|passfile|pwd|secret|token|api[_-]?key|[_-]key|credential|auth)[\w-]*\\?["']?\s*(?:=>|[=:])\s*)(?:\\"(?:(?!\\").)*(?:\\"|$)|"[^"]*"|'[^']*'|(?:[^\s,;}"'\\]|\\(?!["']))+)/gi,
      '$1…',
    )
    .replace(/[\w+/=-]{32,}/g, '…')
    .trim();
  return masked.length <= LONGEST ? masked : `${masked.slice(0, LONGEST - 1)}…`;
}
