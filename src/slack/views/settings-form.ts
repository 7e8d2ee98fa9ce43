// The settings of an app as a form, with what holds now; and what was changed in one that was filled in. What is right is said by
// `run/commands/settings-input`, and shown beside the field that it is about. Pure.
import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Json } from '../../model/json.ts';
import type { Settings } from '../../model/settings.ts';
import type { AppSettings, SettingsChange } from '../../run/commands/reply.ts';
import type { Problem, SettingsInput } from '../../run/commands/settings-input.ts';
import { context, section } from './blocks.ts';
import { modal, selectInput, textInput } from './modal.ts';
import { entries, type Field } from './settings-fields.ts';
import { code, count, said } from './text.ts';

export const SETTINGS = 'settings';
/** Of one field, as Slack takes it. */
const LONGEST = 3_000;

/** `carries`: whatever has to come back with it. */
export function settingsForm({ app, lines, settings, underWay }: AppSettings, carries: string): ModalView {
  const told = new Map(lines.map((line) => [line.key, line]));
  const asked = entries.flatMap((entry): KnownBlock[] => {
    const texts = entry.holds(settings);
    const { about = '', own = false } = told.get(entry.key) ?? {};
    if (texts.some((text) => text.length > LONGEST)) {
      return [section(`${code(entry.key)} is too long for a form: the terminal shows and changes it.`)];
    }
    return entry.fields.map((field, n) =>
      input(field, texts[n] ?? '', `${about}${own ? '' : ' (default)'}`, n === 0 ? '' : ' …'),
    );
  });
  const now = underWay ? ' A maintenance is under way: it goes on with the settings that it was begun with.' : '';
  return modal({
    form: SETTINGS,
    title: 'Settings',
    submit: 'Save',
    close: 'Cancel',
    carries,
    blocks: [section(`How the next maintenance of *${said(app.name, 60)}* behaves.${now}`), ...asked],
  });
}

function input(field: Field, holds: string, about: string, more: string): InputBlock {
  const { id, hint, optional = false, lines = false, choices } = field;
  const words = [`${about}${more}`, hint].filter((part) => part !== undefined && part !== '').join('. ');
  const asking = { id, label: id, hint: words, optional };
  return choices === undefined
    ? textInput({ ...asking, holds, lines })
    : selectInput({ ...asking, holds, choices: choices.map(([value, chosen]) => ({ value, words: chosen })) });
}

/** What was changed in a form that showed these settings. `typed`: by the id of the field, trimmed. */
export function settingsInput(settings: Settings, typed: (id: string) => string): SettingsInput {
  const set: Record<string, Json> = {};
  for (const entry of entries) {
    const before = entry.holds(settings);
    if (before.some((text) => text.length > LONGEST)) continue;
    const texts = entry.fields.map(({ id }) => typed(id));
    if (texts.some((text, n) => text !== before[n]?.trim())) set[entry.key] = entry.read(texts);
  }
  return { set, reset: [] };
}

/** Each problem at its field: `queues[0].system` is one of `queues`, `observe` one of `observe.for`. */
export function problemsByField(problems: readonly Problem[]): Record<string, string> {
  const ids = entries.flatMap(({ fields }) => fields.map(({ id }) => id));
  const errors: Record<string, string> = {};
  for (const { key, should, got } of problems) {
    const within = ids.filter((id) => key === id || key.startsWith(`${id}.`) || key.startsWith(`${id}[`));
    const [longest] = within.toSorted((a, b) => b.length - a.length);
    const id = longest ?? ids.find((one) => one.startsWith(`${key}.`));
    if (id === undefined) continue;
    const which = key === id ? '' : `${key} `;
    const says = `${which}${should}${got === null ? '' : `, got ${got}`}`;
    errors[id] = errors[id] === undefined ? says : `${errors[id]}; ${says}`;
  }
  return errors;
}

export function settingsSaved({ app, saved, changes, underWay }: SettingsChange): ModalView {
  const name = said(app.name, 60);
  const lines = changes.map(
    ({ key, from, to }) => `• ${code(key)}: ${said(from, 200)} → *${said(to, 200).replaceAll('*', '')}*`,
  );
  const first = saved
    ? `✅ ${count(changes.length, 'setting')} of *${name}* changed.`
    : `Nothing of *${name}* was changed: everything was so already.`;
  return modal({
    title: 'Settings',
    last: true,
    blocks: [
      section(first),
      ...lines.map((line) => section(line)),
      ...(underWay
        ? [context('The maintenance that is under way goes on with the settings that it was begun with.')]
        : []),
    ],
  });
}
