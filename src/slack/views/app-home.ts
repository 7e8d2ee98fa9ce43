// The Home tab: what is under way, what is planned, what was last, and the buttons to begin with. It shows how things stood when it was opened.
import type { HomeView, KnownBlock } from '@slack/types';
import type { Run } from '../../model/run.ts';
import type { ListedWindow } from '../../run/windows/reply.ts';
import { opener } from '../buttons.ts';
import { actions, context, header, section } from './blocks.ts';
import { outcome } from './history.ts';
import { channelLink, code, count, said, time } from './text.ts';
import { windowLines } from './windows.ts';
import { askedWords, endWords, openQuestions, questionWords, title } from './words.ts';

/** The most of each that are shown: a view has room for 100 blocks. */
const RUNS = 20;
const WINDOWS = 10;
const OUTCOMES = 5;
const QUESTIONS = 3;

export interface AtHome {
  readonly at: number;
  readonly runs: readonly Run[];
  /** The newest first; those that are under way are left out. */
  readonly last: readonly Run[];
  readonly windows: readonly ListedWindow[];
}

export function appHome({ at, runs, last, windows }: AtHome): HomeView {
  const ended = last.filter((run) => run.ended !== null).slice(0, OUTCOMES);
  return home([
    ...actions([
      opener({ opens: 'start' }, 'Start a maintenance', 'primary'),
      opener({ opens: 'schedule', app: null }, 'Plan a window'),
      opener({ opens: 'plan' }, 'See what one would do'),
      opener({ opens: 'settings-of' }, 'Settings'),
    ]),
    header(runs.length === 0 ? 'Nothing is under way' : `${count(runs.length, 'maintenance')} under way`),
    ...runs.slice(0, RUNS).map((run) => section(underWay(run, at).join('\n'))),
    ...more(runs.length - RUNS, '/maint status'),
    ...(windows.length === 0 ? [] : [header(`${count(windows.length, 'window')} planned`)]),
    ...windows.slice(0, WINDOWS).map((listed) => section(windowLines(listed).join('\n'))),
    ...(windows.length === 0
      ? []
      : [context(`${code('/maint windows')} lists all of them, to change, skip or cancel.`)]),
    ...(ended.length === 0 ? [] : [header('The last ones')]),
    ...ended.map((run) => section(outcome(run, at).join('\n'))),
    context(`As it was ${time(at)}. ${code('/maint help')} lists what can be typed.`),
  ]);
}

export function refusedHome({ says, remedy }: { readonly says: string; readonly remedy: string }): HomeView {
  return home([section(`🚫 ${said(says, 1400)}\n${said(remedy, 1400)}`)]);
}

function home(blocks: KnownBlock[]): HomeView {
  return { type: 'home', blocks };
}

function underWay(run: Run, at: number): string[] {
  const asked = openQuestions(run);
  return [
    `*${said(title(run), 200)}*`,
    `${askedWords(run)}`,
    endWords(run, at),
    ...asked.slice(0, QUESTIONS).map((question) => `❓ ${questionWords(run, question)}`),
    ...(asked.length > QUESTIONS ? [`… and ${asked.length - QUESTIONS} more questions.`] : []),
    run.channel === null ? 'Asked for at a terminal.' : `Its card is in ${channelLink(run.channel)}.`,
  ];
}

function more(count: number, command: string): KnownBlock[] {
  return count <= 0 ? [] : [context(`… and ${count} more: ${code(command)} shows all of them.`)];
}
