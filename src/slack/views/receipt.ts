// The receipt at the end of a run: how long the app was frozen, who asked, who approved, what was kept different and by
// whose decision, and what was gone.
import type { ItemState, Run } from '../../model/run.ts';
import { type Drawn, lines, message, section } from './blocks.ts';
import { code, count, duration, named, said, time } from './text.ts';
import { frozenSince, itemWords } from './words.ts';

export function receipt(run: Run, ended: NonNullable<Run['ended']>): Drawn {
  const app = said(run.app.name, 60);
  if (ended.as === 'cancelled') {
    const why = `🚫 *${app}*: cancelled. ${said(ended.why, 800)}. Nothing was changed.`;
    return message(`${app}: cancelled. ${said(ended.why, 300)}`, { top: [section(why)], middle: lines(against(run)) });
  }
  const kept = run.items.filter((item) => item.settled?.as === 'kept');
  const gone = run.items.filter((item) => item.settled?.as === 'gone');
  const words =
    kept.length + gone.length === 0
      ? 'everything is as it was before'
      : `everything is as it was before, except ${[
          ...(kept.length > 0 ? [`${count(kept.length, 'thing')} kept different`] : []),
          ...(gone.length > 0 ? [`${count(gone.length, 'thing')} gone`] : []),
        ].join(' and ')}`;
  const since = frozenSince(run);
  const frozen = since === null ? '' : ` It was frozen for ${duration(ended.at - since)}.`;
  return message(`${app}: restored, ${words}.${frozen}`, {
    top: [section(`✅ *${app}* is restored: ${words}.`), ...lines(facts(run, ended.at, since))],
    middle: lines([
      ...kept.map((item) => keptLine(run, item)),
      ...gone.map((item) => `• ${itemWords(run, item)} was gone when it was to be put back`),
    ]),
  });
}

function against(run: Run): string[] {
  const refused = (run.planned?.concerns ?? []).filter((concern) => concern.is === 'refuse');
  return refused.map((concern) => `• ${said(concern.says, 600)} ${said(concern.remedy, 400)}`);
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
