// How a run is told in words: its title, its phase, when it ends, what it waits for. The card, the status and the notes
// say these things alike because they say them with this.
import { open, type Phase, phase, type Question, quietSays, type Run, watch } from '../../model/run.ts';
import { code, count, duration, named, said, time } from './text.ts';

const marks: Readonly<Record<Phase, string>> = {
  planning: '🔎',
  quieting: '⏳',
  holding: '🔒',
  restoring: '↩️',
  'needs a person': '⚠️',
  restored: '✅',
  cancelled: '🚫',
};

/** "holding: quiet except Heroku Scheduler"; not escaped. */
export function phaseWords(run: Run): string {
  const now = phase(run);
  if (now === 'holding') return `holding: ${quietSays(run)}`;
  if (now === 'needs a person' && run.way === 'back') return 'needs a person, on the way back';
  if (now === 'needs a person' && run.quietAt === null) return 'needs a person before it can start';
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
    case 'stuck':
      return about.step === watch.name
        ? `Whether everything stays as it was could not be confirmed: ${said(about.why, 200)}`
        : `${stepTitle(run, about.step)} is not back: ${said(about.why, 200)}`;
  }
}

export function openQuestions(run: Run): readonly Question[] {
  return run.ended === null ? run.questions.filter(open) : [];
}

/** When the first value was sent: from then on the app was not as its users know it. Null where nothing was sent. */
export function frozenSince(run: Run): number | null {
  const steps = run.steps.quiet.filter((step) => run.items.some((i) => i.step === step.name && i.sent.length > 0));
  const since = steps.flatMap((step) => (step.since === null ? [] : [step.since]));
  return since.length === 0 ? null : Math.min(...since);
}

/** Escaped: "Workers: emails". */
export function itemWords(run: Run, which: { readonly step: string; readonly key: string }): string {
  const item = run.items.find((i) => i.step === which.step && i.key === which.key);
  return `${stepTitle(run, which.step)}: ${code(item?.label ?? which.key, 100)}`;
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
