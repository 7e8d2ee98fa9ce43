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
import { planForm, settingsOfForm, startForm } from '../views/begin-forms.ts';
import { refusedModal, waiting } from '../views/modal.ts';
import { failureFor, reasonOf } from '../words.ts';
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
      await openModal(client, body.trigger_id, opened.log, () => shown(opened, by, opening));
    },
  );
}

async function shown(opened: Opened, by: Person, opening: Opening | null): Promise<ModalView> {
  const { commands, trail } = opened;
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
    default:
      return unreachable(opening);
  }
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
