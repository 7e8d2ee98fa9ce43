// Slack goes wrong: one call, the whole time, or its channel and the card in it. Nothing of that may hold a run up, and
// nothing may be posted twice or be lost for it.
import { current } from '../../../src/sandbox/slack/index.ts';
import { named, placeOf, type RowOfCells } from '../cells.ts';
import { type Crossing, type Fate, pass } from '../crossing.ts';
import { Aim, type Scene } from '../trouble.ts';
import { at } from './app.ts';
import { once } from './cut.ts';

export const slackRows: readonly RowOfCells[] = [
  {
    name: 'slack-down',
    cells: (crossings) => places(crossings, 3),
    play(cell) {
      const { phase, n } = placeOf(cell);
      const aim = new Aim('heroku', phase, n);
      return {
        trouble: {
          meet(crossing, { run }) {
            aim.hit(crossing);
            const down = aim.met !== null && run()?.ended == null;
            return down && crossing.via === 'slack' ? { is: 'reset', when: 'before' } : pass;
          },
          began: () => aim.met?.phase ?? null,
        },
      };
    },
  },
  call('slack-429', { is: 'status', status: 429, retryAfter: 3 }),
  call('slack-500-once', { is: 'status', status: 500 }),
  call('slack-reset-after-once', { is: 'reset', when: 'after' }),
  channel('slack-card-deleted', deleteCard),
  channel('slack-channel-archived', ({ slack }) => slack.workspace.archive('ops')),
  channel('slack-bot-removed', ({ slack }) => slack.workspace.leave('ops', 'maint')),
];

function call(name: string, fate: Fate): RowOfCells {
  return {
    name,
    cells: (crossings) => crossings.filter(({ via }) => via === 'slack').map((c) => named(c)),
    play(cell) {
      const { phase, n } = placeOf(cell);
      return { trouble: once(new Aim('slack', phase, n), fate) };
    },
  };
}

function channel(name: string, does: (scene: Scene) => void): RowOfCells {
  return {
    name,
    cells: (crossings) => places(crossings, 2),
    play(cell) {
      const { phase, n } = placeOf(cell);
      return { trouble: at(new Aim('heroku', phase, n), does) };
    },
  };
}

/** Slack is told when a run rests: it makes no difference at which call exactly it goes wrong. */
function places(crossings: readonly Crossing[], each: number): readonly string[] {
  return crossings
    .filter(({ via }) => via === 'heroku')
    .filter((_, i) => i % each === 0)
    .map((c) => named(c));
}

function deleteCard({ slack }: Scene): void {
  const card = slack.messages
    .list({ deleted: false })
    .find((message) => current(message).metadata?.event_payload['key'] === 'card');
  if (card !== undefined) slack.messages.remove(card);
}
