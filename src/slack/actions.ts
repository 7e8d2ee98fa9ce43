// Every button of every message. A click is a command like a typed one: it goes through the same door, and what the message
// shows afterwards is drawn from the run, never from the click.
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { unreachable } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Person } from '../model/person.ts';
import type { Changed, Commands, Refused } from '../run/commands/reply.ts';
import type { Store } from '../store/store.ts';
import type { Trail } from '../trail.ts';
import { tellPresser } from './answering.ts';
import { EXTENSION, PREFIX, type Press, readPress } from './buttons.ts';
import { personOf } from './person.ts';
import { type Resuming, resume } from './resume.ts';
import type { Drawn } from './views/blocks.ts';
import { refusal } from './views/reply.ts';
import { failureFor, reasonOf } from './words.ts';

export interface Pressing {
  readonly commands: Commands;
  readonly store: Pick<Store, 'load' | 'messages' | 'unfinished'>;
  /** Where a question went, as soon as it is known. */
  readonly placed: Resuming['placed'];
  readonly log: Logger;
  /** Gets what reaches no command; the commands keep their own. */
  readonly trail: Trail;
  /** Draws the run's messages anew, because one of them showed a button that it should not have. */
  readonly redraw: (runId: string) => void;
}

/** Written down, and said to who pressed it. */
function dead({ trail }: Pick<Pressing, 'trail'>, by: Person, why: string): Drawn {
  trail.note({ person: by, what: 'a Slack button', outcome: 'refused', why });
  return refusal({
    says: `This button is dead: ${why}.`,
    remedy: '/maint status shows what is under way, and its card has the buttons that work.',
  });
}

export function listenForButtons(app: App, pressing: Pressing): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: new RegExp(`^${PREFIX}`, 'u') },
    async (click) => {
      const press = readPress(click.action.value);
      const by = personOf(click.body.user);
      const told =
        press === null
          ? dead(pressing, by, 'it is not one of this version of maint')
          : await pressed(pressing, by, press);
      if (told === null) return;
      if (press !== null) pressing.redraw(press.run);
      await tellPresser(click, told);
    },
  );
  // Bolt answers 404 to a click that nobody listens for, and Slack shows that as a failure without a reason.
  app.action(/^(?!maint(?:-[a-z]+)?:)/u, async (click) => {
    await tellPresser(click, dead(pressing, personOf(click.body.user), 'maint does not know it'));
  });
}

/** What the person has to be told; null where the channel shows it already. */
async function pressed(pressing: Pressing, by: Person, press: Press): Promise<Drawn | null> {
  try {
    return await carryOut(pressing, by, press);
  } catch (error) {
    pressing.log.error({ press: press.do, run: press.run, why: reasonOf(error) }, 'a button failed');
    return refusal(failureFor(error));
  }
}

async function carryOut(pressing: Pressing, by: Person, press: Press): Promise<Drawn | null> {
  const { commands, store } = pressing;
  // A button is of one run, and its command is given to that run alone: it must not reach the next one of the same app.
  const run = await store.load(press.run);
  if (run === null) return dead(pressing, by, 'its maintenance is not known');
  if (press.do === 'answer') return unlessDone(await commands.answer(by, press));
  if (run.ended !== null) {
    return dead(pressing, by, `this maintenance of ${run.app.name} has ended, it was ${run.ended.as}`);
  }
  switch (press.do) {
    case 'abort':
      return unlessDone(await commands.abort(by, run.id));
    case 'resume': {
      const resumed = await resume(pressing, by, run.id);
      return resumed.is === 'in the thread' ? null : resumed.drawn;
    }
    case 'extend':
      return unlessDone(await commands.extend(by, run.id, EXTENSION));
    default:
      return unreachable(press);
  }
}

function unlessDone(reply: Changed | Refused): Drawn | null {
  return reply.is === 'refused' ? refusal(reply) : null;
}
