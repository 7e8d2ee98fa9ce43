// Prints the channel as it happens: every message as it appears, and of one that changes the lines that are new.
import type { SandboxSlack } from '../sandbox/slack/index.ts';
import type { Stage } from './stage.ts';

type Change = Parameters<Parameters<SandboxSlack['onChange']>[0]>[0];
type Message = Exclude<Change, { kind: 'view' }>['message'];

/** Returns a function that ends it. */
export function transcribe({ slack, clock }: Stage, say: (text: string) => void): () => void {
  const shown = new Map<Message, readonly string[]>();
  return slack.onChange((change) => {
    if (change.kind === 'view' || change.kind === 'deleted') return;
    const { message } = change;
    const lines = slack.render(message, 96).split('\n');
    const before = shown.get(message) ?? [];
    shown.set(message, lines);
    const news =
      change.kind === 'updated' ? lines.filter((line) => line.trim() !== '' && !before.includes(line)) : lines;
    if (news.length === 0) return;
    const time = new Date(clock.now()).toISOString().slice(11, 19);
    const what = { posted: 'new message', updated: 'message changed', ephemeral: 'only you see this' }[change.kind];
    say(`\n${time}  ${what}\n${news.map((line) => `  | ${line}`).join('\n')}`);
  });
}
