// `export`: prints the run of an app as a file that brings it back, or writes it where nobody else can read it: scheduled
// commands are in it as they are.
import { writeFile } from 'node:fs/promises';
import { DONE, REFUSED, show } from './outcome.ts';
import type { Reached } from './reach.ts';
import { clean, jsonText, type Screen } from './screen.ts';
import { maintCommand } from './words.ts';

export async function exportRun(reached: Reached, screen: Screen, app: string, out: string | null): Promise<number> {
  const reply = await reached.call({ method: 'export', app });
  if (reply.is !== 'exported') return show(screen, reply);
  const text = jsonText(reply.file);
  const holds = 'It holds scheduled commands as they are: keep it like a password.';
  if (out === null) {
    screen.out(text);
    screen.err(holds);
    return DONE;
  }
  try {
    await writeFile(out, `${text}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === null) throw error;
    const why = code === 'EEXIST' ? 'it is there already, and is not overwritten' : String(code);
    screen.err(clean(`Nothing was written to ${out}: ${why}.`));
    return REFUSED;
  }
  if (screen.json) screen.out(jsonText({ out, run: reply.file.run, events: reply.file.log.length }));
  screen.err(clean(`Written to ${out}, for you alone to read. ${holds}`));
  screen.err(`To bring the app back from it: ${maintCommand('restore', '--from', out)}`);
  return DONE;
}
