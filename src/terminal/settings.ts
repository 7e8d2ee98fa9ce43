// `settings`: shows what holds for an app's next run, or hands new settings in: what would change is shown and asked about
// first, and the change is bound to what was shown.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Json } from '../model/json.ts';
import { DONE, notDone, REFUSED, show } from './outcome.ts';
import type { Reached } from './reach.ts';
import { clean, type Screen, sure } from './screen.ts';
import { changeText } from './settings-text.ts';

export interface Handed {
  /** A file of JSON, or `-` for what is piped in; null: none. */
  readonly from: string | null;
  /** Keys that go back to their defaults. */
  readonly reset: readonly string[];
  readonly yes: boolean;
}

export async function settings(
  reached: Reached,
  screen: Screen,
  app: string,
  { from, reset, yes }: Handed,
  piped: () => Promise<string> = () => text(process.stdin),
): Promise<number> {
  if (from === null && reset.length === 0) return show(screen, await reached.call({ method: 'settings', app }));
  const set = from === null ? {} : await read(screen, from, piped);
  if (set === null) return REFUSED;
  const input = { set, reset: [...reset] };
  const proposed = await reached.call({ method: 'propose-settings', app, input });
  if (proposed.is !== 'settings-change' || proposed.changes.length === 0) return show(screen, proposed);
  if (!screen.json) screen.out(changeText(proposed));
  if (!yes && !(await sure(screen, `Change the settings of ${proposed.app.name}?`))) {
    return notDone(screen, `The settings of ${proposed.app.name} were not changed: nobody said yes.`);
  }
  // By its id: what was shown is of this app, whatever has its name by now.
  const { app: shown, version } = proposed;
  const reply = await reached.call({ method: 'change-settings', app: shown.id, input, version });
  if (screen.json || reply.is !== 'settings-change' || !reply.saved) return show(screen, reply);
  screen.out(`Saved: version ${reply.version} of the settings of ${clean(reply.app.name)}.`);
  return DONE;
}

const MOST_BYTES = 200_000;
const File: z.ZodType<Record<string, Json>> = z.record(z.string(), z.json());

/** Null where it cannot be read, which has been said. */
async function read(screen: Screen, from: string, piped: () => Promise<string>): Promise<Record<string, Json> | null> {
  const named = from === '-' ? 'what was piped in' : from;
  const no = (why: string): null => {
    screen.err(clean(`Nothing was changed: ${why}`));
    return null;
  };
  let content: string;
  try {
    content = from === '-' ? await piped() : await readFile(from, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    if (code === null) throw error;
    return no(`${named} cannot be read (${code}).`);
  }
  if (content.length > MOST_BYTES)
    return no(`${named} should be at most ${MOST_BYTES} bytes, and is ${content.length}.`);
  try {
    const parsed = File.safeParse(JSON.parse(content.replace(/^\u{feff}/u, '')));
    if (parsed.success) return parsed.data;
    return no(`${named} should hold an object of settings, such as {"drainCap": "20m"}.`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return no(`${named} should be JSON, such as {"drainCap": "20m"}: ${error.message}.`);
  }
}
