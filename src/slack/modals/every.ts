// Every form that there is, by its callback_id.
import { SETTINGS } from '../views/settings-form.ts';
import { type Beginning, beginForms } from './begin.ts';
import type { Form } from './forms.ts';
import { scheduleForms } from './schedule.ts';
import { settingsSubmitted } from './settings.ts';

export function everyForm(beginning: Beginning): ReadonlyMap<string, Form> {
  const { commands } = beginning;
  return new Map([[SETTINGS, settingsSubmitted(commands)], ...beginForms(beginning), ...scheduleForms(commands)]);
}
