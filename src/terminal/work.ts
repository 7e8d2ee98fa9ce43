// `run` and `output`: an operator's command in the app that is held, followed as it prints. Leaving does not end it: the command
// runs in its dyno, and maint watches it.
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { command as shell } from '../heroku/shell.ts';
import type { Run, Work } from '../model/run.ts';
import { workQuestion, workWords } from '../model/work.ts';
import type { Output, WorkRequest } from '../run/commands/reply.ts';
import { workJson } from './json.ts';
import { NEEDS_A_PERSON, REFUSED, show } from './outcome.ts';
import type { Reached } from './reach.ts';
import { clean, jsonText, type Screen } from './screen.ts';
import { howToAnswer, maintCommand, questionText } from './words.ts';

const LOOK_MS = 300;
/** As shells have it for Ctrl-C. */
const INTERRUPTED = 130;

/** One word is a whole command line, as it is; of several, each reaches the command as it was typed. */
export function asTyped(words: readonly string[]): string {
  const [only] = words;
  return words.length === 1 && only !== undefined ? only : shell(...words);
}

/** The exit status of the command; 1 where it was refused, or is not known; 3 where a person has to say whether it has begun. */
export async function run(
  reached: Reached,
  screen: Screen,
  request: WorkRequest,
  interrupted: AbortSignal,
): Promise<number> {
  const reply = await reached.call({ method: 'work', request });
  if (reply.is !== 'working') return show(screen, reply);
  const size = request.size === null ? '' : ` (${clean(request.size)})`;
  screen.err(`Running in ${clean(reply.run.app.name)}${size}: ${clean(request.command)}`);
  return follow(reached, screen, reply.run.id, reply.work.id, interrupted);
}

/** The same for the last one that was run. */
export async function output(reached: Reached, screen: Screen, app: string, interrupted: AbortSignal): Promise<number> {
  const found = await reached.call({ method: 'output', request: { app, work: null, after: 0 } });
  if (found.is !== 'output') return show(screen, found);
  return follow(reached, screen, found.run.id, found.work.id, interrupted);
}

async function follow(
  reached: Reached,
  screen: Screen,
  runId: string,
  work: string,
  interrupted: AbortSignal,
): Promise<number> {
  const printed: string[] = [];
  let after = 0;
  let begun = false;
  for (;;) {
    const reply = await reached.call({ method: 'output', request: { app: runId, work, after } });
    if (reply.is !== 'output') return show(screen, reply);
    const { dyno } = reply.work;
    if (dyno !== null && !begun) screen.err(`It is ${dyno.name}. Ctrl-C stops following it, not the command.`);
    begun = dyno !== null;
    const text = textOf(reply, after);
    after = reply.parts.at(-1)?.n ?? after;
    if (text !== '' && !screen.json) screen.out(text);
    if (screen.json) printed.push(text);
    if (reply.work.ended !== null) return ended(screen, reply.work, printed);
    const asked = workQuestion(reply.run, work);
    const left = asked !== undefined || reply.run.ended !== null || interrupted.aborted;
    if (left && screen.json)
      screen.out(workText(reply.work, printed, asked === undefined ? [] : howToAnswer(reply.run, asked)));
    if (asked !== undefined) {
      screen.err(questionText(reply.run, asked));
      return NEEDS_A_PERSON;
    }
    if (reply.run.ended !== null) {
      screen.err('The maintenance has ended; how the command ended is not known.');
      return REFUSED;
    }
    if (interrupted.aborted) return goesOn(reached, screen, reply.run, reply.work);
    await sleep(LOOK_MS, undefined, { signal: interrupted }).catch(() => {});
  }
}

/** Without what would move the cursor; the last line end is the screen's. */
function textOf({ parts }: Output, after: number): string {
  let last = after;
  const texts = parts.map(({ n, text }) => {
    const gap = n === last + 1 ? '' : '… what came here was not kept …\n';
    last = n;
    return gap + text;
  });
  return stripVTControlCharacters(texts.join('')).replace(/\n$/, '');
}

/** One object, however it is left. `answer`: the commands that answer what is asked about it. */
function workText(work: Work, printed: readonly string[], answer: readonly string[]): string {
  const output = printed.filter((text) => text !== '').join('\n');
  return jsonText({ work: workJson(work), output, ...(answer.length === 0 ? {} : { answer }) });
}

function ended(screen: Screen, work: Work, printed: readonly string[]): number {
  if (screen.json) screen.out(workText(work, printed, []));
  const cut =
    work.ended === null || work.ended.cut === 0 ? '' : ` ${work.ended.cut} lines in the middle were not kept.`;
  screen.err(`${clean(work.shows)} ${clean(workWords(work)).replace(/\.$/, '')}.${cut}`);
  return work.ended?.exit ?? REFUSED;
}

function goesOn(reached: Reached, screen: Screen, { app }: Run, work: Work): number {
  const what = work.dyno === null ? 'It may be starting' : `It goes on as ${work.dyno.name}`;
  const watched =
    reached.drives === 'the bot' ? ', and maint watches it' : ', and nobody watches it until maint runs again';
  screen.err(`\n${what}${watched}. To follow it again: ${maintCommand('output', app.name)}`);
  if (work.dyno !== null) screen.err(`To stop it: ${clean(work.dyno.stop)}`);
  return INTERRUPTED;
}
