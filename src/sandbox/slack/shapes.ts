// The shapes in which Slack shows its objects, to the Web API and in interaction payloads alike.
import type { SlackFile } from './files.ts';
import { current, type Message, type Messages } from './messages.ts';
import type { OpenView } from './views.ts';
import { app, type Channel, team, type User, type UserGroup } from './workspace.ts';

export function shownMessage(
  message: Message,
  messages: Messages,
  options: { metadata: boolean },
): Record<string, unknown> {
  const { text, blocks, metadata } = current(message);
  const replies = messages.list({ channel: message.channel, threadTs: message.ts, deleted: false, ephemeral: false });
  return {
    type: 'message',
    ...(message.byBot ? { bot_id: app.botId, app_id: app.id } : {}),
    user: message.user,
    team: team.id,
    ts: message.ts,
    text,
    ...(blocks.length > 0 ? { blocks } : {}),
    ...(message.versions.length > 1 && blocks.length === 0
      ? { edited: { user: message.user, ts: (current(message).at / 1_000).toFixed(6) } }
      : {}),
    ...(message.threadTs !== null
      ? { thread_ts: message.threadTs }
      : replies.length > 0
        ? {
            thread_ts: message.ts,
            reply_count: replies.length,
            reply_users: [...new Set(replies.map((reply) => reply.user))],
            latest_reply: replies.at(-1)?.ts,
          }
        : {}),
    ...(message.broadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(message.files.length > 0 ? { files: message.files.map((id) => ({ id })) } : {}),
    ...(metadata === null ? {} : { metadata: options.metadata ? metadata : { event_type: metadata.event_type } }),
  };
}

export function shownUser(user: User): Record<string, unknown> {
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    deleted: user.deactivated,
    real_name: user.realName,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: offsetOf(user.tz),
    is_bot: user.isBot,
    is_app_user: false,
    is_admin: false,
    is_restricted: user.guest,
    is_ultra_restricted: false,
    // Only in who is of another workspace and in no channel of ours; such a one cannot be seen here at all.
    is_stranger: false,
    profile: { real_name: user.realName, display_name: user.name, email: user.email },
  };
}

/** Seconds east of Greenwich now. */
function offsetOf(tz: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: tz, timeZoneName: 'longOffset' }).formatToParts();
  const [, sign, hours, minutes] =
    /GMT([+-])(\d{2}):(\d{2})/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60);
}

export function shownChannel(channel: Channel): Record<string, unknown> {
  const isDirect = channel.kind === 'im';
  return {
    id: channel.id,
    ...(isDirect ? { user: [...channel.members].find((id) => id !== app.botUserId) } : { name: channel.name }),
    ...(isDirect ? {} : { name_normalized: channel.name, num_members: channel.members.size }),
    is_channel: !isDirect,
    is_group: false,
    is_im: isDirect,
    is_mpim: false,
    is_private: channel.kind !== 'public',
    is_archived: channel.archived,
    is_member: channel.members.has(app.botUserId),
  };
}

export function shownGroup(group: UserGroup, options: { users: boolean }): Record<string, unknown> {
  return {
    id: group.id,
    team_id: team.id,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    date_delete: group.disabled ? 1 : 0,
    user_count: group.users.length,
    ...(options.users ? { users: group.users } : {}),
  };
}

export function shownView(open: OpenView, values: Record<string, Record<string, unknown>>): Record<string, unknown> {
  const { view } = open;
  return {
    id: open.id,
    team_id: team.id,
    app_id: app.id,
    app_installed_team_id: team.id,
    bot_id: app.botId,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    external_id: view.external_id ?? '',
    state: { values },
    hash: open.hash,
    root_view_id: open.rootId,
    previous_view_id: open.previousId,
    title: view.type === 'modal' ? view.title : { type: 'plain_text', text: 'maint' },
    submit: view.type === 'modal' ? (view.submit ?? null) : null,
    close: view.type === 'modal' ? (view.close ?? null) : null,
    clear_on_close: view.type === 'modal' && view.clear_on_close === true,
    notify_on_close: view.type === 'modal' && view.notify_on_close === true,
  };
}

export function shownFile(file: SlackFile): Record<string, unknown> {
  return { id: file.id, name: file.name, title: file.title, size: file.bytes?.length ?? 0, channels: file.channels };
}
