// The receipt at the end of a run: how long the app was frozen, who asked, who approved, what was kept different and by
// whose decision, and what was gone.
import { type ItemState, type Run, watch } from '../../model/run.ts';
import { type Drawn, lines, message, preformatted, section } from './blocks.ts';
import { code, count, duration, named, said, time } from './text.ts';
import { frozenSince, itemWords, sentence } from './words.ts';

export function receipt(run: Run, ended: NonNullable<Run['ended']>): Drawn {
  const app = said(run.app.name, 60);
  if (ended.as === 'cancelled') {
    const why = `🚫 *${app}*: cancelled, ${sentence(ended.why, 1_500)} Nothing was changed.`;
    return message(`${app}: cancelled, ${sentence(ended.why, 600)}`, { top: [section(why)] });
  }
  const kept = run.items.filter((item) => item.settled?.as === 'kept');
  const left = run.items.filter((item) => item.settled?.as === 'left');
  const gone = run.items.filter((item) => item.settled?.as === 'gone');
  const words =
    kept.length + left.length + gone.length === 0
      ? 'everything is as it was before'
      : `everything is as it was before, except ${[
          ...(kept.length > 0 ? [`${count(kept.length, 'thing')} kept different`] : []),
          ...(left.length > 0 ? [`${count(left.length, 'thing')} not put back`] : []),
          ...(gone.length > 0 ? [`${count(gone.length, 'thing')} gone`] : []),
        ].join(' and ')}`;
  const since = frozenSince(run);
  const frozen = since === null ? '' : ` It was frozen for ${duration(ended.at - since)}.`;
  return message(`${app}: restored, ${words}.${frozen}`, {
    top: [section(`✅ *${app}* is restored: ${words}.`), ...lines(facts(run, ended.at, since))],
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

function facts(run: Run, endedAt: number, since: number | null): string[] {
  const all: string[] = [];
  if (since !== null) {
    all.push(`*Frozen* for ${duration(endedAt - since)}, from ${time(since)} to ${time(endedAt)}`);
  }
  if (run.quietAt !== null && run.turned !== null) {
    all.push(`*Quiet* for ${duration(run.turned.at - run.quietAt)}, since ${time(run.quietAt)}`);
  }
  all.push(`*Asked for* by ${named(run.askedBy)}${run.because === null ? '' : `: “${said(run.because, 500)}”`}`);
  for (const { name, by } of run.accepted) all.push(`*Accepted* by ${named(by)}: ${said(name, 100)}`);
  all.push(turnedBy(run));
  const unsure = run.questions.findLast(
    (q) => q.about.is === 'stuck' && q.about.step === watch.name && q.answered?.answer === 'give-up',
  );
  if (unsure?.answered != null) {
    all.push(`*Not confirmed* that it stays so: ${named(unsure.answered.by)} decided not to wait for the last look`);
  }
  if (endedAt > run.endsAt) all.push(`*Later than planned* by ${duration(endedAt - run.endsAt)}`);
  return all;
}

function turnedBy(run: Run): string {
  const approval = run.questions.findLast(
    (q) => q.about.is === 'resume' && q.withdrawn === null && q.answered?.answer === 'approve',
  );
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
