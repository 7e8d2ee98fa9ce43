// The part of the control API that stands for people in Slack, for whoever runs the sandbox alone: read the channels, type
// a command, press a button.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parse } from './control.ts';
import type { SandboxSlack } from './slack/index.ts';

const command = z.strictObject({ user: z.string(), channel: z.string(), text: z.string().default('') });
const click = z.strictObject({ user: z.string(), channel: z.string(), messageTs: z.string(), label: z.string() });

export function slackControlRoutes(server: FastifyInstance, slack: SandboxSlack): void {
  server.get('/sandbox/slack/messages', async () =>
    slack.messages.list({ deleted: false }).map((message) => ({
      channel: message.channel,
      ts: message.ts,
      threadTs: message.threadTs,
      versions: message.versions.length,
      shown: slack.render(message),
    })),
  );
  server.post('/sandbox/slack/command', async (request) => {
    const { via, body, ms, shown } = await slack.command(parse(command, request.body));
    return { via, body, ms, shown: shown === null ? null : slack.render(shown) };
  });
  server.post('/sandbox/slack/click', async (request) => {
    const { via, body, ms } = await slack.click(parse(click, request.body));
    return { via, body, ms };
  });
}
