// How a restore reads: what was changed, what was right already, and what nobody can know without a snapshot.
import { isWatched } from '../model/phase.ts';
import { open } from '../model/questions.ts';
import type { Run } from '../model/run.ts';
import type { AppRef } from '../model/step.ts';
import type { Standing } from '../rescue/index.ts';
import type { Preview, Receipt, ReceiptLine } from '../run/commands/reply.ts';
import { receiptJson, runJson } from './json.ts';
import { clean } from './screen.ts';
import { byHand, leftText, undoText } from './undo.ts';
import type { Outcome } from './way-back.ts';
import { headline, maintCommand, questionText, span } from './words.ts';

const DAY = 24 * 3_600_000;

/** How old the file is from which an app would be brought back, and whose maintenance it tells of. */
export function madeText({ run, made, at }: Preview): string {
  const age = Math.max(0, at - made);
  const days = Math.floor(age / DAY);
  const ago = days >= 2 ? `${days} days` : span(age);
  const when = new Date(made).toISOString().slice(0, 16).replace('T', ' ');
  const lines = [`The export of ${run.app.name}: made ${when} UTC, ${ago} ago; asked for by ${run.askedBy.name}.`];
  if (age > DAY) {
    lines.push('That is more than a day ago: things may have been changed since, on purpose. Look at every line.');
  }
  return lines.map(clean).join('\n');
}

export function receiptText({ run, changed, already, other }: Receipt, of: 'run' | 'jobs'): string {
  const lines = ['', of === 'run' ? headline(run) : `The jobs that the maintenance ${run.id} has paused:`];
  if (run.ended?.as === 'cancelled') lines.push('Nothing was ever sent: there was nothing to put back.');
  if (changed.length > 0) lines.push('Changed:', ...changed.map((line) => `  ${fromTo(line)}`));
  else if (run.ended?.as !== 'cancelled') lines.push('Nothing had to be changed.');
  if (already.length > 0) lines.push('As before already:', ...already.map((one) => `  ${one.label}: ${one.to}`));
  if (other.length > 0) lines.push('Not as before:', ...other.map((one) => `  ${one.label}: ${one.to}`));
  if (run.ended === null && !isWatched(run)) {
    for (const question of run.questions.filter(open)) lines.push('', questionText(run, question));
    lines.push('', undoText(byHand(run)));
  } else if (leftText(run) !== '') lines.push('', leftText(run));
  return lines.map((line) => line.split('\n').map(clean).join('\n')).join('\n');
}

function fromTo({ label, from, to }: ReceiptLine): string {
  return `${label}: ${from ?? '?'} -> ${to}`;
}

export function standingText(on: {
  readonly app: AppRef;
  readonly known: Run | null;
  readonly outcome: Outcome;
  /** No job carried a marker. */
  readonly nothing: boolean;
}): string {
  const { app, known, outcome } = on;
  const lines: string[] = [''];
  const last = known?.ended;
  if (known !== null && last != null) {
    lines.push(`The last maintenance of ${app.name} has ended: ${last.as}, ${last.why}.`);
    if (leftText(known) !== '') lines.push(...leftText(known).split('\n'));
  } else if (outcome.lost === null) lines.push(`No maintenance of ${app.name} is known here.`);
  if (on.nothing && outcome.refused.length === 0) {
    lines.push(`No job of the Scheduler carries a marker of maint. Nothing was changed.`);
  }
  for (const job of outcome.damaged) {
    lines.push(`Job ${job} of the Scheduler carries a marker that was edited or cut off: mend its command by hand.`);
  }
  lines.push(`How ${app.name} stands now:`, ...(outcome.now ?? []).map((one) => `  ${standing(one)}`));
  if (last == null) {
    lines.push(
      'How that was before a maintenance cannot be known from here: it is in the database. The commands that put it back',
      'are in the thread of the maintenance in Slack, and an export brings all of it back:',
      `  ${maintCommand('restore', '--from', 'FILE', app.name)}`,
    );
  }
  return lines.map(clean).join('\n');
}

function standing({ title, label, now, why }: Standing): string {
  const name = label.toLowerCase() === title.toLowerCase() ? title : `${title}, ${label}`;
  return now === null ? `${name}: not known: ${why ?? ''}` : `${name}: ${now}`;
}

/** One shape for everything that a restore can come to. */
export function restoreJson(outcome: Outcome) {
  return {
    app: outcome.app,
    lost: outcome.lost,
    restored: outcome.receipts.map(receiptJson),
    /** What was not approved, with the hash to approve it by. */
    waiting: outcome.approve.map(({ run, hash, made }) => ({
      run: runJson(run),
      approve: hash,
      made: made === null ? null : new Date(made).toISOString(),
    })),
    refused: outcome.refused,
    damagedJobs: outcome.damaged,
    byHand: outcome.byHand,
    now: outcome.now,
  };
}
