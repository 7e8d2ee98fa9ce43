// Structured logs to stdout, as Heroku's log drains expect. Nothing that can carry a secret is logged by name; what looks
// like one is redacted all the same.
import { pino } from 'pino';

export interface Logger {
  debug(about: object, message: string): void;
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
  error(about: object, message: string): void;
}

export const levels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

export function createLog(level: Level): Logger {
  return pino({
    level,
    base: null,
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
  });
}

export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {} };
