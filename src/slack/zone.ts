// The time zone that a person has set in Slack.
import type { WebClient } from '@slack/web-api';
import type { Logger } from '../log.ts';
import { zoneNamed } from '../windows/zone.ts';
import { reasonOf } from './words.ts';

/** An IANA name; UTC where Slack does not say it, or says none that is known here: what is planned names its zone in any case. */
export async function ownZone(client: WebClient, user: string, log: Logger): Promise<string> {
  try {
    const { user: found } = await client.users.info({ user });
    return zoneNamed(found?.tz ?? '') ?? 'UTC';
  } catch (error) {
    log.warn({ why: reasonOf(error) }, "Slack did not say a person's time zone");
    return 'UTC';
  }
}
