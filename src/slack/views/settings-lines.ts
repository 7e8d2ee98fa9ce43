// Settings that are lists, as a person fills them in: one of them a line. What cannot be read is handed on as it was typed, for
// the settings to complain of. Pure.
import type { Json } from '../../model/json.ts';
import type { QueueSetting } from '../../model/settings.ts';

export const RETRIES = 'retries';
export const DOES_NOT = 'does not retry';
export const CATCHES_UP = 'catches up';
export const IS_LOST = 'does not catch up';

export function parts(text: string, between: RegExp): string[] {
  return text
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function sender(line: string): Json {
  const found = /^(.*?)\s*:\s*(retries|does not retry)$/iu.exec(line);
  if (found === null) return { name: line };
  return { name: found[1] ?? '', retries: found[2]?.toLowerCase() === RETRIES };
}

export function criticalJob(line: string): Json {
  const found = /^(.*?)\s*:\s*(catches up|does not catch up)$/iu.exec(line);
  if (found === null) return { job: line };
  return { job: found[1] ?? '', catchesUp: found[2]?.toLowerCase() === CATCHES_UP };
}

export function queuesText(queues: readonly QueueSetting[]): string {
  const texts = queues.map(queueLine);
  return texts.some((text) => text === null) ? JSON.stringify(queues) : texts.join('\n');
}

/** Null where a line cannot tell it. */
function queueLine({ system, at, prefix, schema, queues, pauses }: QueueSetting): string | null {
  const words = [at, prefix ?? '', schema ?? ''];
  const names = queues ?? [];
  if (words.some((word) => /\s/u.test(word)) || names.some((name) => /[\s,]/u.test(name))) return null;
  if (queues !== undefined && queues.length === 0) return null;
  return [
    system,
    at,
    ...(prefix === undefined ? [] : [`prefix=${prefix}`]),
    ...(schema === undefined ? [] : [`schema=${schema}`]),
    ...(queues === undefined ? [] : [`queues=${names.join(',')}`]),
    ...(pauses === undefined ? [] : [`pauses=${pauses ? 'yes' : 'no'}`]),
  ].join(' ');
}

export function readQueues(text: string): Json {
  if (text.startsWith('[')) {
    try {
      const parsed: Json = JSON.parse(text);
      return parsed;
    } catch {
      return text;
    }
  }
  return parts(text, /\n/u).map((line) => {
    const [system = '', at, ...more] = parts(line, /\s/u);
    return { system, ...(at === undefined ? {} : { at }), ...Object.fromEntries(more.map(named)) };
  });
}

function named(word: string): [string, Json] {
  const [, name = word, value = ''] = /^([^=]+)=(.*)$/su.exec(word) ?? [];
  if (name === 'queues') return [name, parts(value, /,/u)];
  if (name === 'pauses' && /^(?:yes|no|true|false)$/iu.test(value)) return [name, /^(?:yes|true)$/iu.test(value)];
  return [name, value];
}
