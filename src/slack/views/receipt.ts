// The receipt at the end of a run: how long the app was frozen, who asked, who approved, what was kept different and by
// whose decision, and what was gone.

import { openedAt, stoppedWords } from '../../model/phase.ts';
import { approved } from '../../model/questions.ts';
import { type ItemState, type Run, touched, watch } from '../../model/run.ts';
import { type Drawn, lines, message, preformatted, section } from './blocks.ts';
import { code, count, duration, named, said, time } from './text.ts';
import { failedToQuiet, itemWords, sentence } from './words.ts';
import { workLines } from './work.ts';

/** Violations that the receipt names one by one. */
const NAMED = 10;

export function receipt(run: Run, ended: NonNullable<Run['ended']>): Drawn {
  const app = said(run.app.name, 60);
  if (ended.as === 'cancelled') {
    const why = `🚫 *${app}*: cancelled, ${sentence(ended.why, 1_500)} Nothing was changed.`;
    return message(`${app}: cancelled, ${sentence(ended.why, 600)}`, { top: [section(why)] });
  }
  const [kept, left, gone] = [otherwise(run, 'kept'), otherwise(run, 'left'), otherwise(run, 'gone')];
  const words = backWords(run);
  const failed = failedToQuiet(run);
  const why = failed === null ? '' : ` It could not be made quiet: ${sentence(failed, 600)}`;
  const since = run.touchedAt;
  const frozen = since === null ? '' : ` It was frozen for ${duration((openedAt(run) ?? ended.at) - since)}.`;
  return message(`${app}: restored, ${words}.${why}${frozen}`, {
    top: [
      section(`${left.length > 0 ? '⚠️' : '✅'} *${app}* is restored: ${words}.${why}`),
      ...lines(facts(run, ended.at, since)),
    ],
    middle: [
      ...lines([
        ...kept.map((item) => keptLine(run, item)),
        ...left.map((item) => leftLine(run, item)),
        ...gone.map((item) => `• ${itemWords(run, item)} was gone when it was to be put back`),
      ]),
      ...(left.length === 0 ? [] : [section('*By hand*, if it is to be as before after all:')]),
      ...preformatted(left.map((item) => item.back.byHand)),
    ],
  });
}

function otherwise(run: Run, as: 'kept' | 'left' | 'gone'): readonly ItemState[] {
  return run.items.filter((item) => item.settled?.as === as);
}

/** "everything is as it was before, except 1 thing kept different". */
export function backWords(run: Run): string {
  const kept = otherwise(run, 'kept').length;
  const left = otherwise(run, 'left').length;
  const gone = otherwise(run, 'gone').length;
  if (kept + left + gone === 0) return 'everything is as it was before';
  // "Everything, except everything" would read as if something had been put back.
  if (left === run.items.filter(touched).length)
    return `maint put nothing back, ${count(left, 'thing')} ${left === 1 ? 'stays as it is' : 'stay as they are'}`;
  const except = [
    ...(kept > 0 ? [`${count(kept, 'thing')} kept different`] : []),
    ...(left > 0 ? [`${count(left, 'thing')} not put back`] : []),
    ...(gone > 0 ? [`${count(gone, 'thing')} gone`] : []),
  ];
  return `everything is as it was before, except ${except.join(' and ')}`;
}

/** What was not quiet in the middle, and who decided what about it. */
function loudLines(run: Run): string[] {
  const all = run.questions.flatMap(({ about, answered }) => {
    if (about.is !== 'violation' || answered === null) return [];
    const what = answered.answer === 'accept' ? 'Accepted that it was not quiet' : 'Made quiet again';
    const { now, wanted } = about.shows;
    return [
      `*${what}* by ${named(answered.by)} ${time(answered.at)}: ${itemWords(run, about)} was ${code(now, 60)} instead of ${code(wanted, 60)}`,
    ];
  });
  return all.length > NAMED ? [...all.slice(0, NAMED), `… and ${all.length - NAMED} more`] : all;
}

/** What was found while it was watched, once it was back. */
function foundLines(run: Run): string[] {
  const last = run.steps.back.findIndex(({ name }) => name === watch.name);
  const after = run.steps.back.slice(last + 1).map(({ name }) => name);
  return run.questions.flatMap(({ about, answered }) => {
    if (about.is !== 'step' || about.way !== 'back' || !after.includes(about.step)) return [];
    const what = answered?.answer === 'quiet-again' ? 'made quiet again by' : 'accepted by';
    const who = answered === null ? 'nobody answered' : `${what} ${named(answered.by)}`;
    return [`*Found afterwards*: ${said(about.says, 300)} (${who})`];
  });
}

function facts(run: Run, endedAt: number, since: number | null): string[] {
  const all: string[] = [];
  if (since !== null) {
    const until = openedAt(run) ?? endedAt;
    all.push(`*Frozen* for ${duration(until - since)}, from ${time(since)} to ${time(until)}`);
  }
  if (run.quietAt !== null && run.turned !== null) {
    all.push(`*Quiet* for ${duration(run.turned.at - run.quietAt)}, since ${time(run.quietAt)}`);
  }
  all.push(`*Asked for* by ${named(run.askedBy)}${run.because === null ? '' : `: “${said(run.because, 500)}”`}`);
  for (const { name, by } of run.accepted) all.push(`*Accepted* by ${named(by)}: ${said(name, 100)}`);
  const stopped = stoppedWords(run);
  if (stopped !== null)
    all.push(`*Stopped* ${said(stopped, 200)} that began meanwhile, wherever they were in their work`);
  all.push(...workLines(run), ...loudLines(run), turnedBy(run), ...foundLines(run));
  const unsure = run.questions.findLast(
    (q) => q.about.is === 'stuck' && q.about.step === watch.name && q.answered?.answer === 'give-up',
  );
  if (unsure?.answered != null) {
    all.push(`*Not confirmed* that it stays so: ${named(unsure.answered.by)} decided not to wait for the last look`);
  }
  const opened = openedAt(run) ?? endedAt;
  if (opened > run.endsAt) all.push(`*Later than planned* by ${duration(opened - run.endsAt)}`);
  return all;
}

function turnedBy(run: Run): string {
  const approval = run.questions.findLast(approved);
  if (approval?.answered != null) return `*Approved* by ${named(approval.answered.by)} ${time(approval.answered.at)}`;
  const { turned } = run;
  if (turned === null) return 'It was never turned round by anybody.';
  return `*Turned round*${turned.by === null ? ' by itself' : ` by ${named(turned.by)}`} ${time(turned.at)}: ${said(turned.why, 500)}`;
}

/** What it is now nobody has seen: it could not be put back, or not be looked at. */
function leftLine(run: Run, item: ItemState): string {
  const by = item.settled?.by ?? null;
  const who = by === null ? '' : `, by the decision of ${named(by)}`;
  return `• ${itemWords(run, item)} was not put back and stays as it is${who}`;
}

function keptLine(run: Run, item: ItemState): string {
  const asked = run.questions.findLast(
    (q) => q.about.is === 'drift' && q.about.step === item.step && q.about.key === item.key,
  );
  const by = item.settled?.by ?? null;
  const who = by === null ? '' : `, by the decision of ${named(by)}`;
  if (asked?.about.is !== 'drift') return `• ${itemWords(run, item)} was kept different${who}`;
  const { before, now } = asked.about.shows;
  return `• ${itemWords(run, item)}: before ${code(before)}, kept at ${code(now)}${who}`;
}
