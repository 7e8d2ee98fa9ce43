// `schedule`, `windows` and `window`: what is planned, read back in words and asked about before anything is saved or taken back.
import type { Run } from '../model/run.ts';
import { questionIds } from '../windows/reading.ts';
import { follow } from './follow.ts';
import { DONE, NEEDS_A_PERSON, notDone, REFUSED, show } from './outcome.ts';
import type { WindowAsked } from './protocol.ts';
import type { Reached } from './reach.ts';
import { clean, type Screen, sure } from './screen.ts';
import { answering, checklistText, proposalText, type Scheduling } from './windows-text.ts';

/** 3 where what was typed has several readings. */
export async function schedule(reached: Reached, screen: Screen, asked: Scheduling): Promise<number> {
  const own = machinesZone();
  const request = requestOf(asked, own);
  if (typeof request === 'string') {
    return show(screen, { is: 'refused', says: request, remedy: 'maint schedule --help shows how it is said.' });
  }
  const proposal = await reached.call({ method: 'propose-window', request });
  if (proposal.is === 'window-question') {
    show(screen, proposal);
    screen.err(answering(asked, proposal));
    return NEEDS_A_PERSON;
  }
  if (proposal.is !== 'window-proposal') return show(screen, proposal);
  const { draft } = proposal;
  if (!screen.json) {
    screen.out(proposalText(proposal));
    const checklist = await reached.call({ method: 'check-window', draft });
    if (checklist.is === 'checklist') screen.out(checklistText(checklist));
    else show(screen, checklist);
  }
  const apps = draft.apps.map(({ name }) => name).join(', ');
  if (!asked.yes && !(await sure(screen, `Plan this for ${apps}?`))) {
    return notDone(screen, `Nothing was planned for ${apps}: nobody said yes.`);
  }
  const saved = await reached.call({ method: 'schedule', draft, own });
  const code = show(screen, saved);
  if (saved.is === 'window-changed' && reached.drives === 'this process')
    screen.err('No bot that this terminal knows of is running: windows are announced and begun by the bot alone.');
  return code;
}

export async function windows(reached: Reached, screen: Screen, app: string | null): Promise<number> {
  return show(screen, await reached.call({ method: 'windows', app, own: machinesZone() }));
}

export const windowActions = ['skip', 'cancel', 'start'] as const;
export type WindowAction = (typeof windowActions)[number];

/** `id`: of the window, as it is listed. */
export async function window(
  reached: Reached,
  screen: Screen,
  action: WindowAction,
  id: string,
  yes: boolean,
): Promise<number> {
  const own = machinesZone();
  const listed = await reached.call({ method: 'windows', app: null, own });
  if (listed.is !== 'windows') return show(screen, listed);
  const found = listed.windows.find((one) => one.window.id === id);
  const occurrence = found?.occurrence ?? null;
  if (found === undefined || occurrence === null) {
    const remedy = 'maint windows lists what is planned, each with its id.';
    return show(screen, { is: 'refused', says: `There is no window "${id}" to come.`, remedy });
  }
  if (!screen.json) screen.out(found.words.map(clean).join('\n'));
  const apps = found.window.apps.map(({ name }) => name).join(', ');
  const { does, not } = words[action];
  if (!yes && !(await sure(screen, `${does} ${apps}?`))) {
    return notDone(screen, `The window of ${apps} was not ${not}: nobody said yes.`);
  }
  switch (action) {
    case 'skip':
      return show(screen, await reached.call({ method: 'skip-window', occurrence: occurrence.id, own }));
    case 'cancel':
      return show(screen, await reached.call({ method: 'cancel-window', window: id, own }));
    case 'start': {
      const started = await reached.call({ method: 'start-window', occurrence: occurrence.id });
      if (started.is !== 'window-started') return show(screen, started);
      // Where this process drives them, they go on only as long as it is there.
      const quiet = (run: Run): boolean => run.quietAt !== null;
      const runs: Run[] = [];
      for (const { id: run } of started.runs) {
        const found = reached.drives === 'this process' ? await follow(reached, run, quiet, screen.err) : null;
        runs.push(...(found === null ? started.runs.filter((one) => one.id === run) : [found]));
      }
      show(screen, { ...started, runs });
      return runs.length === 0 ? REFUSED : DONE;
    }
  }
}

const words: Readonly<Record<WindowAction, { readonly does: string; readonly not: string }>> = {
  skip: { does: 'Skip this one time of the window of', not: 'skipped' },
  cancel: { does: 'Cancel the window, with all that was to come, of', not: 'cancelled' },
  start: { does: 'Start the window now: quiet', not: 'started' },
};

/** What cannot be sent is said as a sentence. */
function requestOf(asked: Scheduling, own: string): WindowAsked | string {
  const answers: WindowAsked['answers'] = {};
  for (const one of asked.answers) {
    const [id, answer = '', ...rest] = one.split('=');
    const known = questionIds.find((name) => name === id);
    if (known === undefined || answer === '' || rest.length > 0)
      return `Expected --answer like twice=first, got "${one}".`;
    answers[known] = answer;
  }
  const now = asked.asOf === null ? null : Date.parse(asked.asOf);
  if (Number.isNaN(now)) return `Expected --as-of like 2026-11-22T07:30:00Z, got "${asked.asOf}".`;
  return {
    apps: asked.apps.split(','),
    typed: asked.typed.join(' '),
    zone: asked.zone ?? own,
    own,
    answers,
    now,
    lengthMs: null,
    reason: asked.because,
    channels: asked.channels.map((id) => ({ id, notices: 'full' })),
    leads: [],
    startsBy: asked.byItself ? 'itself' : 'asking',
    announceBefore: null,
    changes: null,
  };
}

function machinesZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
