// What comes properly signed, or over our own connection, and is strange all the same: the same command twice, which is
// carried out once, and people of another workspace in a shared channel, who get as far as everybody else.
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import type { Trail } from '../trail.ts';
import { personOf } from './person.ts';
import { reasonOf } from './words.ts';

/** Real time: a little longer than a signature is good for. */
const REMEMBERED = 6 * 60_000;

const Triggered = z.object({ trigger_id: z.string() });
const Pressed = z.object({
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string(), name: z.string().optional(), team_id: z.string().optional() }),
});
const Typed = z.object({ team_id: z.string(), user_id: z.string(), user_name: z.string() });

export function watchForStrangers(app: App, client: WebClient, trail: Trail, log: Logger): void {
  const seen = new Map<string, number>();
  const home = homeOf(client, log);

  app.use(async (args) => {
    const trigger = Triggered.safeParse(args.body);
    if (trigger.success && !isNew(seen, trigger.data.trigger_id)) {
      trail.note({
        person: null,
        what: 'a Slack request that came twice',
        outcome: 'refused',
        why: 'it is carried out once',
      });
      if (args.ack !== undefined) await args.ack();
      return;
    }
    const by = whoseOf(args.body);
    const own = home();
    const foreign = own === null ? undefined : by?.teams.find((team) => team !== own);
    if (by !== undefined && foreign !== undefined) {
      const why = `of ${foreign.slice(0, 20)}`;
      trail.note({ person: by.person, what: 'a Slack request from another workspace', outcome: 'let through', why });
    }
    await args.next();
  });
}

/** Slack gives every click and every command an id of its own. */
function isNew(seen: Map<string, number>, id: string): boolean {
  const now = performance.now();
  for (const [old, at] of seen) {
    if (now - at < REMEMBERED) break;
    seen.delete(old);
  }
  if (seen.has(id)) return false;
  seen.set(id, now);
  return true;
}

function whoseOf(body: unknown) {
  const pressed = Pressed.safeParse(body);
  if (pressed.success) {
    const { user, team } = pressed.data;
    const teams = [team?.id, user.team_id].filter((id) => id !== undefined);
    return { person: personOf({ id: user.id, ...(user.name === undefined ? {} : { name: user.name }) }), teams };
  }
  const typed = Typed.safeParse(body);
  if (!typed.success) return undefined;
  return { person: personOf({ id: typed.data.user_id, name: typed.data.user_name }), teams: [typed.data.team_id] };
}

/** Which workspace we are in, asked in the background, so that no acknowledgement waits for it; null until it is known. */
function homeOf(client: WebClient, log: Logger): () => string | null {
  let known: string | null = null;
  let asking = false;
  const ask = async (): Promise<void> => {
    if (asking || known !== null) return;
    asking = true;
    try {
      known = (await client.auth.test()).team_id ?? null;
    } catch (error) {
      log.debug({ why: reasonOf(error) }, 'Slack did not say which workspace this is');
    } finally {
      asking = false;
    }
  };
  return () => {
    void ask();
    return known;
  };
}
