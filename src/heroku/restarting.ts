// Process types whose dynos are restarted because something in them cannot be told to work again.
import type { ProcessType, Restarting } from '../steps/quieted.ts';
import type { Heroku } from './api/client.ts';
import { HerokuError } from './api/heroku-error.ts';
import { typeInName } from './log-lines.ts';
import { command } from './shell.ts';

/** `web` serves visitors, and `release` only runs when a release is made. */
const NEVER = ['web', 'release'];

export function herokuRestarting(heroku: Heroku): Restarting {
  return {
    async types(cx): Promise<readonly ProcessType[]> {
      const formation = await heroku.formation.list(cx, cx.app.id);
      return formation
        .filter(({ type }) => !NEVER.includes(type))
        .map(({ type, quantity, command: line = '' }) => ({ type, quantity, command: line }));
    },
    async restart(cx, type) {
      try {
        await heroku.dynos.restart(cx, cx.app.id, type);
      } catch (error) {
        // None of its dynos is there: the next that starts is new.
        if (!(error instanceof HerokuError) || error.id !== 'not_found') throw error;
      }
    },
    typeOf: typeInName,
    byHand: (app, type) => command('heroku', 'ps:restart', `--process-type=${type}`, '--app', app),
  };
}
