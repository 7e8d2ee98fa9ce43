// Reads the environment, once: the only place that does. Everything that is missing or malformed is told in one list,
// each with what it should be, so that nobody starts maint five times to learn five things.
import parseDuration from 'parse-duration';
import { z } from 'zod';
import type { Addresses } from './heroku/services.ts';
import { type Level, levels } from './log.ts';
import { defaultSettings, Holder, type Named, type Settings } from './model/settings.ts';

export interface Config {
  /** Heroku's own, and those of its add-ons. */
  readonly heroku: Addresses;
  /** Null where nothing of Slack is set: enough for the terminal, not for the bot. */
  readonly slack: SlackConfig | null;
  /** Null: PGlite in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** The app that maint itself runs on, by name or id. */
  readonly ownApp: string | null;
  /** Where the outside world reaches maint, without a slash at the end; null where it does not. */
  readonly publicUrl: string | null;
  /** Who may do what in all apps. */
  readonly who: Named;
  readonly defaultChannel: string | null;
  readonly settings: Settings;
  readonly port: number;
  readonly logLevel: Level;
}

export interface SlackConfig {
  readonly botToken: string;
  /** Socket Mode where there is an app token, else signed HTTP where there is a signing secret. */
  readonly mode:
    | { readonly is: 'socket'; readonly appToken: string }
    | { readonly is: 'http'; readonly signingSecret: string };
  readonly apiUrl: string | null;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** What stands against starting. Each problem names its variable. */
export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `maint cannot start: ${problems.length === 1 ? 'one thing is' : `${problems.length} things are`} missing or malformed in the environment.\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

const url = (what: string) =>
  z.url({ protocol: /^https?$/, error: `should be ${what}, such as https://api.heroku.com` });
const Variable = z
  .string()
  .regex(/^(off|[A-Za-z_][A-Za-z0-9_]*=.*)$/, 'should be NAME=value, such as MAINTENANCE=true, or off')
  .transform((text): Settings['variable'] => {
    const [name = '', ...value] = text.split('=');
    return text === 'off' ? 'off' : { name, value: value.join('=') };
  });
const List = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((word) => word !== ''))
  .pipe(z.array(z.string()).min(1, 'should be a list, separated by commas'));

const Holders = List.pipe(
  z.array(
    z.string().refine((text) => Holder.safeParse(text).success, {
      error: 'should hold Slack user ids (U…), user group ids (S…), channel ids (C…), cli:NAME, or everybody',
    }),
  ),
).default([]);

const Approvals = z
  .string()
  .regex(
    /^([1-9]|10)( others?)?$/,
    'should be a number from 1 to 10, or that many "others" than the one who asked: 2 others',
  )
  .transform((text): Settings['approvals'] => ({ count: Number.parseInt(text, 10), asker: !text.includes('other') }));

const Length = z
  .string()
  .transform((text) => (/^0|[a-z]/i.test(text) ? parseDuration(text) : null))
  .pipe(z.number({ error: 'should be a length of time, such as 30s, or 0' }).min(0).max(86_400_000));

/** One look is enough for who wants no more. */
const Observed = Length.transform((ms): Settings['observe'] => ({
  for: ms,
  samples: ms === 0 ? 1 : defaultSettings.observe.samples,
}));

const PublicUrl = z
  .string()
  .refine(isPublicUrl, 'should be the https address of maint and nothing more, such as https://maint.example.com')
  .transform((text) => new URL(text).origin);

/** What is signed but readable would tell strangers of the app; on this machine there is nobody to listen in. */
function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  return (
    (protocol === 'https:' || (protocol === 'http:' && loopback)) &&
    `${pathname}${search}${hash}${username}${password}` === '/'
  );
}

const Environment = z.object({
  HEROKU_API_KEY: z
    .string({
      error:
        'is missing: make a token with `heroku authorizations:create --scope read-protected,write-protected --description maint`',
    })
    .regex(/^\S+$/, 'has spaces in it: copy the token again'),
  HEROKU_API_URL: url('the URL of the Platform API').default('https://api.heroku.com'),
  HEROKU_SCHEDULER_URL: url('the URL of the Scheduler API').default('https://particleboard.heroku.com'),
  CRONTOGO_HOST: url('the URL of the API of Cron To Go').default('https://api.crontogo.com'),
  ADVANCED_SCHEDULER_URL: url('the URL of the API of Advanced Scheduler').default('https://api.advancedscheduler.io'),
  HEROKU_METRICS_URL: url("the URL of Heroku's metrics, where its autoscaling is").default(
    'https://api.metrics.heroku.com',
  ),
  HIREFIRE_URL: url('the URL of the API of HireFire').default('https://api.hirefire.io'),
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-\S+$/, 'should begin with xoxb-: it is the "Bot User OAuth Token" of your Slack app')
    .optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-\S+$/, 'should begin with xapp-: it is an "App-Level Token" with the scope connections:write')
    .optional(),
  SLACK_SIGNING_SECRET: z
    .string()
    .regex(/^\S{8,}$/, 'should be the "Signing Secret" of your Slack app')
    .optional(),
  SLACK_API_URL: url('the URL of the Slack Web API').optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/.+/, 'should begin with postgres://')
    .optional(),
  MAINT_DATA_DIR: z.string().min(1).default('.maint'),
  MAINT_APP: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'should be the name or the id of a Heroku app')
    .optional(),
  HEROKU_APP_ID: z.string().optional(),
  MAINT_URL: PublicUrl.optional(),
  MAINT_OPERATORS: Holders,
  MAINT_APPROVERS: Holders,
  MAINT_VIEWERS: Holders,
  MAINT_APPROVALS: Approvals.optional(),
  MAINT_CHANNEL: z
    .string()
    .regex(/^[CG][A-Z0-9]{2,}$/, 'should be the id of a Slack channel (C…), from "View channel details"')
    .optional(),
  MAINT_VARIABLE: Variable.optional(),
  MAINT_CLOCKS: List.optional(),
  MAINT_OBSERVE: Observed.optional(),
  MAINT_CANARY: Length.optional(),
  MAINT_WATCH: Length.optional(),
  PORT: z.coerce.number({ error: 'should be a port number' }).int().min(0).max(65535).default(3000),
  LOG_LEVEL: z.enum(levels, { error: `should be one of ${levels.join(', ')}` }).default('info'),
  DYNO: z.string().optional(),
});
type Environment = z.infer<typeof Environment>;

/** `wants`: the bot needs Slack; the terminal does without. Throws BadEnvironment. */
export function readConfig(env: Env, wants: 'bot' | 'terminal'): Config {
  // An empty variable is one that somebody has cleared.
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = Environment.safeParse(given);
  const malformed = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path[0]?.toString() ?? ''} ${issue.message}`);
  const problems = [
    ...new Set([
      ...malformed,
      ...(wants === 'bot' ? [...slackProblems(given), ...namedProblems(given)] : []),
      ...dynoProblems(given),
    ]),
  ];
  if (!parsed.success || problems.length > 0) throw new BadEnvironment(problems);
  return config(parsed.data);
}

function slackProblems(given: Env): readonly string[] {
  const problems: string[] = [];
  if (given['SLACK_BOT_TOKEN'] === undefined) {
    problems.push(
      'SLACK_BOT_TOKEN is missing: the "Bot User OAuth Token" of the Slack app that slack-manifest.yaml makes',
    );
  }
  if (given['SLACK_APP_TOKEN'] === undefined && given['SLACK_SIGNING_SECRET'] === undefined) {
    problems.push('SLACK_APP_TOKEN (for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP) is missing: one of the two');
  }
  return problems;
}

/** Once anybody is named, only who is named may: without an operator nothing could ever be started. */
function namedProblems(given: Env): readonly string[] {
  const others = ['MAINT_APPROVERS', 'MAINT_VIEWERS'].filter((name) => given[name] !== undefined);
  if (given['MAINT_OPERATORS'] !== undefined || others.length === 0) return [];
  return [`MAINT_OPERATORS is missing: with ${others.join(' and ')} set, nobody could start a maintenance`];
}

function dynoProblems(given: Env): readonly string[] {
  if (given['DYNO'] === undefined) return [];
  const problems: string[] = [];
  if (given['DATABASE_URL'] === undefined) {
    problems.push(
      'DATABASE_URL is missing: the disk of a dyno is thrown away every day; `heroku addons:create heroku-postgresql:essential-0`',
    );
  }
  if (given['MAINT_APP'] === undefined && given['HEROKU_APP_ID'] === undefined) {
    problems.push(
      'MAINT_APP is missing: the name of the app that maint itself runs on, so that it never pauses itself',
    );
  }
  return problems;
}

function config(env: Environment): Config {
  return {
    heroku: {
      apiKey: env.HEROKU_API_KEY,
      apiUrl: env.HEROKU_API_URL,
      schedulerUrl: env.HEROKU_SCHEDULER_URL,
      cronToGoUrl: env.CRONTOGO_HOST,
      advancedSchedulerUrl: env.ADVANCED_SCHEDULER_URL,
      autoscalingUrl: env.HEROKU_METRICS_URL,
      hireFireUrl: env.HIREFIRE_URL,
    },
    slack: slackConfig(env),
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: env.MAINT_DATA_DIR,
    ownApp: env.MAINT_APP ?? env.HEROKU_APP_ID ?? null,
    publicUrl: env.MAINT_URL ?? null,
    who: { operators: env.MAINT_OPERATORS, approvers: env.MAINT_APPROVERS, viewers: env.MAINT_VIEWERS },
    defaultChannel: env.MAINT_CHANNEL ?? null,
    settings: {
      ...defaultSettings,
      variable: env.MAINT_VARIABLE ?? defaultSettings.variable,
      clocks: env.MAINT_CLOCKS ?? defaultSettings.clocks,
      observe: env.MAINT_OBSERVE ?? defaultSettings.observe,
      canary: env.MAINT_CANARY ?? defaultSettings.canary,
      approvals: env.MAINT_APPROVALS ?? defaultSettings.approvals,
      watchAfter: env.MAINT_WATCH ?? defaultSettings.watchAfter,
    },
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
  };
}

function slackConfig(env: Environment): SlackConfig | null {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = env;
  if (botToken === undefined) return null;
  const apiUrl = env.SLACK_API_URL ?? null;
  if (appToken !== undefined) return { botToken, mode: { is: 'socket', appToken }, apiUrl };
  return signingSecret === undefined ? null : { botToken, mode: { is: 'http', signingSecret }, apiUrl };
}
