// How a run is told in words: its title, its phase, when it ends, what it waits for. The card, the status and the notes
// say these things alike because they say them with this.
import type { About } from '../../model/event.ts';
import { PATROL } from '../../model/patrol.ts';
import { isWatched, type Phase, phase } from '../../model/phase.ts';
import { open } from '../../model/questions.ts';
import { answeredFor, type Question, type Run, watch } from '../../model/run.ts';
import { stillQuiet } from './held.ts';
import { code, count, duration, named, said, time } from './text.ts';

const marks: Readonly<Record<Phase, string>> = {
  planning: '🔎',
  quieting: '⏳',
  holding: '🔒',
  restoring: '↩️',
  watching: '👀',
  'needs a person': '⚠️',
  restored: '✅',
  cancelled: '🚫',
};

/** "holding: quiet except Heroku Scheduler", "restored, with 2 differences"; not escaped. */
export function phaseWords(run: Run): string {
  const now = phase(run);
  if (now === 'holding') return `holding: ${stillQuiet(run)}`;
  if (now === 'restored') {
    const odd = run.items.filter((item) => item.settled !== null && item.settled.as !== 'before').length;
    return odd === 0 ? now : `${now}, with ${count(odd, 'difference')}`;
  }
  if (now === 'watching') return 'watching: it is back';
  if (now === 'needs a person' && isWatched(run)) return 'needs a person: it is back, and not well';
  if (now === 'needs a person' && run.way === 'back') return 'needs a person, on the way back';
  if (now === 'needs a person')
    return `needs a person${run.quietAt === null ? ' before it can start' : ', while holding'}`;
  return now;
}

/** Not escaped; for a header or a line. */
export function title(run: Run): string {
  return `${marks[phase(run)]} ${run.app.name} · ${phaseWords(run)}`;
}

export function askedWords(run: Run): string {
  const why = run.because === null || run.because.trim() === '' ? 'no reason given' : `“${said(run.because, 500)}”`;
  return `Asked for by ${named(run.askedBy)} ${time(run.askedAt)}: ${why}`;
}

export function endWords(run: Run, now: number): string {
  const length = duration(run.endsAt - run.askedAt);
  if (run.way === 'quiet' && now >= run.endsAt) {
    return `*Overdue*: the planned end was ${time(run.endsAt)}. Nothing opens by itself.`;
  }
  return `Planned end ${time(run.endsAt)} (${length} in all)`;
}

export function turnedWords(run: Run): string | null {
  if (run.turned === null) return null;
  const { by, why, at } = run.turned;
  return `On the way back since ${time(at)}: ${said(why, 400)}${by === null ? '' : ` (${named(by)})`}`;
}

/** What failed while quieting and turned the run by itself; not escaped, a clause. Null where a person turned it, or nobody. */
export function failedToQuiet(run: Run): string | null {
  const { turned } = run;
  if (turned === null || turned.by !== null || run.quietAt !== null) return null;
  return turned.why.replace(/[.\s]+$/u, '');
}

/** What an open question waits for, in a line. */
export function questionWords(run: Run, question: Question): string {
  const { about } = question;
  switch (about.is) {
    case 'start':
      return `Start although ${count(about.names.length, 'thing')} ${about.names.length === 1 ? 'stands' : 'stand'} against it?`;
    case 'resume':
      return question.shown === null ? 'Looking up what would be put back …' : 'Approve what will be put back?';
    case 'drift':
      return `${itemWords(run, about)} was changed by somebody else: restore or keep it?`;
    case 'violation':
      return `${itemWords(run, about)} is not quiet any more (now ${code(about.shows.now, 60)}, quiet wants ${code(about.shows.wanted, 60)}): quiet again, or accept it?`;
    case 'step':
      return `${stepTitle(run, about.step)}: ${said(about.says, 300)}`;
    case 'stuck':
      return `${stuckWords(run, about)}: ${said(about.why, 200)}`;
    case 'work':
      return said(about.says, 300);
  }
}

function stuckWords(run: Run, { step, wide }: About & { is: 'stuck' }): string {
  if (step === PATROL) return 'Whether it is still quiet is not known, it cannot be looked at';
  if (wide === true) return 'Nothing at all can be done';
  return step === watch.name
    ? 'Whether everything stays as it was could not be confirmed'
    : `${stepTitle(run, step)} is not back`;
}

/** What a stuck question is about: all of it where nothing at all can be done. */
export function notBack(run: Run, { step, wide }: About & { is: 'stuck' }) {
  const mine = run.items.filter((item) => wide === true || item.step === step);
  return mine.filter((item) => answeredFor(item) && item.settled === null);
}

export function openQuestions(run: Run): readonly Question[] {
  return run.ended === null ? run.questions.filter(open) : [];
}

/** Escaped: "Workers: emails". `label`: where it is known without the snapshot. */
export function itemWords(
  run: Run,
  which: { readonly step: string; readonly key: string; readonly label?: string },
): string {
  const item = run.items.find((i) => i.step === which.step && i.key === which.key);
  return `${stepTitle(run, which.step)}: ${code(item?.label ?? which.label ?? which.key, 100)}`;
}

/** Escaped. */
export function stepTitle(run: Run, name: string): string {
  const known = [...run.steps.back, ...run.steps.quiet].find((step) => step.name === name);
  return said(known?.title ?? name, 60);
}

/** Escaped; ends with one full stop, however the text did. */
export function sentence(text: string, most: number): string {
  return `${said(text.replace(/[.\s]+$/u, ''), most)}.`;
}

/** Escaped: the command for the day that Slack does not help. */
export function atTerminal(run: Run, verb: 'resume' | 'status'): string {
  return `${code(`npm run maint -- ${verb} ${run.app.name}`)} at a terminal`;
}
