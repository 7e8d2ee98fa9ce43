// Modals that a button or a command opens. Slack lets one be opened within three seconds of the click, so it is opened at once,
// and what it shows follows when it is known.
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { unreachable } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Person } from '../../model/person.ts';
import type { Commands } from '../../run/commands/reply.ts';
import type { Trail } from '../../trail.ts';
import { OPENS, type Opening, readOpening } from '../buttons.ts';
import { personOf } from '../person.ts';
import { announcedIn } from '../scheduling.ts';
import { planForm, settingsOfForm, startForm } from '../views/begin-forms.ts';
import { refusedModal, waiting } from '../views/modal.ts';
import { heldBy, nothingYet, scheduleForm } from '../views/schedule-form.ts';
import { failureFor, reasonOf } from '../words.ts';
import { ownZone } from '../zone.ts';
import { settingsModal } from './settings.ts';

export interface Opened {
  readonly commands: Commands;
  readonly log: Logger;
  readonly trail: Trail;
}

export function listenForOpeners(app: App, opened: Opened): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: new RegExp(`^${OPENS}`, 'u') },
    async ({ action, body, client }) => {
      const by = personOf(body.user);
      const opening = readOpening(action.value);
      await openModal(client, body.trigger_id, opened.log, () =>
        shown(opened, by, opening, client, body.channel?.id ?? null),
      );
    },
  );
}

async function shown(
  opened: Opened,
  by: Person,
  opening: Opening | null,
  client: WebClient,
  channel: string | null,
): Promise<ModalView> {
  const { commands, trail, log } = opened;
  if (opening === null) {
    const why = 'it is not one of this version of maint';
    trail.note({ person: by, what: 'a Slack button', outcome: 'refused', why });
    return refusedModal({ says: `This button is dead: ${why}.`, remedy: '/maint help lists what there is.' });
  }
  switch (opening.opens) {
    case 'settings':
      return settingsModal(commands, by, opening.app);
    case 'settings-of':
      return settingsOfForm();
    case 'plan':
      return planForm();
    case 'start':
      return startForm();
    case 'schedule':
      return plansFor(client, by, log, opening.app, channel);
    case 'edit-window': {
      const own = await ownZone(client, by.id, log);
      const listed = await commands.window(by, opening.window, own);
      return 'is' in listed ? refusedModal(listed) : scheduleForm(heldBy(listed), own);
    }
    case 'change-request': {
      const { request } = opening;
      return scheduleForm({ ...nothingYet(request.zone), ...request, now: [] }, request.own);
    }
    default:
      return unreachable(opening);
  }
}

/** The form for a new window, with what is known of it. */
export async function plansFor(
  client: WebClient,
  by: Person,
  log: Logger,
  app: string | null,
  channel: string | null,
  reason: string | null = null,
): Promise<ModalView> {
  const own = await ownZone(client, by.id, log);
  const apps = app === null ? [] : [app];
  return scheduleForm({ ...nothingYet(own), apps, reason, channels: announcedIn(channel) }, own);
}

/** `trigger`: good for three seconds from the click or the command on, once. */
export async function openModal(
  client: WebClient,
  trigger: string,
  log: Logger,
  make: () => Promise<ModalView>,
): Promise<void> {
  const opening = client.views.open({ trigger_id: trigger, view: waiting(`maint.${trigger}`) });
  const [{ view: open }, view] = await Promise.all([
    opening,
    make().catch((error: unknown) => {
      log.error({ why: reasonOf(error) }, 'a modal could not be filled');
      return refusedModal(failureFor(error));
    }),
  ]);
  if (open?.id === undefined) return;
  // Gone where the person has closed it meanwhile.
  await client.views
    .update({ view_id: open.id, view })
    .catch((error) => log.debug({ why: reasonOf(error) }, 'a modal could not be changed'));
}
