// The operators' own work in an app that is held: commands that maint runs for them, one at a time, each started at most once.
// What it means to the rest of a run is decided here; starting and watching a dyno is `run/work`.
import type { Decision } from './decide.ts';
import type { Event } from './event.ts';
import type { Person } from './person.ts';
import { approved, open } from './questions.ts';
import type { Patrol, Question, Run, Work } from './run.ts';

/** "running", "ended with exit status 1": how a work stands, for people; a clause. */
export function workWords({ dyno, startingAt, ended }: Work): string {
  if (ended !== null) {
    if (ended.exit !== null)
      return ended.exit === 0 ? 'ended well (exit status 0)' : `FAILED with exit status ${ended.exit}`;
    return ended.says ?? 'ended';
  }
  if (dyno !== null) return `running as ${dyno.name}`;
  return startingAt === null ? 'about to be started' : 'being started';
}

export type WorkEvent = Event & { readonly is: `work-${string}` };

export function worked(works: readonly Work[], at: number, event: WorkEvent): readonly Work[] {
  const change = (to: (work: Work) => Partial<Work>): readonly Work[] =>
    works.map((work) => (work.id === event.id ? { ...work, ...to(work) } : work));
  switch (event.is) {
    case 'work-asked': {
      const { is: _, ...asked } = event;
      const fresh = {
        there: null,
        startingAt: null,
        dyno: null,
        startedAt: null,
        goneAt: null,
        unseenSince: null,
        ended: null,
      };
      return [...works, { ...asked, ...fresh, askedAt: at }];
    }
    case 'work-starting':
      // Started again, what has come since the first time may still be it.
      return change((work) => ({ startingAt: at, there: work.there ?? event.there }));
    case 'work-started':
      return change(() => ({ startingAt: null, dyno: event.dyno, startedAt: at }));
    case 'work-gone':
      return change((work) => ({ goneAt: work.goneAt ?? at }));
    case 'work-ended': {
      const { exit, says, lines, cut } = event;
      return change((work) => ({ ended: work.ended ?? { at, exit, says, lines, cut } }));
    }
  }
}

/** What a patrol could not see of the one that runs, or can see again. */
export function seenBy(works: readonly Work[], at: number, unseen: Patrol['unseen']): readonly Work[] {
  return works.map((work) => {
    const dark = work.ended === null && unseen.some(({ work: id }) => id === work.id);
    return dark || work.unseenSince !== null ? { ...work, unseenSince: dark ? (work.unseenSince ?? at) : null } : work;
  });
}

/** A person says that it has not begun. What came of the first try is looked for once more before the next. */
export function startAgain(works: readonly Work[], id: string): readonly Work[] {
  return works.map((work) => (work.id === id ? { ...work, startingAt: null } : work));
}

/** The app is called otherwise now, and so is it in the commands that stop them. */
export function stoppedBy(works: readonly Work[], stops: (Event & { is: 'renamed' })['stops'] = []): readonly Work[] {
  return works.map((work) => {
    const said = stops.find(({ id }) => id === work.id);
    return said === undefined || work.dyno === null ? work : { ...work, dyno: { ...work.dyno, stop: said.stop } };
  });
}

/** The one that has not ended; there is one at most. */
export function workUnderWay(run: Run): Work | null {
  return run.works.find((work) => work.ended === null) ?? null;
}

/** The open question whether it has begun. */
export function workQuestion(run: Run, id: string): Question | undefined {
  return run.questions.find((q) => open(q) && q.about.is === 'work' && q.about.id === id);
}

/** Whether a question about it is whether it still runs, not whether it has begun. */
export function hasBegun(run: Run, id: string): boolean {
  return run.works.some((work) => work.id === id && work.dyno !== null);
}

/** What has still to be started, or to be found: while nobody is asked about it. */
export function workToBegin(run: Run): Work | null {
  const work = workUnderWay(run);
  return work === null || work.dyno !== null || workQuestion(run, work.id) !== undefined ? null : work;
}

/** What runs, and has to be watched. */
export function workRunning(run: Run): Work | null {
  const work = workUnderWay(run);
  return work === null || work.dyno === null ? null : work;
}

/** A command is run in an app that is quiet, and that nobody is about to open. */
export function workAsked(
  run: Run,
  { command, shows, size }: { readonly command: string; readonly shows: string; readonly size: string | null },
  by: Person,
): Decision {
  const { name } = run.app;
  if (run.quietAt === null) {
    return refused(`${name} is not quiet yet.`, 'The card shows how far it is; say it again when it is quiet.');
  }
  const step = run.steps.quiet.find(({ state }) => state !== 'done');
  if (step !== undefined) {
    return refused(
      `${name} is being made quiet again (${step.title}).`,
      'Say it again when the card says that it is quiet.',
    );
  }
  const other = workUnderWay(run);
  if (other !== null) {
    const what = other.dyno === null ? 'is being started' : `runs as ${other.dyno.name}`;
    return refused(
      `One command at a time: ${other.shows} ${what}, asked for by ${other.by.name}.`,
      'Say it again when that has ended.',
    );
  }
  if (run.questions.some((q) => (q.about.is === 'resume' && open(q)) || approved(q))) {
    return refused(
      `An approval for ${name} is open: what it would open must not be worked in.`,
      'Press Not yet in its thread first.',
    );
  }
  const id = `work-${run.works.length + 1}`;
  return { is: 'events', events: [{ is: 'work-asked', id, by, command, shows, size }] };
}

/** Why the app cannot be opened now: nothing is killed half way. Null where nothing is at work. */
export function workInTheWay(run: Run): Decision | null {
  const work = workUnderWay(run);
  if (work === null) return null;
  if (work.dyno === null) {
    const asked = workQuestion(run, work.id) !== undefined;
    return refused(
      `${work.shows}, asked for by ${work.by.name}, ${asked ? 'may be running: nobody knows' : 'is being started'}.`,
      asked ? 'Answer the question about it in the thread first.' : 'Wait until it has ended.',
    );
  }
  if (workQuestion(run, work.id) !== undefined) {
    return refused(
      `Whether ${work.shows}, asked for by ${work.by.name}, still runs as ${work.dyno.name} is not known.`,
      'Answer the question about it in the thread first.',
    );
  }
  return refused(
    `${work.shows} is running as ${work.dyno.name}, asked for by ${work.by.name}: opening the app now would let users into the middle of it.`,
    `Wait until it has ended, or stop it yourself: ${work.dyno.stop}`,
  );
}

/**
 * To break the glass in the middle of a command takes a reason that names it, so whoever reads the reason knows, too. Null where
 * it does, or nothing is at work.
 */
export function workUnnamed(run: Run, because: string): Decision | null {
  const work = workUnderWay(run);
  if (work === null) return null;
  const name = work.dyno?.name ?? work.id;
  if (because.includes(name)) return null;
  const how = work.dyno === null ? 'may be running' : `is running as ${name}`;
  const stop = work.dyno === null ? '' : ` To stop it first: ${work.dyno.stop}`;
  return refused(
    `${work.shows}, asked for by ${work.by.name}, ${how}: to open the app now lets users into the middle of it, and maint does not watch it any more.`,
    `Where it has to be so, name it in the reason: /maint break-glass ${run.app.name} because ${name} ….${stop}`,
  );
}

/** The app is opened in the middle of it: that is its end, as far as the log of the run goes. */
export function workLeft(run: Run, says: string | null = null): Event[] {
  const work = workUnderWay(run);
  if (work === null) return [];
  const how = work.dyno === null ? 'not known to run or not' : `still running as ${work.dyno.name}`;
  const left = says ?? `${how} when the app was opened; maint does not watch it any more`;
  return [{ is: 'work-ended', id: work.id, exit: null, says: left, lines: 0, cut: 0 }];
}

/** Those that had not ended then. */
export function workUnderWayAt(run: Run, at: number): readonly Work[] {
  return run.works.filter(({ askedAt, ended }) => askedAt <= at && (ended === null || ended.at >= at));
}

/** A person knows that it has run. */
export function ranByHand(id: string, by: Person): Event {
  return { is: 'work-ended', id, exit: null, says: `it has run, as ${by.name} says`, lines: 0, cut: 0 };
}

function refused(says: string, remedy: string): Decision {
  return { is: 'refused', says, remedy };
}
