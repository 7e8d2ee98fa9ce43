// What a request for a window comes to, by message and by modal alike: refused, asked, or shown back with what was found of its apps.
import type { Person } from '../model/person.ts';
import type { Refused } from '../run/commands/reply.ts';
import type {
  WindowCommands,
  WindowDraft,
  WindowProposal,
  WindowQuestion,
  WindowRequest,
} from '../run/windows/reply.ts';
import { said } from './views/text.ts';
import { checklistLines } from './views/window-draft.ts';

export interface ReadBack {
  readonly is: 'read';
  readonly proposal: WindowProposal;
  /** Escaped, a line each. */
  readonly checks: readonly string[];
}

export async function readBack(
  commands: Pick<WindowCommands, 'proposeWindow' | 'checkWindow'>,
  by: Person,
  request: WindowRequest,
): Promise<ReadBack | WindowQuestion | Refused> {
  const proposal = await commands.proposeWindow(by, request);
  if (proposal.is !== 'window-proposal') return proposal;
  const checked = await commands.checkWindow(by, proposal.draft);
  const checks =
    checked.is === 'refused' ? [`❔ ${said(checked.says, 500)} ${said(checked.remedy, 500)}`] : checklistLines(checked);
  return { is: 'read', proposal, checks };
}

/** The same request, with one answer more. */
export function answered(request: WindowRequest, about: keyof WindowRequest['answers'], answer: string): WindowRequest {
  return { ...request, answers: { ...request.answers, [about]: answer } };
}

/** Where a command was typed, unless nobody else would see it there. */
export function announcedIn(channel: string | null): WindowDraft['channels'] {
  return channel !== null && /^[CG]/u.test(channel) ? [{ id: channel, notices: 'full' }] : [];
}
