import { describe, expect, test } from 'vitest';
import { defaultSettings, type Settings } from '../../../src/model/settings.ts';
import type { AppSettings } from '../../../src/run/commands/reply.ts';
import { aboutSetting, shown as inWords, settingKeys } from '../../../src/run/commands/settings-words.ts';
import { settings } from '../../../src/slack/views/settings.ts';
import { expectSlackTakes, shown } from '../drawn.ts';
import { ada, at } from '../runs.ts';

function reply(own: Partial<Settings> = {}, over: Partial<AppSettings> = {}): AppSettings {
  const all = { ...defaultSettings, ...own };
  return {
    is: 'settings',
    app: { id: 'a', name: 'shop' },
    settings: all,
    lines: settingKeys.map((key) => ({ key, about: aboutSetting(key), shows: inWords(key, all), own: key in own })),
    version: 1,
    changed: { by: ada, at },
    underWay: false,
    ...over,
  };
}

describe('the settings of an app', () => {
  test('are shown with what is set for it first, who set it, and how to change it', () => {
    const drawn = settings(reply({ watchAfter: 60_000 }));
    expectSlackTakes(drawn);
    const text = shown(drawn);
    expect(text).toContain('1 setting of *shop* is its own, the others are defaults. Last changed by *ada*');
    expect(text.indexOf('`watchAfter` 1m')).toBeLessThan(text.indexOf('*Defaults*'));
    expect(text.indexOf('`drainCap` 15m')).toBeGreaterThan(text.indexOf('*Defaults*'));
    expect(text).toContain('`npm run maint -- settings shop --from settings.json`');
    for (const key of settingKeys) expect(text).toContain(`\`${key}\``);
    expect(text).not.toContain('under way');
  });

  test('say where nothing is set, and that a maintenance that is under way keeps its own', () => {
    const drawn = settings(reply({}, { version: 0, changed: null, underWay: true }));
    expectSlackTakes(drawn);
    expect(shown(drawn)).toContain('Nothing is set for *shop*: these are the defaults. A maintenance is under way');
    expect(shown(drawn)).not.toContain('Last changed');
  });

  test('fit into one message however long they are, and nothing in them is markup', () => {
    const long = Array.from({ length: 500 }, (_, n) => `<!channel> *t${n}* \`x\` ${'ä'.repeat(90)}`);
    const senders = long.map((name) => ({ name, retries: true }));
    const drawn = settings(
      reply({ clocks: long, demands: long, senders, variable: { name: 'A', value: long.join() } }),
    );
    expectSlackTakes(drawn);
    for (const key of settingKeys) expect(shown(drawn)).toContain(`\`${key}\``);
  });
});
