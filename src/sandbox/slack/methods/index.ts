// All Web API methods that the sandbox knows, by name, and which kind of token each takes.
import { checkBlocks } from '../blocks/validate.ts';
import { args, json, type Method } from '../call.ts';
import { Refusal, refusedFor } from '../refusal.ts';
import { app, team } from '../workspace.ts';
import { chat } from './chat.ts';
import { conversations } from './conversations.ts';
import { files } from './files.ts';
import { users } from './users.ts';
import { views } from './views.ts';

const authTest: Method = () => ({
  url: `https://${team.domain}.slack.example/`,
  team: team.name,
  user: 'maint',
  team_id: team.id,
  user_id: app.botUserId,
  bot_id: app.botId,
  is_enterprise_install: false,
});

const validateBlocks: Method = (call) => {
  const given = args(call, { blocks: json });
  if (!Array.isArray(given.blocks)) throw new Refusal('invalid_blocks_format');
  const checked = checkBlocks(given.blocks, 'message');
  if (!checked.ok) throw refusedFor('invalid_blocks', checked.complaints);
  return {};
};

const openConnection: Method = (call) => ({ url: call.world.openConnection() });

export const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    'api.test': () => ({}),
    'auth.test': authTest,
    'apps.connections.open': openConnection,
    'blocks.validate': validateBlocks,
    ...chat,
    ...conversations,
    ...users,
    ...views,
    ...files,
  }),
);

/** Only this one is for the app's own token; all others are for the bot's. */
export function tokenFor(method: string): 'app' | 'bot' {
  return method === 'apps.connections.open' ? 'app' : 'bot';
}
