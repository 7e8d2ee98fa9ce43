// `npm run sandbox`: starts the sandbox alone and prints the environment to use it, until it is told to stop.

import { parseArgs } from 'node:util';
import { SandboxClock, startSandbox } from './index.ts';

const USAGE = `Usage: npm run sandbox [-- --port N] [--slack-port N] [--speed N] [--empty]

  --port N        Heroku and the control API listen here (default: a free port)
  --slack-port N  Slack listens here (default: a free port)
  --speed N       its time runs N times as fast (default: 1)
  --empty         without the example apps`;

interface Flags {
  readonly port: number;
  readonly slackPort: number;
  readonly speed: number;
  readonly empty: boolean;
}

function readFlags(args: string[]): Flags | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      'slack-port': { type: 'string' },
      speed: { type: 'string' },
      empty: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  return {
    port: number('port', values.port ?? '0', (n) => Number.isInteger(n) && n >= 0 && n < 65_536),
    slackPort: number('slack-port', values['slack-port'] ?? '0', (n) => Number.isInteger(n) && n >= 0 && n < 65_536),
    speed: number('speed', values.speed ?? '1', (n) => n > 0 && Number.isFinite(n)),
    empty: values.empty ?? false,
  };
}

function number(flag: string, text: string, isRight: (n: number) => boolean): number {
  const value = Number(text);
  if (text.trim() !== '' && isRight(value)) return value;
  throw new Error(`Expected a number that fits --${flag}, got "${text}"`);
}

async function run(flags: Flags): Promise<void> {
  const clock = new SandboxClock({ speed: flags.speed });
  const sandbox = await startSandbox({ clock, port: flags.port, slackPort: flags.slackPort, examples: !flags.empty });
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    clock.close();
    sandbox.close().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);

  for (const [name, value] of Object.entries(sandbox.env)) console.log(`${name}=${value}`);
  console.error(
    `Control API: ${sandbox.controlUrl}/state (also requests, faults, clock, apps, slack/messages, reset). Ctrl-C ends it.`,
  );
}

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags === 'help') console.log(USAGE);
  else await run(flags);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 2;
}
