// `run APP [--size=SIZE] [--] COMMAND`: the one command whose words are kept as they were typed, for a shell reads them. What
// Slack and phones have made of them on the way is taken back; what will run is shown to the person as it is then.
import { type AppName, appName } from './app-name.ts';
import { asText } from './slack-text.ts';

export type RunCommand =
  | { readonly is: 'run'; readonly app: string; readonly size: string | null; readonly command: string }
  | Extract<AppName, { is: 'wrong' }>;

const LIKE = 'Like this: /maint run APP -- rails db:migrate.';

/** `text`: all that was typed, with the verb. */
export function runCommand(text: string): RunCommand {
  const rest = text
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000]/gu, ' ')
    .replace(/[\u200b\ufeff]/gu, '')
    .trim()
    .replace(/^\S+\s*/u, '')
    .replace(/^(?:--|—)?(?:app|-a)[\s=]+(?=\S)/iu, '');
  const [, named = '', after = ''] = /^(<[^>]*>|\S+)\s*(.*)$/su.exec(rest) ?? [];
  if (named === '' || named === '--' || named === '—') {
    return { is: 'wrong', says: 'Expected the name of an app after "run", got nothing.', remedy: LIKE };
  }
  const app = appName(named);
  if (app.is === 'wrong') return app;
  const [sized, size = null] = /^(?:--|—)size(?:\s*=\s*|\s+)(\S+)\s*/iu.exec(after) ?? [''];
  const command = commandOf(after.slice(sized.length).replace(/^(?:--|—)(?:\s+|$)/u, ''));
  if (command === '')
    return { is: 'wrong', says: `Expected a command to run in ${app.name}, got nothing.`, remedy: LIKE };
  if (command.startsWith('-')) {
    return {
      is: 'wrong',
      says: `Expected a command to run in ${app.name}, got "${command.slice(0, 60)}".`,
      remedy:
        'The only option is --size, and the command comes after --: /maint run APP --size=performance-m -- rails db:migrate.',
    };
  }
  return { is: 'run', app: app.name, size, command };
}

/** Phones turn quotes into typographic ones and two dashes into one long one; a shell takes neither. */
function commandOf(text: string): string {
  const plain = asText(text)
    .replace(/[\u201c-\u201f]/gu, '"')
    .replace(/[\u2018-\u201b]/gu, "'")
    .replace(/(^|\s)\u2014(?=\S|$|\s)/gu, '$1--')
    .trim();
  return /^`([^`]+)`$/u.exec(plain)?.[1]?.trim() ?? plain;
}
