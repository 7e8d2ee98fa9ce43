import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const manifest = readFileSync('slack-manifest.yaml', 'utf8');

test('the manifest asks for exactly the scopes that the calls in src/slack need', () => {
  const [, bot = ''] = /^ {4}bot:\n(.*?)^settings:/msu.exec(manifest) ?? [];
  const scopes = [...bot.matchAll(/^ {6}- (\S+)$/gmu)].map(([, scope]) => scope);
  expect(scopes.toSorted()).toEqual([
    'channels:history',
    'channels:read',
    'chat:write',
    'chat:write.public',
    'commands',
    'files:write',
    'groups:history',
    'groups:read',
    'usergroups:read',
    'users:read',
  ]);
});

test('the manifest is for Socket Mode, with the slash command, its hint, and interactivity', () => {
  expect(manifest).toMatch(/^ {2}socket_mode_enabled: true$/mu);
  expect(manifest).toMatch(/^ {4}- command: \/maint$/mu);
  expect(manifest).toMatch(/usage_hint: .+/u);
  expect(manifest).toMatch(/ {2}app_home:\n {4}home_tab_enabled: true/u);
  expect(manifest).toMatch(/ {4}bot_events:\n {6}#.*\n {6}- app_home_opened$/mu);
  expect(manifest).toMatch(/interactivity:\n {4}is_enabled: true/u);
});
