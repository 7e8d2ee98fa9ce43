// The buttons of planned windows: what they carry, and what a click does. One is bound to one time that the window comes round.
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { Button } from '@slack/types';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import type { WindowCommands } from '../run/windows/reply.ts';
import type { Trail } from '../trail.ts';
import { tellPresser } from './answering.ts';
import { carriedIn, drawButton, Id } from './button.ts';
import { personOf } from './person.ts';
import type { Drawn } from './views/blocks.ts';
import { refusal } from './views/reply.ts';
import { failureFor, reasonOf } from './words.ts';

/** Every action_id of theirs begins so. */
export const WINDOW_PREFIX = 'maint-window:';

export const WindowPress = z.object({ do: z.literal('start-window'), occurrence: Id });
export type WindowPress = z.infer<typeof WindowPress>;

/** `apps`: their names, not escaped. */
export function startNow(occurrence: string, apps: string): Button {
  const press: WindowPress = { do: 'start-window', occurrence };
  return drawButton(WINDOW_PREFIX + press.do, JSON.stringify(press), {
    label: 'Start now',
    style: 'primary',
    confirm: {
      title: 'Start this maintenance now?',
      says: `maint makes ${apps} quiet at once. Nothing opens by itself afterwards.`,
      yes: 'Start now',
    },
  });
}

export interface WindowPressing {
  readonly commands: Pick<WindowCommands, 'startWindow'>;
  readonly log: Logger;
  readonly trail: Trail;
}

export function listenForWindowButtons(app: App, { commands, log, trail }: WindowPressing): void {
  const pressed = async (value: string | undefined, user: { id: string; name?: string }): Promise<Drawn | null> => {
    const by = personOf(user);
    const press = carriedIn(WindowPress, value);
    if (press === null) {
      trail.note({ person: by, what: 'a Slack button', outcome: 'refused', why: 'it is not of this version of maint' });
      return refusal({
        says: 'This button is dead: it is not one of this version of maint.',
        remedy: '/maint windows lists what is planned.',
      });
    }
    try {
      const started = await commands.startWindow(by, press.occurrence);
      return started.is === 'refused' ? refusal(started) : null;
    } catch (error) {
      log.error({ press: press.do, occurrence: press.occurrence, why: reasonOf(error) }, 'a button failed');
      return refusal(failureFor(error));
    }
  };
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: new RegExp(`^${WINDOW_PREFIX}`, 'u') },
    async (click) => {
      const told = await pressed(click.action.value, click.body.user);
      if (told !== null) await tellPresser(click, told);
    },
  );
}
