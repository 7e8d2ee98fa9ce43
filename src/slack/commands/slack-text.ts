// What a person typed, as they typed it: Slack sends `&`, `<` and `>` as entities, and puts links, channels and people in brackets.

export function asText(text: string): string {
  return text
    .replace(/<(?:https?:\/\/|mailto:)[^|>]+\|([^>]+)>/gu, '$1')
    .replace(/<((?:https?:\/\/|mailto:)[^|>]+)>/gu, '$1')
    .replace(
      /<([@#!])([^|>]*)(?:\|([^>]*))?>/gu,
      (_, sign: string, id: string, label: string | undefined) =>
        `${sign === '#' ? '#' : '@'}${label === undefined || label === '' ? id : label.replace(/^[@#]/u, '')}`,
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
