// `npm run demo`: a Heroku and a Slack on this machine, four apps with work in progress, and maint between them.
import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { prompt } from './demo/prompt.ts';
import { play } from './demo/script.ts';
import { setStage } from './demo/stage.ts';

const HOUR = 3_600_000;
const BETWEEN_JOBS = 22 * 60_000;
const USAGE = `Usage: npm run demo [-- --script] [--speed N]

  --script    play one whole maintenance by itself; exit 0 only if the app is as before
  --speed N   domain time runs N times as fast (default: 20, and 60 for the script)`;

const options = { script: { type: 'boolean' }, speed: { type: 'string' }, help: { type: 'boolean' } } as const;
const names = Object.keys(options).map((name) => `--${name}`);

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const mistyped = args.find((arg) => arg.startsWith('--') && !names.includes(arg.split('=')[0] ?? ''));
  if (mistyped !== undefined) {
    throw new Error(
      `Expected ${names.join(', ')}, got ${mistyped}: did you mean ${closest(mistyped, names)}?\n\n${USAGE}`,
    );
  }
  const { values } = parseArgs({ args, options });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const speed = Number(values.speed ?? (values.script === true ? 60 : 20));
  if (!Number.isFinite(speed) || speed < 1 || speed > 1000)
    throw new Error(`Expected a speed from 1 to 1000, got "${values.speed}".\n\n${USAGE}`);
  console.log('Starting a Heroku, a Slack and maint on this machine; the first start takes some seconds …');
  // A script is the same whenever it is played: no job of Cron To Go is due before it is held.
  const hour = Math.floor(Date.now() / HOUR) * HOUR;
  const stage = await (values.script === true ? setStage(speed, hour + BETWEEN_JOBS) : setStage(speed));
  try {
    if (values.script === true) return (await play(stage, (text) => console.log(text))) ? 0 : 1;
    await prompt(stage);
    return 0;
  } finally {
    await stage.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
