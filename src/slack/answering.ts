// Says something to who pressed a button, to them alone: under the message that has it, or, in the Home tab and in a modal, where no
// message is, in a modal of its own.
import type { AllMiddlewareArgs, RespondFn } from '@slack/bolt';
import { z } from 'zod';
import { inModal } from './views/begin-forms.ts';
import type { Drawn } from './views/blocks.ts';

export interface Pressed {
  readonly body: unknown;
  readonly client: AllMiddlewareArgs['client'];
  /** Bolt gives it only where there is somewhere to respond to, whatever its type says. */
  readonly respond: RespondFn;
}

const UnderMessage = z.object({ response_url: z.string() });
const InView = z.object({ trigger_id: z.string(), view: z.object({ type: z.string() }) });

/** `instead`: of the message, where only this person sees that. */
export async function tellPresser({ body, client, respond }: Pressed, told: Drawn, instead = false): Promise<void> {
  if (UnderMessage.safeParse(body).success) {
    await respond({ response_type: 'ephemeral', replace_original: instead, ...told });
    return;
  }
  const pressed = InView.safeParse(body);
  if (!pressed.success) return;
  const shown = { trigger_id: pressed.data.trigger_id, view: inModal('maint', told, false) };
  await (pressed.data.view.type === 'modal' ? client.views.push(shown) : client.views.open(shown));
}
