// How the settings of an app, and a change of them, read in a terminal.
import { command } from '../heroku/shell.ts';
import type { AppSettings, SettingsChange } from '../run/commands/reply.ts';
import { clean } from './screen.ts';
import { maintCommand, table } from './words.ts';

export function settingsText({ app, lines, changed, version, underWay }: AppSettings): string {
  const who =
    changed === null
      ? 'nobody has set any'
      : `version ${version}, by ${changed.by.name} at ${new Date(changed.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const rows = lines.map(({ key, shows, own, about }) => [key, shows, own ? 'set' : 'default', about]);
  return [
    clean(`The settings of ${app.name} for its next maintenance; ${who}.`),
    table(['setting', 'value', '', 'what it is'], rows),
    ...(underWay ? [UNDER_WAY] : []),
    ...howToChange(app.name),
  ].join('\n');
}

export function changeText({ app, changes, saved, underWay }: SettingsChange): string {
  if (changes.length === 0) return clean(`The settings of ${app.name} are like this already: nothing was changed.`);
  return [
    clean(`The settings of ${app.name}: this ${saved ? 'was' : 'would be'} changed.`),
    table(
      ['setting', 'now', 'then'],
      changes.map(({ key, from, to }) => [key, from, to]),
    ),
    ...(underWay ? [UNDER_WAY] : []),
  ].join('\n');
}

const UNDER_WAY = 'A maintenance is under way: it goes on with the settings that it was begun with.';

/** npm's own first lines would be in the file. */
function howToChange(app: string): string[] {
  return [
    'To change them, edit what the first of these prints, and hand it in with the second:',
    `  ${clean(`npm run --silent maint -- ${command('settings', app, '--json')}`)} > settings.json`,
    `  ${maintCommand('settings', app, '--from', 'settings.json')}`,
  ];
}
