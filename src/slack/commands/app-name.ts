// The app's name as people give it: plain, in backticks or quotes, as the app's URL, or as Slack rewrote it on the way.

export type AppName =
  | { readonly is: 'app'; readonly name: string }
  | { readonly is: 'wrong'; readonly says: string; readonly remedy: string };

/** `word`: one word of the command, or one of Slack's `<…>` escapes. */
export function appName(word: string): AppName {
  const unwrapped = unwrap(word);
  const mention = /^<([@#!])([^|>]*)(?:\|([^>]*))?>$/u.exec(unwrapped);
  if (mention !== null) {
    const [, sign, , label] = mention;
    if (sign === '#' && label !== undefined && label !== '') return named(label);
    const what = sign === '#' ? 'a channel' : sign === '@' ? 'a person' : 'a group';
    return {
      is: 'wrong',
      says: `Expected the name of a Heroku app, got ${what}.`,
      remedy: 'Type the name without a sign before it.',
    };
  }
  const link = /^<(https?:\/\/[^|>]+)(?:\|[^>]*)?>$/u.exec(unwrapped);
  return named(link?.[1] ?? unwrapped);
}

function unwrap(word: string): string {
  return word.replace(/^[`'"*_~‘’“”(]+/u, '').replace(/[`'"*~‘’“”).,;:!]+$/u, '');
}

function named(text: string): AppName {
  const name = fromUrl(text).replace(/^#/u, '').toLowerCase();
  // Heroku: "must start with a letter, end with a letter or digit and can only contain lowercase letters, digits, and dashes".
  if (/^[a-z][a-z0-9-]{1,28}[a-z0-9]$/u.test(name) || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(name)) {
    return { is: 'app', name };
  }
  return {
    is: 'wrong',
    says: `Expected the name of a Heroku app, got "${text.slice(0, 60)}".`,
    remedy: 'A name has 3 to 30 lower-case letters, digits and dashes, and begins with a letter.',
  };
}

function fromUrl(text: string): string {
  const dashboard = /^(?:https?:\/\/)?dashboard\.heroku\.com\/apps\/([^/?#]+)/iu.exec(text);
  if (dashboard?.[1] !== undefined) return dashboard[1];
  const host = /^(?:https?:\/\/)?([a-z0-9-]+)\.herokuapp\.com(?:[/?#:].*)?$/iu.exec(text)?.[1];
  // Since 2023 the host is NAME-IDENTIFIER.herokuapp.com, with twelve hexadecimal digits.
  return host === undefined ? text : host.replace(/-[0-9a-f]{12}$/iu, '');
}
