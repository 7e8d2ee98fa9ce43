// The Home tab of whoever opens it: what they may see, through the same door as everything else.
import type { App } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Person } from '../model/person.ts';
import type { Commands } from '../run/commands/reply.ts';
import { personOf } from './person.ts';
import { appHome, refusedHome } from './views/app-home.ts';
import { failureFor, reasonOf } from './words.ts';
import { ownZone } from './zone.ts';

export interface Showing {
  readonly commands: Pick<Commands, 'status' | 'history' | 'windows'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export function listenForHome(app: App, showing: Showing): void {
  app.event('app_home_opened', async ({ event, client }) => {
    if (event.tab !== 'home') return;
    const view = await shown(showing, personOf({ id: event.user }), client).catch((error: unknown) => {
      showing.log.error({ why: reasonOf(error) }, 'the Home tab could not be filled');
      return refusedHome(failureFor(error));
    });
    await client.views.publish({ user_id: event.user, view });
  });
}

async function shown({ commands, clock, log }: Showing, by: Person, client: WebClient): Promise<HomeView> {
  const now = await commands.status(by, null);
  if (now.is === 'refused') return refusedHome(now);
  const past = await commands.history(by, null);
  if (past.is === 'refused') return refusedHome(past);
  const coming = await commands.windows(by, null, await ownZone(client, by.id, log));
  if (coming.is === 'refused') return refusedHome(coming);
  return appHome({ at: clock.now(), runs: now.runs, last: past.runs, windows: coming.windows });
}
