// Structured logs to stdout, as Heroku's log drains expect. Nothing that can carry a secret is logged by name; what looks
// like one is redacted all the same. Of an error only what cannot hold a value is written (I8).
import { type DestinationStream, pino } from 'pino';

export interface Logger {
  debug(about: object, message: string): void;
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
  error(about: object, message: string): void;
}

export const levels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

/** `to`: standard output where not said. */
export function createLog(level: Level, to?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    formatters: { log: withoutValues },
    // pino's own would run over what is left, and join the messages of all causes into one.
    serializers: { err: (line: unknown) => line },
    redact: {
      paths: [
        'token',
        '*.token',
        'authorization',
        '*.authorization',
        'headers',
        '*.headers',
        'config',
        '*.config',
        '*.data',
      ],
      censor: '[redacted]',
    },
  };
  return to === undefined ? pino(options) : pino(options, to);
}

/**
 * Errors under any name. An error of the database carries the query with its parameters, scheduled commands among them,
 * as properties that a logger would print.
 */
function withoutValues(about: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(about).map(([key, value]) => [key, value instanceof Error ? errorLine(value) : value]),
  );
}

const MOST_CAUSES = 5;

function errorLine(error: Error, depth = 0): Record<string, unknown> {
  const { cause } = error;
  return {
    name: error.name,
    message: messageOf(error).split('\n', 1)[0],
    ...('code' in error ? { code: error.code } : {}),
    // The frames alone: a stack begins with the whole message.
    stack: error.stack?.match(/^ {4}at .*$/gm)?.join('\n') ?? '',
    ...(cause instanceof Error && depth < MOST_CAUSES ? { cause: errorLine(cause, depth + 1) } : {}),
  };
}

/**
 * An error's message without the values that a database quotes in its own: `invalid input syntax for type integer: "…"`,
 * `Key (id)=(…) already exists`. What maint says itself stands as it is.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!fromDatabase(error)) return error.message;
  const [first = ''] = error.message.split('\n', 1);
  return first.replace(/: ".*$/, ': "…"').replace(/Key \(.*$/, 'Key (…)=(…)');
}

/** `pg` and PGlite take the fields of Postgres' ErrorResponse over as they came. */
function fromDatabase(error: Error): boolean {
  return 'severity' in error && 'code' in error;
}

export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {} };
