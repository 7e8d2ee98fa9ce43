// `npm run maint -- …`: the same commands from a terminal, for the day Slack is down.
import { userInfo } from 'node:os';
import { Argument, Command } from 'commander';
import { type Config, readConfig } from './config.ts';
import { createLog, messageOf } from './log.ts';
import { type Answer, answers } from './model/event.ts';
import { length } from './terminal/duration.ts';
import { type Reached, reach } from './terminal/reach.ts';
import { cleanLines, type Screen, terminalScreen } from './terminal/screen.ts';
import * as verbs from './terminal/verbs.ts';

const program = new Command('maint')
  .description('Maintenance windows for Heroku apps, from a terminal.')
  .showHelpAfterError('(--help tells more)')
  .configureOutput({
    writeErr: (text) => process.stderr.write(cleanLines(text)),
  });

interface Common {
  readonly json?: true;
}

/** Reaches maint, does one thing, and leaves; the exit code is the verb's. */
async function withMaint(
  options: Common,
  work: (reached: Reached, screen: Screen) => Promise<number>,
  drives = true,
): Promise<void> {
  const config: Config = readConfig(process.env, 'terminal');
  // stdout is the answer; the log would be in its way, and goes nowhere unless it is asked for.
  const log = createLog(process.env['LOG_LEVEL'] === undefined ? 'silent' : config.logLevel);
  const reached = await reach(config, log, userInfo().username, drives);
  const screen = terminalScreen(options.json === true);
  try {
    process.exitCode = await work(reached, screen);
  } finally {
    await reached.close();
  }
}

function verb(name: string, description: string): Command {
  return program.command(name).description(description).option('--json', 'print JSON to stdout, and nothing else');
}

verb('plan', 'what a maintenance would do, item by item; changes nothing')
  .argument('<app>')
  .action((app: string, options: Common) =>
    withMaint(options, (reached, screen) => verbs.plan(reached, screen, app), false),
  );

verb('start', 'quiet an app, prove it, and hold it')
  .argument('<app>')
  .option('--for <length>', 'planned length, such as 30m or 1h30m: its end only reminds', length)
  .option('--because <reason>', 'why, for everybody who reads it')
  .option('--accept <names...>', 'concerns of the plan that you accept, by name')
  .option('--yes', 'do not ask before starting')
  .action((app: string, options: Common & { for?: number; because?: string; accept?: string[]; yes?: true }) =>
    withMaint(options, (reached, screen) =>
      verbs.start(reached, screen, app, {
        for: options.for ?? null,
        because: options.because ?? null,
        accept: options.accept ?? [],
        yes: options.yes === true,
      }),
    ),
  );

verb('status', 'how maintenances stand')
  .argument('[app]')
  .action((app: string | undefined, options: Common) =>
    withMaint(options, (reached, screen) => verbs.status(reached, screen, app ?? null), false),
  );

verb('resume', 'show what would be restored, ask, and bring the app back')
  .argument('<app>')
  .option('--approve <hash>', 'approve exactly the list with this hash, without asking')
  .action((app: string, options: Common & { approve?: string }) =>
    withMaint(options, (reached, screen) => verbs.resume(reached, screen, app, options.approve ?? null)),
  );

verb('abort', 'turn round a run that is still on its way to quiet')
  .argument('<app>')
  .option('--yes', 'do not ask')
  .action((app: string, options: Common & { yes?: true }) =>
    withMaint(options, (reached, screen) => verbs.abort(reached, screen, app, options.yes === true)),
  );

verb('extend', 'move the planned end')
  .argument('<app>')
  .option('--by <length>', 'how much longer', length, 15 * 60_000)
  .action((app: string, options: Common & { by: number }) =>
    withMaint(options, (reached, screen) => verbs.extend(reached, screen, app, options.by)),
  );

verb('answer', 'answer a question of a run, as status shows it')
  .argument('<app>')
  .argument('<question>')
  .addArgument(new Argument('<answer>').choices(answers))
  .option('--yes', 'do not ask before giving up on something')
  .action((app: string, question: string, given: Answer, options: Common & { yes?: true }) =>
    withMaint(options, (reached, screen) => verbs.answer(reached, screen, app, question, given, options.yes === true)),
  );

verb('doctor', 'read-only, weeks ahead: what could go wrong')
  .argument('<app>')
  .action((app: string, options: Common) =>
    withMaint(options, (reached, screen) => verbs.doctor(reached, screen, app), false),
  );

program.parseAsync().catch((error: unknown) => {
  console.error(cleanLines(messageOf(error)));
  process.exitCode = 1;
});
