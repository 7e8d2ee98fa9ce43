// `npm run demo -- --script`: one whole cycle by itself. Right only if the app stands afterwards exactly as before.
import { compared, equal, pictureOf } from './picture.ts';
import type { Stage } from './stage.ts';
import { transcribe } from './transcript.ts';

const CHANNEL = '#ops';
/** Real milliseconds for any one thing to happen. */
const PATIENCE = 15_000;

export async function play(stage: Stage, say: (text: string) => void): Promise<boolean> {
  const { slack } = stage;
  const stop = transcribe(stage, say);
  const type = async (user: string, text: string) => {
    say(`\n> ${user} types in ${CHANNEL}: /maint ${text}`);
    await slack.command({ user, channel: CHANNEL, text });
  };
  const press = async (user: string, label: string) => {
    const message = await slack.until(() => messageWith(stage, label), PATIENCE);
    say(`\n> ${user} presses [ ${label} ]`);
    const { confirmed } = await slack.click({ user, channel: CHANNEL, messageTs: message.ts, label });
    if (confirmed !== null) say(`  Slack asks "${confirmed.text}", and ${user} presses ${confirmed.confirm}`);
  };
  const finished = () =>
    slack.messages.list({ channel: channelId(stage) }).some((m) => /shop · restored/.test(slack.render(m)));

  const before = pictureOf(stage, 'shop');
  await type('ada', 'plan shop');
  await slack.until(() => slack.messages.list({ ephemeral: true }).length > 0, PATIENCE);
  // Of an app in which nearly everything can write.
  await type('ada', 'plan studio');
  await slack.until(() => slack.messages.list({ ephemeral: true }).length > 1, PATIENCE);
  await type('ada', 'start shop for 30m because the orders table moves to its own database');
  await slack.until(() => messageWith(stage, 'Resume'), PATIENCE);
  const quiet = pictureOf(stage, 'shop');
  await press('ada', 'Resume');
  await press('grace', 'Approve');
  await slack.until(finished, PATIENCE);
  stop();
  const after = pictureOf(stage, 'shop');

  say(`\n${compared('shop', { before, 'while quiet': quiet, after })}`);
  const right = equal(before, after) && !equal(before, quiet);
  say(right ? '\nBefore and after are equal.' : '\nBefore and after DIFFER.');
  return right;
}

function channelId({ slack }: Stage): string {
  return slack.workspace.channels.find((channel) => channel.name === 'ops')?.id ?? '';
}

/** The newest message that has such a button now. */
export function messageWith(stage: Stage, label: string) {
  const drawn = (message: Parameters<Stage['slack']['render']>[0]) => stage.slack.render(message, 400);
  return stage.slack.messages
    .list({ channel: channelId(stage) })
    .findLast((message) => drawn(message).toLowerCase().includes(`[ ${label.toLowerCase()} ]`));
}
