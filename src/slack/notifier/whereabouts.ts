// Where in Slack the messages of a run are, as the store knows it: nobody is sent to a thread that is not there.
import type { Run } from '../../model/run.ts';
import type { Message, Store } from '../../store/store.ts';

export interface Whereabouts {
  readonly card: /** `stale`: why it shows only how things stood, for the channel takes nothing now; null where it does. */
    | { readonly is: 'sent'; readonly channel: string; readonly stale: string | null }
    | { readonly is: 'not sent'; readonly why: string | null };
  /** The ids of the questions whose message is there. */
  readonly questions: ReadonlySet<string>;
}

export async function whereabouts(store: Pick<Store, 'messages'>, run: Run): Promise<Whereabouts> {
  return of(await store.messages(run.id), run);
}

function of(messages: readonly Message[], run: Run): Whereabouts {
  const card = messages.find((message) => message.kind === 'card');
  const asked = messages.filter((m) => m.kind === 'question' && m.state === 'sent');
  return {
    card:
      card?.state === 'sent' && card.channel !== null
        ? { is: 'sent', channel: card.channel, stale: card.why }
        : { is: 'not sent', why: card?.why ?? run.unheard },
    questions: new Set(asked.flatMap((message) => (message.question === null ? [] : [message.question]))),
  };
}
