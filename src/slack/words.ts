// Errors in words: for the log without what could be a secret in them, and for the person without what they cannot use.
import type { Logger as BoltLogger, LogLevel } from '@slack/bolt';
import { Trouble } from '../errors.ts';
import type { Logger } from '../log.ts';

/** Slack's tokens, and response URLs, which are as good as one for half an hour. */
const secrets = /x(?:ox[a-z]|app)-[A-Za-z0-9-]+|https:\/\/hooks\.slack\.com\/\S+/gu;

function redacted(text: string): string {
  return text.replace(secrets, '[redacted]');
}

/** For a log: the message of an error and of what caused it, no fields of theirs. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return redacted(String(error));
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return redacted(`${error.name}: ${error.message}${cause}`);
}

/** For a person whose command failed where it should not have. */
export function failureFor(error: unknown): { says: string; remedy: string } {
  if (error instanceof Trouble) return { says: redacted(`${error.message}.`), remedy: error.remedy };
  return {
    says: 'Something went wrong inside maint; it is in its log.',
    remedy: '/maint status shows how things stand, and the same command can be given again.',
  };
}

/** Bolt's chatter into our log, one level lower than it shouts: what matters of it reaches the error handler anyway. */
export function boltLogger(log: Logger, level: LogLevel): BoltLogger {
  const words = (parts: unknown[]) =>
    redacted(parts.map((p) => (p instanceof Error ? p.message : String(p))).join(' '));
  return {
    debug: () => {},
    info: (...parts) => log.debug({ from: 'bolt' }, words(parts)),
    warn: (...parts) => log.warn({ from: 'bolt' }, words(parts)),
    error: (...parts) => log.error({ from: 'bolt' }, words(parts)),
    setLevel: () => {},
    getLevel: () => level,
    setName: () => {},
  };
}
