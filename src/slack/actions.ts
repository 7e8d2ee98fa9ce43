// Every button of every message. A click is a command like a typed one: it goes through the same door, and what the message
// shows afterwards is drawn from the run, never from the click.
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { unreachable } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Person } from '../model/person.ts';
import type { Changed, Commands, Refused } from '../run/commands/reply.ts';
import type { Store } from '../store/store.ts';
import { EXTENSION, PREFIX, type Press, readPress } from './buttons.ts';
import { personOf } from './person.ts';
import { refusal } from './views/reply.ts';
import { failureFor, reasonOf } from './words.ts';

export interface Pressing {
  readonly commands: Commands;
  readonly store: Pick<Store, 'load'>;
  readonly log: Logger;
  /** Draws the run's messages anew, because one of them showed a button that it should not have. */
  readonly redraw: (runId: string) => void;
}

const dead = (why: string): Refused => ({
  is: 'refused',
  says: `This button is dead: ${why}.`,
  remedy: '/maint status shows what is under way, and its card has the buttons that work.',
});

export function listenForButtons(app: App, pressing: Pressing): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: new RegExp(`^${PREFIX}`, 'u') },
    async (click) => {
      await click.ack();
      const press = readPress(click.action.value);
      const by = personOf(click.body.user);
      const reply =
        press === null ? dead('it belongs to another version of maint') : await pressed(pressing, by, press);
      if (reply.is !== 'refused') return;
      if (press !== null) pressing.redraw(press.run);
      await click.respond({ response_type: 'ephemeral', replace_original: false, ...refusal(reply) });
    },
  );
  // Bolt answers 404 to a click that nobody listens for, and Slack shows that as a failure without a reason.
  app.action(new RegExp(`^(?!${PREFIX})`, 'u'), async ({ ack, respond }) => {
    await ack();
    await respond({
      response_type: 'ephemeral',
      replace_original: false,
      ...refusal(dead('maint does not know it')),
    });
  });
}

async function pressed(pressing: Pressing, by: Person, press: Press): Promise<Changed | Refused> {
  try {
    return await carryOut(pressing, by, press);
  } catch (error) {
    pressing.log.error({ press: press.do, run: press.run, why: reasonOf(error) }, 'a button failed');
    return { is: 'refused', ...failureFor(error) };
  }
}

async function carryOut({ commands, store }: Pressing, by: Person, press: Press): Promise<Changed | Refused> {
  if (press.do === 'answer') return commands.answer(by, press);
  // The commands know apps, the button one run: a button of an ended run must not reach the next one of the same app.
  const run = await store.load(press.run);
  if (run === null) return dead('its maintenance is not known any more');
  if (run.ended !== null) return dead(`this maintenance of ${run.app.name} has ended, it was ${run.ended.as}`);
  switch (press.do) {
    case 'abort':
      return commands.abort(by, run.app.id);
    case 'resume':
      return commands.resume(by, run.app.id);
    case 'extend':
      return commands.extend(by, run.app.id, EXTENSION);
    default:
      return unreachable(press);
  }
}
