// The payloads that apps get when people do something, in Slack's shapes. Pure: what to put in is looked up by people.ts.
import type { Message, Messages } from './messages.ts';
import { shownMessage, shownView } from './shapes.ts';
import type { State, StateValue } from './values.ts';
import type { OpenView } from './views.ts';
import { app, type Channel, team, type User } from './workspace.ts';

type Payload = Record<string, unknown>;

/** The old verification token, which Bolt does not look at. */
const token = 'sandbox';

function common(user: User): Payload {
  return {
    team: { id: team.id, domain: team.domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: app.id,
    token,
    enterprise: null,
    is_enterprise_install: false,
  };
}

export function slashCommand(given: {
  user: User;
  channel: Channel;
  command: string;
  text: string;
  responseUrl: string;
  triggerId: string;
}): Payload {
  return {
    token,
    team_id: given.user.teamId,
    team_domain: team.domain,
    channel_id: given.channel.id,
    channel_name: given.channel.kind === 'im' ? 'directmessage' : given.channel.name,
    user_id: given.user.id,
    user_name: given.user.name,
    command: given.command,
    text: given.text,
    api_app_id: app.id,
    is_enterprise_install: 'false',
    response_url: given.responseUrl,
    trigger_id: given.triggerId,
  };
}

export type Action = { readonly block_id: string; readonly action_id: string } & StateValue;

export function messageAction(given: {
  user: User;
  channel: Channel;
  message: Message;
  messages: Messages;
  action: Action;
  state: State;
  responseUrl: string;
  triggerId: string;
}): Payload {
  const { message } = given;
  const onlyFor = message.onlyFor !== null;
  return {
    type: 'block_actions',
    ...common(given.user),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: onlyFor,
      ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    },
    trigger_id: given.triggerId,
    channel: { id: given.channel.id, name: given.channel.kind === 'im' ? 'directmessage' : given.channel.name },
    // Slack leaves the message out where only one person sees it.
    ...(onlyFor ? {} : { message: shownMessage(message, given.messages, { metadata: true }) }),
    state: { values: given.state },
    response_url: given.responseUrl,
    actions: [given.action],
  };
}

export function viewAction(given: {
  user: User;
  view: OpenView;
  action: Action;
  state: State;
  triggerId: string;
}): Payload {
  return {
    type: 'block_actions',
    ...common(given.user),
    container: { type: 'view', view_id: given.view.id },
    trigger_id: given.triggerId,
    view: shownView(given.view, given.state),
    actions: [given.action],
  };
}

export function viewSubmission(given: { user: User; view: OpenView; state: State; triggerId: string }): Payload {
  return {
    type: 'view_submission',
    ...common(given.user),
    trigger_id: given.triggerId,
    view: shownView(given.view, given.state),
    response_urls: [],
  };
}

export function viewClosed(given: { user: User; view: OpenView; cleared: boolean; state: State }): Payload {
  return {
    type: 'view_closed',
    ...common(given.user),
    view: shownView(given.view, given.state),
    is_cleared: given.cleared,
  };
}

/** An event as the Events API wraps it. */
export function eventCallback(event: Payload, at: number, id: string): Payload {
  return {
    token,
    team_id: team.id,
    api_app_id: app.id,
    event: { ...event, event_ts: (at / 1_000).toFixed(6) },
    type: 'event_callback',
    event_id: id,
    event_time: Math.floor(at / 1_000),
    authorizations: [
      { enterprise_id: null, team_id: team.id, user_id: app.botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
  };
}
