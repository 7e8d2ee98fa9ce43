// Where the terminal's words go. Whatever is printed passes through here, so that no name, reason or error message can
// move the cursor, turn the text round, or hide.
import { createInterface } from 'node:readline/promises';

export interface Screen {
  readonly json: boolean;
  /** Whether somebody is there to be asked. */
  readonly interactive: boolean;
  out(text: string): void;
  /** The same, of CSV: lines that end as RFC 4180 has it. */
  records(lines: readonly string[]): void;
  /** Progress and hints: never mixed with `--json`. */
  err(text: string): void;
  /** A line that somebody types; only where `interactive`. Empty where they end the input. */
  ask(prompt: string): Promise<string>;
}

export function terminalScreen(json: boolean): Screen {
  return {
    json,
    interactive: process.stdin.isTTY === true,
    out: (text) => console.log(cleanLines(text)),
    records: (lines) => void process.stdout.write(lines.map((line) => `${clean(line)}\r\n`).join('')),
    err: (text) => console.error(cleanLines(text)),
    ask: typed,
  };
}

/** One line: what could move the cursor, turn the text round or cannot be seen is left out, line ends as well. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** The same for a text of lines. */
export function cleanLines(text: string): string {
  return text.split('\n').map(clean).join('\n');
}

/** JSON that is safe to look at. JSON.stringify escapes what is below U+0020, and leaves the rest of what cannot be seen. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (unseen) =>
    Array.from({ length: unseen.length }, (_, i) => `\\u${unseen.charCodeAt(i).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );
}

export async function sure(screen: Screen, question: string): Promise<boolean> {
  if (!screen.interactive) {
    screen.err(`${clean(question)} Nobody is there to be asked: say --yes to go on.`);
    return false;
  }
  return /^y(es)?$/i.test((await screen.ask(`${clean(question)} [y/N] `)).trim());
}

/** One of the words, or null: nobody is there, or something else was typed. */
export async function choose<T extends string>(
  screen: Screen,
  question: string,
  words: readonly T[],
): Promise<T | null> {
  if (!screen.interactive) return null;
  const word = (await screen.ask(`${clean(question)} [${words.join('/')}] `)).trim().toLowerCase();
  return words.find((one) => one === word) ?? null;
}

/** Ctrl-D closes the terminal: that is an empty line. */
async function typed(prompt: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new AbortController();
  terminal.once('close', () => gone.abort());
  const line = await terminal.question(prompt, { signal: gone.signal }).catch(() => '');
  terminal.close();
  return line;
}
