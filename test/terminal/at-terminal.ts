// A terminal for tests: what is printed is kept, and whenever a run is looked at, it is driven on.
import { type Config, readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/log.ts';
import { startRescue } from '../../src/rescue/index.ts';
import { dispatch, terminalPerson } from '../../src/terminal/protocol.ts';
import type { Reached } from '../../src/terminal/reach.ts';
import type { Restoring } from '../../src/terminal/restore.ts';
import type { Screen } from '../../src/terminal/screen.ts';
import type { Engine } from '../helpers/engine.ts';
import { pglite } from '../helpers/pglite.ts';

/** `types`: what a person types, line by line; nobody is there where not said. */
export function terminal(engine: Engine, json = false, types: readonly string[] | null = null) {
  const lines = [...(types ?? [])];
  const printed: { at: 'out' | 'err'; text: string; writes: number }[] = [];
  const print = (at: 'out' | 'err') => (text: string) => {
    printed.push({ at, text, writes: engine.writes().length });
  };
  const screen: Screen = {
    json,
    interactive: types !== null,
    out: print('out'),
    records: (lines) => print('out')(lines.join('\r\n')),
    err: print('err'),
    async ask(prompt) {
      print('err')(prompt);
      return lines.shift() ?? '';
    },
  };
  const reached: Reached = {
    drives: 'the bot',
    async call(call) {
      if (call.method === 'run') await engine.pass(call.id, 5_000);
      // Those of the run, by its id; who asks by the app's name only looks.
      if (call.method === 'output' && call.request.app !== 'shop') await engine.pass(call.request.app, 5_000);
      return dispatch(engine.commands, terminalPerson('ada'), call);
    },
    close: async () => {},
  };
  const text = (at?: 'out' | 'err') =>
    printed
      .filter((one) => at === undefined || one.at === at)
      .map((one) => one.text)
      .join('\n');
  return { screen, reached, printed, text };
}

export function configFor(engine: Engine): Config {
  const { token, url, schedulerUrl } = engine.sandbox.heroku;
  return readConfig({ HEROKU_API_KEY: token, HEROKU_API_URL: url, HEROKU_SCHEDULER_URL: schedulerUrl }, 'terminal');
}

/** A restore at this terminal: with the engine's database, or with that one lost. Close it after. */
export function restoring(engine: Engine, database: 'there' | 'lost'): Restoring {
  const rescue = startRescue({
    config: configFor(engine),
    clock: engine.clock,
    log: silentLog,
    // The engine's own, emptied: what was in it is lost.
    database: () => pglite().open(),
  });
  return {
    reached: database === 'there' ? terminal(engine).reached : null,
    lost: database === 'there' ? null : 'its disk is gone',
    by: 'ada',
    rescue,
    through: ({ commands, store }) => ({
      drives: 'this process',
      async call(call) {
        const next = call.method === 'run' ? await store.nextDue() : null;
        if (next !== null && next > engine.clock.now()) engine.clock.advance(next - engine.clock.now());
        return dispatch(commands, terminalPerson('ada'), call);
      },
      close: async () => {},
    }),
  };
}
