// What is left in somebody's Slack of an older maint says so when it is pressed or submitted, wherever it is, and does nothing.
import { describe, expect, test } from 'vitest';
import type { View } from '../../src/sandbox/slack/index.ts';
import { bots, type Mode } from './bot.ts';
import { patiently, top } from './seen.ts';

const start = bots();

const button = (action_id: string) => ({
  type: 'actions' as const,
  elements: [
    { type: 'button' as const, action_id, value: 'old', text: { type: 'plain_text' as const, text: 'Press' } },
  ],
});
/** One that no listener knows, and one of each kind whose value nobody can read any more. */
const old = ['other:thing', 'maint:abort', 'maint-open:gone', 'maint-plan:gone', 'maint-window:gone'];
const modal = (more: Partial<Extract<View, { type: 'modal' }>>): View => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'Old' },
  blocks: [],
  ...more,
});

describe.each<Mode>(['socket', 'http'])('over %s', (mode) => {
  test.each(old)('an old button of the Home tab, %s, says in a modal that it is dead', async (action) => {
    const b = await start({ mode });
    const home = b.slack.views.publish('U0ADA', { type: 'home', blocks: [button(action)] });
    await b.slack.click({ user: 'ada', viewId: home.id, label: 'Press' });
    await patiently(() => expect(top(b)).toMatch(/This button is dead/u));
    await patiently(async () =>
      expect(await b.store.audited(5)).toContainEqual(
        expect.objectContaining({ what: 'a Slack button', outcome: 'refused' }),
      ),
    );
  });

  test.each(['other:thing', 'maint:abort'])('one of a modal, %s, on top of that', async (action) => {
    const b = await start({ mode });
    const open = b.slack.views.openFirst('U0ADA', modal({ blocks: [button(action)] }));
    await b.slack.click({ user: 'ada', viewId: open.id, label: 'Press' });
    await patiently(() => expect(top(b)).toMatch(/This button is dead/u));
    expect(b.slack.openViews('ada')).toHaveLength(2);
  });

  test.each(['schedule', 'schedule-question', 'schedule-save', 'settings'])(
    'an old form, %s, that carries what is not read any more says so, and nothing is saved',
    async (form) => {
      const b = await start({ mode });
      for (const carried of ['{"app":42}', 'not JSON']) {
        b.slack.views.openFirst('U0ADA', modal({ callback_id: form, private_metadata: carried }));
        await b.slack.submit({ user: 'ada' });
        expect(top(b)).toMatch(/This form is not one of this version of maint\. Close it, and open it again/u);
      }
      expect(await b.store.windows.toCome()).toEqual([]);
      expect(b.logged.filter((line) => line.startsWith('a form failed'))).toEqual([]);
    },
  );
});
