// The operators' commands as one-off dynos: started detached, seen in the list of dynos, heard in the app's log.
import type { HeardLine, Hearing, PlatformWork } from '../model/platform.ts';
import type { AppRef, Calling } from '../model/step.ts';
import type { Heroku } from './api/client.ts';
import type { Dyno } from './api/dynos.ts';
import { newsOf, parseLogLine, tellsOfGap } from './log-lines.ts';
import { redactedCommand } from './redacted.ts';
import { command as shell } from './shell.ts';

/** As many lines of the past as Logplex keeps. */
const HISTORY = 1_500;
/** Names of one-off dynos come again: what is older than this one, with room for a clock that is off, is another's. */
const CLOCKS_OFF = 60_000;
const LEFT_OUT = '… here lines are missing: Heroku leaves out what is printed faster than it hands it on …';

export function herokuWork(heroku: Heroku): PlatformWork {
  return {
    show: redactedCommand,
    async there(cx) {
      const dynos = await heroku.dynos.list(cx, cx.app.id);
      return dynos
        .filter(({ type, state }) => type === 'run' && state !== 'down')
        .map((dyno) => ({ ...told(cx.app, dyno), command: dyno.command }));
    },
    async start(cx, { command, size }) {
      const oneOff = size === null ? { command } : { command, size };
      return told(cx.app, await heroku.dynos.run(cx, cx.app.id, oneOff));
    },
    stop: stopping,
    follow: (calling, app, dyno, hearing) => follow(heroku, calling, app, dyno, hearing),
  };
}

function told(app: AppRef, { id, name, created_at }: Dyno) {
  const at = Date.parse(created_at);
  return { id, name, at: Number.isNaN(at) ? 0 : at, stop: stopping(app, { name }) };
}

function stopping(app: AppRef, { name }: { readonly name: string }): string {
  return shell('heroku', 'ps:stop', name, '--app', app.name);
}

async function follow(
  heroku: Heroku,
  calling: Calling,
  app: AppRef,
  dyno: { readonly name: string; readonly at: number },
  { signal, onLine }: Hearing,
): Promise<void> {
  const url = await heroku.logSessions.create(calling, app.id, { tail: true, lines: HISTORY, dynoName: dyno.name });
  await new Promise<void>((resolve) => {
    const hear = (line: string): void => {
      const heard = heardIn(line, dyno);
      if (heard !== null) onLine(heard);
    };
    heroku.logSessions.connect(url, { signal, onLine: hear, onEnd: () => resolve() });
  });
}

/** Null where the line is not about this dyno, or says nothing that anybody wants to read. */
function heardIn(line: string, dyno: { readonly name: string; readonly at: number }): HeardLine | null {
  const parsed = parseLogLine(line);
  if (parsed.at === null || parsed.at < dyno.at - CLOCKS_OFF) return null;
  const at = line.slice(0, line.indexOf(' '));
  if (tellsOfGap(parsed)) return { at, text: LEFT_OUT, exit: null };
  if (parsed.dyno !== dyno.name) return null;
  const news = newsOf(parsed);
  if (news?.is === 'exited') return { at, text: null, exit: news.status };
  if (news !== null) return null;
  // What Heroku says of it, as of memory that runs out, belongs to the output, and the app has not printed it.
  return { at, text: parsed.source === 'app' ? parsed.text : `heroku: ${parsed.text}`, exit: null };
}
