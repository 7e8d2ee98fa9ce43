// `npm run demo`: a Heroku and a Slack on this machine, four apps with work in progress, and maint between them.
import { parseArgs } from 'node:util';
import { prompt } from './demo/prompt.ts';
import { play } from './demo/script.ts';
import { setStage } from './demo/stage.ts';

const USAGE = `Usage: npm run demo [-- --script] [--speed N]

  --script    play one whole maintenance by itself; exit 0 only if the app is as before
  --speed N   domain time runs N times as fast (default: 20, and 40 for the script)`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { script: { type: 'boolean' }, speed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const speed = Number(values.speed ?? (values.script === true ? 40 : 20));
  if (!Number.isFinite(speed) || speed < 1 || speed > 1000)
    throw new Error(`Expected a speed from 1 to 1000, got "${values.speed}".\n\n${USAGE}`);
  console.log('Starting a Heroku, a Slack and maint on this machine; the first start takes some seconds …');
  const stage = await setStage(speed);
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
