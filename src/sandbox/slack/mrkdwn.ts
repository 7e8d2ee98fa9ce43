// Slack's text markup as a terminal can show it: mentions by name, links by their words, the common emoji as such.
// Bold, italics and code stay as they are typed, which reads well enough.

/** Who is meant by an id. A Workspace is one. */
export interface Names {
  findUser(id: string): { readonly name: string } | undefined;
  findChannel(id: string): { readonly name: string } | undefined;
  findGroup(id: string): { readonly handle: string } | undefined;
}

const emoji: Readonly<Record<string, string>> = {
  white_check_mark: '✅',
  heavy_check_mark: '✔',
  warning: '⚠️',
  x: '❌',
  no_entry: '⛔',
  octagonal_sign: '🛑',
  hourglass_flowing_sand: '⏳',
  hourglass: '⌛',
  alarm_clock: '⏰',
  stopwatch: '⏱️',
  lock: '🔒',
  unlock: '🔓',
  construction: '🚧',
  rotating_light: '🚨',
  bell: '🔔',
  eyes: '👀',
  question: '❓',
  exclamation: '❗',
  grey_question: '❔',
  information_source: 'ℹ️',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  large_orange_circle: '🟠',
  large_blue_circle: '🔵',
  red_circle: '🔴',
  white_circle: '⚪',
  black_circle: '⚫',
  arrow_forward: '▶',
  double_vertical_bar: '⏸',
  pause_button: '⏸',
  leftwards_arrow_with_hook: '↩',
  recycle: '♻️',
  tada: '🎉',
  wave: '👋',
  calendar: '📅',
  spiral_calendar_pad: '🗓️',
  memo: '📝',
  clipboard: '📋',
  wrench: '🔧',
  hammer_and_wrench: '🛠️',
  gear: '⚙️',
  zzz: '💤',
  snowflake: '❄️',
  fire: '🔥',
  heavy_minus_sign: '➖',
  ballot_box_with_check: '☑️',
  white_large_square: '⬜',
};

export function readable(mrkdwn: string, names: Names | null): string {
  return emojied(mrkdwn.replace(/<([^<>]+)>/g, (_, inner: string) => reference(inner, names)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

export function emojied(text: string): string {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => emoji[name] ?? whole);
}

function reference(inner: string, names: Names | null): string {
  const [target = '', label] = inner.split('|');
  const id = target.slice(1);
  if (target.startsWith('@')) return `@${names?.findUser(id)?.name ?? label ?? id}`;
  if (target.startsWith('#')) return `#${names?.findChannel(id)?.name ?? label ?? id}`;
  if (target.startsWith('!subteam^')) {
    const group = target.slice('!subteam^'.length);
    return `@${names?.findGroup(group)?.handle ?? label ?? group}`;
  }
  if (target.startsWith('!date^')) return label ?? target;
  if (target.startsWith('!')) return `@${id}`;
  return label === undefined || label === target ? target : `${label} (${target})`;
}
