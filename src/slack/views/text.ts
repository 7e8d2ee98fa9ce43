// Makes text that people typed, or that Heroku named, safe to put into Slack's mrkdwn: it can neither ping anybody, nor
// format itself, nor break out of its place. Everything that a view shows and did not write itself goes through here.
import type { Person } from '../../model/person.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Bidirectional overrides, zero-width characters and controls: they make a text read as something it is not. */
const deceptive = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One line of readable characters, not escaped yet; for plain_text, where Slack wants no entities. */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\r\n\t\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(deceptive, '')
    .replace(/ {2,}/gu, ' ')
    .trim();
}

export function escaped(text: string): string {
  return text.replace(/[&<>]/gu, (character) => entities[character] ?? character);
}

/** At most `most` UTF-16 units with "…" for what is left out; never half a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > most - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Inline code. Slack knows no escape for a backtick in it, so it becomes an apostrophe. */
export function code(text: string, most = 120): string {
  const inside = said(text, most);
  return `\`${inside === '' ? ' ' : inside}\``;
}

/** For what is escaped already: nothing of Slack's (`&amp;`, `<!date^…>`) is left half. */
export function cutEscaped(text: string, most: number): string {
  return text.length <= most ? text : cut(text, most).replace(/(?:&[a-z]*|<[^<>]*)…$/u, '…');
}

/** A clause as a sentence, for what stands before another one. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** For mrkdwn, at most `most` characters after escaping: cut before it is escaped, so never in the middle of an entity. */
export function said(raw: string, most = 300): string {
  // Nobody reads a megabyte: what is far beyond the cut is not even cleaned.
  const near = raw.length > 4 * most + 1_000 ? `${raw.slice(0, 4 * most + 1_000)}…` : raw;
  // A lone backtick would turn all that follows it into code; other signs can only make this very text bold.
  const text = plain(near).replaceAll('`', "'");
  const whole = escaped(text);
  if (whole.length <= most) return whole;
  let kept = '';
  for (const character of text) {
    const next = escaped(character);
    if (kept.length + next.length > most - 1) break;
    kept += next;
  }
  return `${kept}…`;
}

/** By name, without calling them. */
export function named(person: Person): string {
  const name = (person.name === '' ? person.id : person.name).replaceAll('*', '');
  return `*${said(name, 80)}*`;
}

/** As Slack makes the ids of people. */
export function isUser(id: string): boolean {
  return /^[UW][A-Z0-9]{2,}$/u.test(id);
}

/** Calls them, where Slack knows them: for what waits for somebody. */
export function called(person: Person): string {
  return person.via === 'slack' && isUser(person.id) ? `<@${person.id}>` : named(person);
}

/** Calls who has this id; one that is none is shown as it is. */
export function userLink(id: string): string {
  return isUser(id) ? `<@${id}>` : said(id, 80);
}

/** A channel as a link; an id that is none is shown as it is. */
export function channelLink(id: string): string {
  return /^[CG][A-Z0-9]{2,}$/u.test(id) ? `<#${id}>` : said(id, 80);
}

/** An instant in each reader's own time zone; UTC where Slack cannot say it. */
export function time(at: number): string {
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${utc(at)}>`;
}

/** The same to the second, for what is waited for. */
export function timeWithSeconds(at: number): string {
  const fallback = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return `<!date^${Math.ceil(at / 1000)}^{date_short_pretty} {time_secs}|${fallback}>`;
}

export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** "45 s", "12 min", "1 h 5 min". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
