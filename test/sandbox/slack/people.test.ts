// People do only what Slack's own client would let them, and what they chose reaches the app.
import type { App, BlockAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { type Change, current, type SandboxSlack } from '../../../src/sandbox/slack/index.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';
import { buttons, plain, type Setting, section, slackAlone, withBolt } from './bolt.ts';

async function card(app: App, blocks: KnownBlock[]) {
  const { ts = '' } = await app.client.chat.postMessage({ channel: 'C0OPS', text: 'card', blocks });
  return { user: 'ada', channel: 'ops', messageTs: ts };
}

/** Keeps the last interaction, and acknowledges every one. */
function remember(kept: { body?: BlockAction }) {
  return (app: App) => {
    app.action<BlockAction>(/.*/, async ({ ack, body }) => {
      kept.body = body;
      await ack();
    });
  };
}

describe('a click', () => {
  it('carries the button, the message, and where it was', async () => {
    const kept: { body?: BlockAction } = {};
    await withBolt('socket', remember(kept), async ({ app, slack }) => {
      const thread = slack.say({ user: 'ada', channel: 'ops', text: 'hm' });
      const { ts = '' } = await app.client.chat.postMessage({
        channel: 'C0OPS',
        thread_ts: thread.ts,
        text: 'card',
        blocks: [{ ...buttons('Approve'), block_id: 'door' }],
      });
      await slack.click({ user: 'ada', channel: 'ops', messageTs: ts, label: 'approve' });
      expect(kept.body).toMatchObject({
        type: 'block_actions',
        user: { id: 'U0ADA', username: 'ada' },
        channel: { id: 'C0OPS', name: 'ops' },
        container: { type: 'message', message_ts: ts, thread_ts: thread.ts, is_ephemeral: false },
        message: { ts, text: 'card', thread_ts: thread.ts },
        actions: [{ type: 'button', block_id: 'door', action_id: 'approve', text: { text: 'Approve' } }],
      });
    });
  });

  it('tells what Slack asked before it was sent', async () => {
    await withBolt('socket', remember({}), async ({ app, slack }) => {
      const [button] = buttons('Abort').elements;
      if (button === undefined) throw new Error('Expected a button');
      const confirm = {
        title: plain('Sure?'),
        text: plain('All comes back.'),
        confirm: plain('Abort'),
        deny: plain('No'),
      };
      const at = await card(app, [{ type: 'actions', elements: [{ ...button, confirm }] }]);
      expect((await slack.click({ ...at, label: 'Abort' })).confirmed).toEqual({
        title: 'Sure?',
        text: 'All comes back.',
        confirm: 'Abort',
        deny: 'No',
      });
    });
  });

  it('is not possible on a button that is gone, nor on one of two alike', async () => {
    await withBolt('socket', remember({}), async ({ app, slack }) => {
      const at = await card(app, [buttons('Resume')]);
      const blocks = [buttons('Extend'), buttons('Extend', 'Abort')];
      await app.client.chat.update({ channel: 'C0OPS', ts: at.messageTs, text: 'later', blocks });
      await expect(slack.click({ ...at, label: 'Resume' })).rejects.toThrow(
        'Expected a button with label "Resume"; there is [ Extend ] (extend), [ Extend ] (extend), [ Abort ] (abort)',
      );
      await expect(slack.click({ ...at, label: 'Extend' })).rejects.toThrow('got 2');
    });
  });

  it('is not possible for somebody who left, on what another one sees only, or without an app', async () => {
    await withBolt('socket', remember({}), async ({ app, slack }) => {
      const { message_ts: messageTs = '' } = await app.client.chat.postEphemeral({
        channel: 'C0OPS',
        user: 'U0ADA',
        text: 'x',
        blocks: [buttons('Show')],
      });
      const at = { channel: 'ops', messageTs, label: 'Show' };
      await expect(slack.click({ user: 'grace', ...at })).rejects.toThrow('Expected a message that grace sees');
      await expect(slack.click({ user: 'alan', ...at })).rejects.toThrow('deactivated');
      await slack.click({ user: 'ada', ...at });
    });
    const slack = await slackAlone();
    await expect(slack.command({ user: 'ada', channel: 'ops' })).rejects.toMatchObject({ code: 'dispatch_failed' });
    await slack.close();
  });
});

describe('a choice', () => {
  it('reaches the app, and is in the state of the next click', async () => {
    const kept: { body?: BlockAction } = {};
    await withBolt('socket', remember(kept), async ({ app, slack }) => {
      const options = ['keep', 'put back'].map((text) => ({ text: plain(text), value: text.slice(0, 3) }));
      const at = await card(app, [
        {
          type: 'section',
          block_id: 'drift',
          text: plain('worker is at 3'),
          accessory: { type: 'static_select', action_id: 'how', options },
        },
        {
          type: 'actions',
          block_id: 'when',
          elements: [{ type: 'datepicker', action_id: 'day', initial_date: '2026-11-21' }],
        },
        buttons('Go'),
      ]);
      await expect(slack.select({ ...at, actionId: 'how', choose: 'drop' })).rejects.toThrow(
        'one of keep, put back; got drop',
      );
      await slack.select({ ...at, label: 'worker is at 3', choose: 'put back' });
      expect(kept.body?.actions[0]).toMatchObject({ type: 'static_select', selected_option: { value: 'put' } });
      await slack.click({ ...at, label: 'Go' });
      expect(kept.body?.state?.values).toMatchObject({
        drift: { how: { selected_option: { value: 'put' } } },
        when: { day: { selected_date: '2026-11-21' } },
      });
    });
  });
});

describe('a modal', () => {
  const input = (id: string, optional = false) => ({
    type: 'input' as const,
    block_id: id,
    optional,
    label: plain(id),
    element: { type: 'plain_text_input' as const, action_id: 'text', min_length: 2 },
  });
  const modal = (title: string, ...blocks: ReturnType<typeof input>[]) => ({
    type: 'modal' as const,
    callback_id: title,
    title: plain(title),
    submit: plain('Next'),
    notify_on_close: true,
    blocks,
  });
  const listen = (app: App) => {
    app.command('/maint', async ({ ack, client, command }) => {
      await ack();
      await client.views.open({
        trigger_id: command.trigger_id,
        view: modal('one', input('why'), input('note', true)),
      });
    });
    app.view('one', async ({ ack }) => ack({ response_action: 'push', view: modal('two', input('more', true)) }));
    app.view('two', async ({ ack }) => ack({ response_action: 'clear' }));
    app.view({ callback_id: 'two', type: 'view_closed' }, async ({ ack, client, body }) => {
      await ack();
      await client.chat.postMessage({ channel: 'C0OPS', text: `closed by ${body.user.id}` });
    });
  };
  const opened = async (slack: SandboxSlack) => {
    await slack.command({ user: 'ada', channel: 'ops' });
    await slack.until(() => slack.openViews('ada').length === 1);
  };

  it('is not sent while something that must be filled in is empty or too short', async () => {
    await withBolt('socket', listen, async ({ slack }) => {
      await opened(slack);
      await expect(slack.submit({ user: 'ada' })).rejects.toThrow('Expected "why" to be filled in');
      await expect(slack.submit({ user: 'ada', values: { why: 'x' } })).rejects.toThrow('2 to 3000 characters, got 1');
      await expect(slack.submit({ user: 'ada', values: { how: 'x' } })).rejects.toThrow(
        'there is why (text), note (text)',
      );
      await expect(slack.submit({ user: 'grace' })).rejects.toThrow(
        'Expected grace to have modal any open, there is none',
      );
    });
  });

  it('lies on another, which comes back when it is closed; all go at once when the app says so', async () => {
    await withBolt('socket', listen, async ({ slack }) => {
      await opened(slack);
      expect(await slack.submit({ user: 'ada', values: { why: 'upgrade' } })).toMatchObject({ result: 'pushed' });
      expect(slack.openViews('ada').map(({ view }) => view.callback_id)).toEqual(['one', 'two']);
      await slack.dismiss({ user: 'ada' });
      const told = await slack.until(() => slack.messages.list()[0]);
      expect(current(told).text).toBe('closed by U0ADA');
      expect(slack.openViews('ada').map(({ view }) => view.callback_id)).toEqual(['one']);
      await slack.submit({ user: 'ada' });
      expect(await slack.submit({ user: 'ada' })).toMatchObject({ result: 'cleared' });
      expect(slack.openViews('ada')).toEqual([]);
    });
  });
});

describe('a trigger', () => {
  it.each([
    [PATIENCE_MS, ['opened', 'exchanged_trigger_id']],
    [0, ['expired_trigger_id', 'expired_trigger_id']],
  ])('that is good for %i ms, used twice: %j', async (triggerMs, outcomes) => {
    const heard: unknown[] = [];
    const listen = (app: App) => {
      app.command('/maint', async ({ ack, client, command }) => {
        const view = { type: 'modal' as const, title: plain('T'), blocks: [section('x')] };
        for (let use = 0; use < 2; use += 1) {
          const opening = client.views.open({ trigger_id: command.trigger_id, view });
          heard.push(
            await opening.then(() => 'opened').catch((error: { data?: { error?: string } }) => error.data?.error),
          );
        }
        await ack();
      });
    };
    const story = async ({ slack }: Setting) => {
      await slack.command({ user: 'ada', channel: 'ops' });
      expect(heard).toEqual(outcomes);
    };
    await withBolt('http', listen, story, { limits: { triggerMs } });
  });
});

describe('whoever listens', () => {
  it('is told of each change, until they stop', async () => {
    await withBolt(
      'socket',
      () => {},
      async ({ app, slack }) => {
        const heard: string[] = [];
        const stop = slack.onChange((change: Change) => heard.push(change.kind));
        const { ts = '' } = await app.client.chat.postMessage({ channel: 'C0OPS', text: 'a' });
        await app.client.chat.update({ channel: 'C0OPS', ts, text: 'b', blocks: [section('b')] });
        await app.client.chat.postEphemeral({ channel: 'C0OPS', user: 'U0ADA', text: 'c' });
        await app.client.views.publish({ user_id: 'U0ADA', view: { type: 'home', blocks: [] } });
        await app.client.chat.delete({ channel: 'C0OPS', ts });
        stop();
        await app.client.chat.postMessage({ channel: 'C0OPS', text: 'd' });
        expect(heard).toEqual(['posted', 'updated', 'ephemeral', 'view', 'deleted']);
      },
    );
  });

  it('waits for what comes, and is told when it does not come', async () => {
    const slack = await slackAlone();
    await expect(slack.until(() => false, 20)).rejects.toThrow('Expected it within 20 ms');
    await slack.close();
  });
});

describe('Socket Mode', () => {
  it('refuses connections when told to, and takes one again afterwards', async () => {
    await withBolt(
      'socket',
      (app) => {
        app.command('/maint', async ({ ack }) => ack());
      },
      async ({ slack }) => {
        slack.refuseSockets('open');
        slack.disconnectSockets('cut');
        await expect(slack.command({ user: 'ada', channel: 'ops' })).rejects.toMatchObject({ code: 'dispatch_failed' });
        slack.refuseSockets('nothing');
        await slack.connected();
        expect(await slack.command({ user: 'ada', channel: 'ops' })).toMatchObject({ via: 'socket' });
      },
    );
  });
});
