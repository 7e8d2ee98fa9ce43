// The answer to /maint settings: what holds for the next maintenance of an app, what was set for it first, and how it is changed.
import type { AppSettings, SettingLine } from '../../run/commands/reply.ts';
import { opener } from '../buttons.ts';
import { actions, context, type Drawn, header, lines, message, section } from './blocks.ts';
import { code, count, named, said, time } from './text.ts';

export function settings({ app, lines: all, changed, underWay }: AppSettings): Drawn {
  const name = said(app.name, 60);
  const own = all.filter((line) => line.own);
  const rest = all.filter((line) => !line.own);
  const first =
    own.length === 0
      ? `Nothing is set for *${name}*: these are the defaults.`
      : `${count(own.length, 'setting')} of *${name}* ${own.length === 1 ? 'is' : 'are'} its own, the others are defaults.`;
  const by = changed === null ? '' : ` Last changed by ${named(changed.by)} ${time(changed.at)}.`;
  const now = underWay ? ' A maintenance is under way: it goes on with the settings that it was begun with.' : '';
  return message(`${first}${by}${now}`, {
    top: [header(`Settings of ${app.name}`), section(`${first}${by}${now}`)],
    middle: lines([
      ...(own.length === 0 ? [] : [`*Set for ${name}*`, ...own.map(line), '*Defaults*']),
      ...rest.map(line),
    ]),
    bottom: [
      ...actions([opener({ opens: 'settings', app: app.id }, 'Change settings')]),
      context(
        `At a terminal: ${code(`npm run --silent maint -- settings ${app.name} --json > settings.json`, 200)}, edit it, then ${code(`npm run maint -- settings ${app.name} --from settings.json`, 200)}`,
      ),
    ],
  });
}

function line({ key, shows, about }: SettingLine): string {
  return `• ${code(key)} ${said(shows, 200)}  _${said(about, 120)}_`;
}
