// The buttons of planned windows that only the one who pressed them sees: what was read back is saved, a question is answered, a time is
// skipped, a window cancelled.
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { unreachable } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Person } from '../model/person.ts';
import type { WindowCommands, WindowRequest } from '../run/windows/reply.ts';
import type { Trail } from '../trail.ts';
import { tellPresser } from './answering.ts';
import { personOf } from './person.ts';
import { PLANS, type Planning, readPlanning } from './planning.ts';
import { readBack } from './scheduling.ts';
import type { Drawn } from './views/blocks.ts';
import { refusal } from './views/reply.ts';
import { proposalMessage, questionMessage, windowChanged } from './views/windows.ts';
import { failureFor, reasonOf } from './words.ts';
import { ownZone } from './zone.ts';

export interface Planned {
  readonly commands: WindowCommands;
  readonly log: Logger;
  readonly trail: Trail;
}

export function listenForPlans(app: App, planned: Planned): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: new RegExp(`^${PLANS}`, 'u') },
    async ({ action, body, client, respond }) => {
      const by = personOf(body.user);
      const planning = readPlanning(action.value);
      const told = await pressed(planned, by, planning, client);
      // What was asked is answered in its place; the list stays as it was.
      const replaces = planning?.do === 'read' || (planning?.do === 'save' && told.done);
      await tellPresser({ body, client, respond }, told.drawn, replaces);
    },
  );
}

interface Told {
  readonly drawn: Drawn;
  readonly done: boolean;
}

async function pressed(planned: Planned, by: Person, planning: Planning | null, client: WebClient): Promise<Told> {
  if (planning === null) {
    const why = 'it is not one of this version of maint';
    planned.trail.note({ person: by, what: 'a Slack button', outcome: 'refused', why });
    const remedy = '/maint windows lists what is planned.';
    return { drawn: refusal({ says: `This button is dead: ${why}.`, remedy }), done: false };
  }
  try {
    return await carryOut(planned, by, planning, client);
  } catch (error) {
    planned.log.error({ press: planning.do, why: reasonOf(error) }, 'a button failed');
    return { drawn: refusal(failureFor(error)), done: false };
  }
}

async function carryOut({ commands, log }: Planned, by: Person, planning: Planning, client: WebClient): Promise<Told> {
  switch (planning.do) {
    case 'read':
      return { drawn: await requested(commands, by, planning.request), done: true };
    case 'save':
      return changed(await commands.schedule(by, planning.shown.draft, planning.shown.own));
    case 'skip':
      return changed(await commands.skip(by, planning.occurrence, await ownZone(client, by.id, log)));
    case 'cancel':
      return changed(await commands.cancelWindow(by, planning.window, await ownZone(client, by.id, log)));
    default:
      return unreachable(planning);
  }
}

function changed(reply: Awaited<ReturnType<WindowCommands['schedule']>>): Told {
  return reply.is === 'refused' ? { drawn: refusal(reply), done: false } : { drawn: windowChanged(reply), done: true };
}

/** What was typed, shown back or asked about. */
export async function requested(commands: WindowCommands, by: Person, request: WindowRequest): Promise<Drawn> {
  const reply = await readBack(commands, by, request);
  if (reply.is === 'refused') return refusal(reply);
  return reply.is === 'window-question'
    ? questionMessage(reply, request)
    : proposalMessage(reply.proposal, reply.checks, request);
}
