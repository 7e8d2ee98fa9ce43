// `npm run maint -- …`: the same commands from a terminal, for the day Slack is down. Every verb and what it takes is here; what
// it does is in `terminal/`.
import { Argument, Command } from 'commander';
import { messageOf } from './log.ts';
import { type Answer, answers } from './model/event.ts';
import { breakGlass } from './terminal/break-glass.ts';
import { length } from './terminal/duration.ts';
import { exportRun } from './terminal/export.ts';
import { history } from './terminal/history.ts';
import { BotEnded } from './terminal/lasting.ts';
import { type Common, interrupted, verbsIn } from './terminal/one-verb.ts';
import { NEEDS_A_PERSON } from './terminal/outcome.ts';
import { restore, restoreFrom } from './terminal/restore.ts';
import { cleanLines } from './terminal/screen.ts';
import { settings } from './terminal/settings.ts';
import * as verbs from './terminal/verbs.ts';
import { schedule, type WindowAction, window, windowActions, windows } from './terminal/windows.ts';
import * as work from './terminal/work.ts';

const { withMaint, withRescue } = verbsIn(process.env);

const program = new Command('maint')
  .description('Maintenance windows for Heroku apps, from a terminal.')
  .showHelpAfterError('(--help tells more)')
  .configureOutput({
    writeErr: (text) => process.stderr.write(cleanLines(text)),
  });

interface Planned {
  readonly zone?: string;
  readonly because?: string;
  readonly channel?: string[];
  readonly byItself?: true;
  readonly answer?: string[];
  readonly asOf?: string;
  readonly yes?: true;
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

verb(
  'history',
  'the last maintenances and how they ended; of one of them, everything that happened, who did it and when',
)
  .argument('[app]')
  .argument('[run]', 'its id, as it is listed, or: last')
  .option('--csv', 'print CSV to stdout, and nothing else')
  .action((app: string | undefined, run: string | undefined, options: Common & { csv?: true }) =>
    withMaint(
      options,
      (reached, screen) => history(reached, screen, { app: app ?? null, run: run ?? null }, options.csv === true),
      false,
    ),
  );

verb('proof', 'the evidence that an app was quiet, kept with its maintenance: the last one where none is under way')
  .argument('<app>')
  .action((app: string, options: Common) =>
    withMaint(options, (reached, screen) => verbs.proof(reached, screen, app), false),
  );

verb('resume', 'show what would be restored, ask, and bring the app back')
  .argument('<app>')
  .option('--approve <hash>', 'approve exactly the list with this hash, without asking')
  .option('--layers', 'bring it back layer by layer, and ask before each')
  .action((app: string, options: Common & { approve?: string; layers?: true }) =>
    withMaint(options, (reached, screen) =>
      verbs.resume(reached, screen, app, options.approve ?? null, options.layers === true),
    ),
  );

verb('abort', 'turn round a run that is still on its way to quiet')
  .argument('<app>')
  .option('--yes', 'do not ask')
  .action((app: string, options: Common & { yes?: true }) =>
    withMaint(options, (reached, screen) => verbs.abort(reached, screen, app, options.yes === true)),
  );

verb('break-glass', 'open a held app alone, without the approvals that it needs; everybody is told')
  .argument('<app>')
  .requiredOption('--because <reason>', 'why, for everybody who is told')
  .option('--yes', 'do not ask')
  .action((app: string, options: Common & { because: string; yes?: true }) =>
    withMaint(options, (reached, screen) => breakGlass(reached, screen, app, options.because, options.yes === true)),
  );

verb('extend', 'move the planned end')
  .argument('<app>')
  .option('--by <length>', 'how much longer', length, 15 * 60_000)
  .action((app: string, options: Common & { by: number }) =>
    withMaint(options, (reached, screen) => verbs.extend(reached, screen, app, options.by)),
  );

verb('run', 'run a command in an app that is held, follow what it prints, and exit with its status')
  .argument('<app>')
  .argument('<command...>', 'after --, as in: run shop -- rails db:migrate')
  .option('--size <size>', 'of its dyno, such as performance-m')
  .addHelpText(
    'after',
    `
One command at a time, each started once at most. Ctrl-C stops following it, not the command: "maint output APP" follows it again.
What it prints is not redacted, and kept for a day after the maintenance.`,
  )
  .action((app: string, words: string[], options: Common & { size?: string }) =>
    withMaint(options, (reached, screen) =>
      work.run(reached, screen, { app, command: work.asTyped(words), size: options.size ?? null }, interrupted()),
    ),
  );

verb('output', 'what the last command that was run in an app printed; follows it while it runs')
  .argument('<app>')
  .action((app: string, options: Common) =>
    withMaint(options, (reached, screen) => work.output(reached, screen, app, interrupted())),
  );

verb('answer', 'answer a question of a run, as status shows it')
  .argument('<app>')
  .argument('<question>')
  .addArgument(new Argument('<answer>').choices(answers))
  .option('--yes', 'do not ask before giving up on something')
  .action((app: string, question: string, given: Answer, options: Common & { yes?: true }) =>
    withMaint(options, (reached, screen) => verbs.answer(reached, screen, app, question, given, options.yes === true)),
  );

verb('restore', 'bring an app back by hand; safe to say again, and says what it changed')
  .argument('[app]')
  .option('--from <file>', 'from an export: for the day the database is lost')
  .option('--approve <hash>', 'approve exactly the list with this hash, without asking')
  .option('--yes', 'do not ask before turning a run that is not quiet yet; approves nothing')
  .addHelpText(
    'after',
    `
An unfinished maintenance takes its ordinary way back: what would be put back is shown and asked about, what is stuck is
tried once more. Where none is known, or the database cannot be opened, the jobs that the Scheduler still carries as paused
are put back from their markers. With --from, everything comes back from a file that "maint export" has made.
Exit code: 0 it is back, 1 it was refused or failed, 3 a person has to decide something.`,
  )
  .action((app: string | undefined, options: Common & { from?: string; approve?: string; yes?: true }) =>
    withRescue(options, (on, screen) => {
      const how = { approve: options.approve ?? null, yes: options.yes === true };
      if (options.from !== undefined) return restoreFrom(on, screen, options.from, app ?? null, how);
      if (app === undefined) return program.error("error: missing required argument 'app', or --from <file>");
      return restore(on, screen, app, how);
    }),
  );

verb('export', 'print the maintenance of an app as a file that brings it back')
  .argument('<app>')
  .option('--out <file>', 'write it there instead, for you alone to read; never overwrites')
  .addHelpText(
    'after',
    '\nScheduled commands are in it as they are, and may hold secrets. Back: maint restore --from FILE',
  )
  .action((app: string, options: Common & { out?: string }) =>
    withMaint(options, (reached, screen) => exportRun(reached, screen, app, options.out ?? null), false),
  );

verb('settings', 'how the next maintenance of an app behaves: shows it, or changes it')
  .argument('<app>')
  .option('--from <file>', 'set what this JSON says, and leave the rest; - for what is piped in')
  .option('--reset <keys...>', 'back to the default')
  .option('--yes', 'do not ask before changing them')
  .addHelpText(
    'after',
    `
--json prints what --from takes. Lengths of time are milliseconds there; "30s", "15m" and "1h30m" are taken too.
A maintenance that is under way goes on with the settings that it was begun with.`,
  )
  .action((app: string, options: Common & { from?: string; reset?: string[]; yes?: true }) =>
    withMaint(
      options,
      (reached, screen) =>
        settings(reached, screen, app, {
          from: options.from ?? null,
          reset: options.reset ?? [],
          yes: options.yes === true,
        }),
      false,
    ),
  );

verb('schedule', 'plan a window: what was understood is shown and asked about before it is saved')
  .argument('<apps>', 'one, or several with commas between them')
  .argument('<when...>', 'such as: sunday 1am for 2h, or: every other tuesday 02:00 Europe/Berlin for 1h')
  .option('--zone <zone>', 'of times that name none, such as Europe/Berlin; as this machine has it where not said')
  .option('--because <reason>', 'why, for everybody who reads it')
  .option('--channel <ids...>', 'Slack channels that hear of it; MAINT_CHANNEL where not said')
  .option('--by-itself', 'it begins when its time has come; somebody is asked to begin it where not said')
  .option('--answer <readings...>', 'to what was asked about this text, such as twice=first')
  .option('--as-of <time>', 'when the text was first read, as the question says it')
  .option('--yes', 'do not ask before saving it')
  .action((apps: string, typed: string[], options: Common & Planned) =>
    withMaint(
      options,
      (reached, screen) =>
        schedule(reached, screen, {
          apps,
          typed,
          zone: options.zone ?? null,
          because: options.because ?? null,
          channels: options.channel ?? [],
          byItself: options.byItself === true,
          answers: options.answer ?? [],
          asOf: options.asOf ?? null,
          yes: options.yes === true,
        }),
      false,
    ),
  );

verb('windows', 'what is planned, by when it comes, with the id of each')
  .argument('[app]')
  .action((app: string | undefined, options: Common) =>
    withMaint(options, (reached, screen) => windows(reached, screen, app ?? null), false),
  );

verb('window', 'skip one time of a planned window, cancel it with all that was to come, or start it now')
  .addArgument(new Argument('<action>').choices(windowActions))
  .argument('<id>', 'as "maint windows" lists it')
  .option('--yes', 'do not ask')
  .action((action: WindowAction, id: string, options: Common & { yes?: true }) =>
    withMaint(
      options,
      (reached, screen) => window(reached, screen, action, id, options.yes === true),
      action === 'start',
    ),
  );

verb('doctor', 'read-only, weeks ahead: what could go wrong')
  .argument('<app>')
  .action((app: string, options: Common) =>
    withMaint(options, (reached, screen) => verbs.doctor(reached, screen, app), false),
  );

program.parseAsync().catch((error: unknown) => {
  console.error(cleanLines(messageOf(error)));
  process.exitCode = error instanceof BotEnded ? NEEDS_A_PERSON : 1;
});
