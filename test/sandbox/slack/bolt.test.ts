// An unmodified Bolt app works fully against the sandbox's Slack, over Socket Mode and over signed HTTP.
import type { App, BlockButtonAction } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { current } from '../../../src/sandbox/slack/index.ts';
import { buttons, plain, section, withBolt } from './bolt.ts';

describe.each(['socket', 'http'] as const)('a Bolt app over %s', (mode) => {
  it('gets a slash command with who typed it where, and acknowledges it', async () => {
    await withBolt(
      mode,
      (app) => {
        app.command('/maint', async ({ command, ack }) => {
          await ack(`${command.user_name} in ${command.channel_name}: ${command.text}`);
        });
      },
      async ({ slack }) => {
        const ack = await slack.command({ user: 'ada', channel: '#ops', text: 'plan shop' });
        expect(ack.via).toBe(mode);
        expect(ack.shown).toMatchObject({ onlyFor: 'U0ADA', channel: 'C0OPS' });
        expect(slack.messages.list().map((message) => current(message).text)).toEqual(['ada in ops: plan shop']);
      },
    );
  });

  it('posts a message, gets a click on its button and changes it in place', async () => {
    await withBolt(
      mode,
      (app) => {
        app.command('/maint', async ({ ack, client, command }) => {
          await ack();
          const blocks = [section('holding'), buttons('Resume', 'Extend')];
          await client.chat.postMessage({ channel: command.channel_id, text: 'holding', blocks });
        });
        app.action<BlockButtonAction>('resume', async ({ ack, body, client, action }) => {
          await ack();
          await client.chat.update({
            channel: body.channel?.id ?? '',
            ts: body.message?.ts ?? '',
            text: `resumed by ${body.user.id} with ${action.text.text}`,
          });
        });
      },
      async ({ slack }) => {
        await slack.command({ user: 'ada', channel: 'ops', text: 'start shop' });
        const card = await slack.until(() => slack.messages.list()[0]);
        await slack.click({ user: 'grace', channel: 'ops', messageTs: card.ts, label: 'Resume' });
        await slack.until(() => card.versions.length === 2);
        expect(card.versions.map(({ text, blocks }) => [text, blocks.length])).toEqual([
          ['holding', 2],
          ['resumed by U0GRACE with Resume', 0],
        ]);
        await expect(slack.click({ user: 'ada', channel: 'ops', messageTs: card.ts, label: 'Resume' })).rejects.toThrow(
          'Expected a button with label "Resume"; there is nothing of the kind',
        );
      },
    );
  });

  it('opens a modal, complains about an input, and closes it when it is right', async () => {
    await withBolt(
      mode,
      (app) => {
        listenForReason(app);
      },
      async ({ slack }) => {
        await slack.command({ user: 'ada', channel: 'ops' });
        const [modal] = await slack.until(() => (slack.openViews('ada').length > 0 ? slack.openViews('ada') : null));
        expect(modal?.view).toMatchObject({ type: 'modal', title: { text: 'Why' } });
        const wrong = await slack.submit({ user: 'ada', values: { Reason: 'x', who: ['grace'] } });
        expect(wrong).toMatchObject({ result: 'errors', errors: { reason: 'Longer, please' } });
        expect(slack.renderView(slack.openViews('ada')[0] ?? fail())).toContain('! Longer, please');
        const right = await slack.submit({ user: 'ada', values: { Reason: 'upgrade of the database' } });
        expect(right.result).toBe('closed');
        expect(slack.openViews('ada')).toEqual([]);
        const answer = await slack.until(() => slack.messages.list()[0]);
        expect(current(answer).text).toBe('upgrade of the database by U0GRACE');
      },
    );
  });

  it('responds by the response URL: to one person, to all, in place of the original, and by deleting it', async () => {
    await withBolt(
      mode,
      (app) => {
        app.command('/maint', async ({ ack, respond }) => {
          await ack();
          await respond('for you');
          await respond({ text: 'for all', response_type: 'in_channel', blocks: [buttons('Change', 'Remove')] });
        });
        app.action('change', async ({ ack, respond }) => {
          await ack();
          await respond({ text: 'changed', replace_original: true, blocks: [buttons('Remove')] });
        });
        app.action('remove', async ({ ack, respond }) => {
          await ack();
          await respond({ delete_original: true });
        });
      },
      async ({ slack }) => {
        await slack.command({ user: 'linus', channel: 'general' });
        const message = await slack.until(() => slack.messages.list({ ephemeral: false })[0]);
        const [only] = slack.messages.list({ ephemeral: true });
        expect(only).toMatchObject({ onlyFor: 'U0LINUS' });
        const at = { user: 'linus', channel: 'general', messageTs: message.ts };
        await slack.click({ ...at, actionId: 'change' });
        await slack.until(() => current(message).text === 'changed');
        await slack.click({ ...at, label: 'Remove' });
        await slack.until(() => message.deletedAt !== null);
      },
    );
  });

  it('learns from a refusal what is wrong with its blocks', async () => {
    await withBolt(
      mode,
      () => {},
      async ({ app, slack }) => {
        const refused = app.client.chat.postMessage({
          channel: 'C0OPS',
          text: 'x',
          blocks: [section('y'.repeat(3_001))],
        });
        await expect(refused).rejects.toMatchObject({
          data: {
            error: 'invalid_blocks',
            response_metadata: {
              messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
            },
          },
        });
        expect(slack.messages.list()).toEqual([]);
      },
    );
  });

  it('waits as told when it posts too fast, and its message comes then', async () => {
    await withBolt(
      mode,
      () => {},
      async ({ app, slack }) => {
        const post = (text: string) => app.client.chat.postMessage({ channel: 'C0OPS', text });
        await Promise.all([post('one'), post('two'), post('three')]);
        const texts = slack.messages.list().map((message) => current(message).text);
        expect(texts.toSorted()).toEqual(['one', 'three', 'two']);
        expect(slack.requests.list({ path: 'postMessage' }).map(({ status }) => status)).toEqual([200, 200, 429, 200]);
      },
      { rates: { post: { each: 1, perMs: 1_000, burst: 2 }, update: 'off' } },
    );
  });

  it('gets a click twice when Slack delivers it twice', async () => {
    let clicks = 0;
    await withBolt(
      mode,
      (app) => {
        app.action('approve', async ({ ack, respond }) => {
          clicks += 1;
          await ack();
          await respond({ text: `click ${clicks}`, response_type: 'in_channel' });
        });
      },
      async ({ app, slack }) => {
        const { ts = '' } = await app.client.chat.postMessage({
          channel: 'C0OPS',
          text: 'x',
          blocks: [buttons('Approve')],
        });
        slack.repeatNext();
        await slack.click({ user: 'ada', channel: 'ops', messageTs: ts, label: 'Approve' });
        await slack.until(() => slack.messages.list().length === 3);
        expect(clicks).toBe(2);
      },
    );
  });

  it('publishes a Home tab when somebody opens it', async () => {
    await withBolt(
      mode,
      (app) => {
        app.event('app_home_opened', async ({ event, client }) => {
          await client.views.publish({
            user_id: event.user,
            view: { type: 'home', blocks: [section('nothing held')] },
          });
        });
      },
      async ({ slack }) => {
        await slack.openHome('ada');
        const home = await slack.until(() => slack.homeView('ada'));
        expect(slack.renderView(home)).toContain('nothing held');
      },
    );
  });

  it('says so when an app does not acknowledge in time', async () => {
    await withBolt(
      mode,
      (app) => {
        app.command('/maint', async () => {});
      },
      async ({ slack }) => {
        await expect(slack.command({ user: 'ada', channel: 'ops' })).rejects.toMatchObject({
          code: 'operation_timeout',
        });
      },
      { ackMs: 60 },
    );
  });
});

describe('a Bolt app over signed HTTP', () => {
  it('refuses a delivery with a wrong signature, without one, or with an old time stamp', async () => {
    let heard = 0;
    await withBolt(
      'http',
      (app) => {
        app.command('/maint', async ({ ack }) => {
          heard += 1;
          await ack();
        });
      },
      async ({ slack }) => {
        const body = new URLSearchParams({ command: '/maint', text: 'abort shop', user_id: 'U0ADA' }).toString();
        const old = Math.floor(Date.now() / 1_000) - 6 * 60;
        const refused = await Promise.all([
          slack.deliverRaw({ body, secret: 'guessed' }),
          slack.deliverRaw({ body, signature: null }),
          slack.deliverRaw({ body, timestamp: old }),
        ]);
        expect(refused.map(({ status }) => status)).toEqual([401, 401, 401]);
        expect(heard).toBe(0);
        expect(await slack.deliverRaw({ body })).toMatchObject({ status: 200 });
        expect(heard).toBe(1);
      },
    );
  });
});

describe('a Bolt app over Socket Mode', () => {
  it.each(['asked', 'cut'] as const)('connects again after a connection that was %s, and works on', async (how) => {
    await withBolt(
      'socket',
      (app) => {
        app.command('/maint', async ({ ack }) => ack('here'));
      },
      async ({ slack }) => {
        slack.disconnectSockets(how);
        await slack.connected();
        expect((await slack.command({ user: 'ada', channel: 'ops' })).body).toEqual({ text: 'here' });
      },
    );
  });
});

function listenForReason(app: App): void {
  app.command('/maint', async ({ ack, client, command }) => {
    await ack();
    await client.views.open({
      trigger_id: command.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'why',
        private_metadata: command.channel_id,
        title: plain('Why'),
        submit: plain('Start'),
        blocks: [
          {
            type: 'input',
            block_id: 'reason',
            label: plain('Reason'),
            element: { type: 'plain_text_input', action_id: 'text' },
          },
          {
            type: 'input',
            block_id: 'who',
            label: plain('Approver'),
            element: { type: 'multi_users_select', action_id: 'users' },
          },
        ],
      },
    });
  });
  app.view('why', async ({ ack, view, client }) => {
    const reason = view.state.values.reason?.text?.value ?? '';
    if (reason.length < 3) return ack({ response_action: 'errors', errors: { reason: 'Longer, please' } });
    await ack();
    const [who] = view.state.values.who?.users?.selected_users ?? [];
    await client.chat.postMessage({ channel: view.private_metadata, text: `${reason} by ${who}` });
  });
}

function fail(): never {
  throw new Error('Expected an open modal');
}
