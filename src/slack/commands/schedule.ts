// What stands behind /maint schedule: an app, when in the person's own words, and why. When it is meant is read by
// `windows/when`. Pure.
import { appName } from './app-name.ts';
import { asText } from './slack-text.ts';

export type ScheduleCommand =
  | {
      readonly is: 'schedule';
      /** Null: nothing was typed at all; a form asks. */
      readonly app: string | null;
      readonly typed: string | null;
      readonly because: string | null;
    }
  | { readonly is: 'wrong'; readonly says: string; readonly remedy: string };

const LONGEST_REASON = 500;

/** `rest`: what follows the verb, on one line. */
export function scheduleCommand(rest: string): ScheduleCommand {
  const text = rest.replace(/^(?:--app|-a)[\s=]+/iu, '').trim();
  if (text === '') return { is: 'schedule', app: null, typed: null, because: null };
  const [, named = '', after = ''] = /^(<[^>]*>|\S+)\s*(.*)$/su.exec(text) ?? [];
  const app = appName(named);
  if (app.is === 'wrong') return { ...app, remedy: 'Like this: /maint schedule shop sunday 1am for 2h.' };
  const [, when = '', reason = ''] = /^(.*?)(?:(?:^|\s)because:?(?:\s+(.*))?)?$/isu.exec(after) ?? [];
  const why = asText(reason).trim();
  return {
    is: 'schedule',
    app: app.name,
    typed: when.trim() === '' ? null : when.trim(),
    because: why === '' ? null : [...why].slice(0, LONGEST_REASON).join('').slice(0, LONGEST_REASON).toWellFormed(),
  };
}
