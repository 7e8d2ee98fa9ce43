// Dynos that something starts while the app is held, because it could not be paused: Scheduler jobs. Stopped only where the app's
// settings say so, for a job that is killed half way is not quiet. One-off dynos never are, whoever started them.
import type { Stray, Strays } from '../model/platform.ts';
import type { Cx } from '../model/step.ts';
import type { Heroku } from './api/client.ts';
import type { Dyno } from './api/dynos.ts';
import type { Formation } from './api/formation.ts';
import { HerokuError } from './api/heroku-error.ts';
import { redactedCommand } from './redacted.ts';
import { readMarker } from './schedulers/marker.ts';

/** `run`: people's own work, which the window is for; what add-ons start is called so too, and cannot be told from it. `release`: a deploy's. */
const NEVER = ['run', 'release'];

export function herokuStrays(heroku: Heroku): Strays {
  return {
    /** One call where there are none, and one more where there may be. */
    async find(cx, since) {
      const dynos = (await heroku.dynos.list(cx, cx.app.id)).filter(
        (dyno) =>
          !NEVER.includes(dyno.type) && Date.parse(dyno.created_at) > since && readMarker(dyno.command) === null,
      );
      if (dynos.length === 0) return [];
      const formation = await heroku.formation.list(cx, cx.app.id);
      return dynos.filter((dyno) => !isOfFormation(dyno, formation)).map((dyno) => strayOf(cx, dyno));
    },
    async stop(cx, { id }) {
      try {
        await heroku.dynos.stop(cx, cx.app.id, id);
      } catch (error) {
        // It has ended by itself.
        if (!(error instanceof HerokuError) || error.id !== 'not_found') throw error;
      }
    },
  };
}

/** A process type may be called `scheduler` as well: Heroku would start such a dyno anew. */
function isOfFormation({ type, command }: Dyno, formation: readonly Formation[]): boolean {
  return formation.some((own) => own.type === type && (type !== 'scheduler' || own.command === command));
}

function strayOf(cx: Cx, { id, name, type, command, created_at }: Dyno): Stray {
  const says = `being stopped: ${name} ${redactedCommand(command)}, started ${created_at.slice(11, 19)} UTC`;
  const stopped = type === 'scheduler' ? 'the Scheduler' : type.slice(0, 60);
  return { id, activity: { key: `stray-${id}`, says, at: cx.now, stopped } };
}
