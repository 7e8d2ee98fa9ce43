// How things read in a terminal: plain text, no colour needed, redacted like everything that is shown.
import Table from 'cli-table3';
import prettyMs from 'pretty-ms';
import { command } from '../heroku/shell.ts';
import { answersTo } from '../model/decide.ts';
import type { Row } from '../model/event.ts';
import { aboutItem } from '../model/inventory.ts';
import { isWatched, phase, stoppedWords } from '../model/phase.ts';
import { quietWords } from '../model/preflight.ts';
import { open } from '../model/questions.ts';
import {
  concernsOf,
  type ItemState,
  isOfThisApp,
  type Question,
  type Run,
  type StepState,
  touched,
  type Work,
} from '../model/run.ts';
import type { Way } from '../model/step.ts';
import { hasBegun, workWords } from '../model/work.ts';
import type { Diagnosis, Plan } from '../run/commands/reply.ts';
import { besidesText, looseText } from './inventory.ts';
import { clean } from './screen.ts';
import { byHand, undoText } from './undo.ts';

export function span(ms: number): string {
  return prettyMs(Math.max(0, Math.round(ms / 1000) * 1000), { verbose: true, unitCount: 2 });
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

/** A command of this terminal, to be pasted: quoted for the shell, and nothing in it that cannot be seen. */
export function maintCommand(...words: readonly string[]): string {
  return clean(`npm run maint -- ${command(...words)}`);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new Table({ head: [...head], style: { head: [], border: [], compact: true }, wordWrap: true });
  for (const row of rows) drawn.push(row.map(clean));
  return drawn.toString();
}

export function planText(plan: Plan): string {
  const verdict = { go: 'go', ask: 'go, if you accept what is marked "accept?"', 'no-go': 'no-go' }[plan.go.is];
  const mark = { refuse: 'NO', ask: 'accept?', warn: 'note' };
  const titles = new Map(plan.steps.map((step) => [step.name, step.title]));
  const lines = [`${clean(plan.app.name)}: ${verdict}. It would be ${clean(plan.words)}. Nothing has been changed.`];
  if (plan.run !== null)
    lines.push(`A maintenance is under way already: ${phase(plan.run)}, asked for by ${clean(plan.run.askedBy.name)}.`);
  if (plan.concerns.length > 0) {
    const found = plan.concerns.map(
      (c) => `${mark[c.is]} ${clean(c.name)}: ${clean(c.says)}.${c.remedy === '' ? '' : ` ${clean(c.remedy)}`}`,
    );
    lines.push('', ...found.map((line) => `  ${line}`));
  }
  lines.push(...looseText(plan));
  const rows = plan.items.map((item) => {
    const known = aboutItem(plan.inventory, item);
    return [
      titles.get(item.step) ?? item.step,
      item.label,
      known === null ? item.quiet.will : `${item.quiet.will}: ${known}`,
    ];
  });
  lines.push(
    '',
    rows.length === 0 ? 'There is nothing to hold still.' : table(['step', 'item', 'what would be done'], rows),
    ...besidesText(plan),
  );
  return lines.join('\n');
}

export function doctorText({ app, checks, plan }: Diagnosis): string {
  const mark = { good: 'ok', bad: 'BAD', unknown: '?' };
  const lines = checks.map(
    (c) =>
      `  ${mark[c.is].padEnd(3)} ${clean(c.subject)}: ${clean(c.says)}.${c.remedy === null ? '' : ` ${clean(c.remedy)}`}`,
  );
  return [`The doctor on ${clean(app.name)}; nothing was changed.`, '', ...lines, '', planText(plan)].join('\n');
}

export function statusText(run: Run, now: number): string {
  const lines = [
    headline(run),
    ...because(run),
    ...ends(run, now),
    '',
    ...stepLines(run),
    ...watched(run),
    ...works(run),
  ];
  const asked = run.questions.filter(open);
  if (isWatched(run)) {
    lines.push('', ...receipt(run));
    for (const question of asked) lines.push('', questionText(run, question));
  } else if (run.ended === null) {
    const trouble = approvalTrouble(run);
    if (trouble.length > 0) lines.push('', ...trouble);
    for (const question of asked) lines.push('', questionText(run, question));
    const undo = undoText(byHand(run));
    if (undo !== '') lines.push('', undo);
  } else lines.push('', ...receipt(run));
  return lines.join('\n');
}

function approvalTrouble(run: Run): string[] {
  const trouble = run.approvalTrouble;
  return trouble === null
    ? []
    : [`What an approval is for cannot be shown: ${ended(clean(trouble.why))} ${clean(trouble.remedy)}`];
}

/** A clause as a sentence, whether or not it ended like one. */
function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function headline(run: Run): string {
  const words = run.quietAt !== null && run.way === 'quiet' ? `: ${quietWords(concernsOf(run))}` : '';
  return `${clean(run.app.name)} [${clean(run.id)}] is ${phase(run)}${clean(words)}; asked for by ${clean(run.askedBy.name)} at ${utc(run.askedAt)}.`;
}

function because(run: Run): string[] {
  return run.because === null ? [] : [`Because: ${clean(run.because)}`];
}

function ends(run: Run, now: number): string[] {
  if (run.ended !== null || run.way === 'back') return [];
  const left = run.endsAt - now;
  return [
    left >= 0
      ? `Planned end: ${utc(run.endsAt)}, in ${span(left)}.`
      : `Planned end was ${utc(run.endsAt)}: ${span(-left)} over. Nothing opens by itself.`,
  ];
}

/** How it is watched while it is held, and what people did meanwhile: their work is what the window is for. */
function watched(run: Run): string[] {
  const { patrol, way, ended: over } = run;
  if (patrol === null || way === 'back' || over !== null) return [];
  const { every, by, unseen, trouble, activity } = patrol;
  const stopped = stoppedWords(run);
  const how =
    by === 'webhooks'
      ? `Heroku tells of changes, and maint looks every ${span(every)}.`
      : `maint looks every ${span(every)} whether it is still quiet.`;
  return [
    '',
    ...(every === 0 ? [] : [how]),
    ...(trouble === null ? [] : [`It cannot be looked at: ${ended(clean(trouble.why))} ${clean(trouble.remedy)}`]),
    ...unseen.map(({ title, why }) => `Not seen: ${clean(title)}: ${ended(clean(why))}`),
    ...(stopped === null ? [] : [`Stopped ${clean(stopped)} that began while it was held.`]),
    ...(activity.length === 0 ? [] : ['Meanwhile:', ...activity.map((one) => `  ${utc(one.at)} ${clean(one.says)}`)]),
  ];
}

/** What maint has run for the operators. */
function works(run: Run): string[] {
  if (run.works.length === 0) return [];
  const line = (work: Work): string => `  ${clean(work.shows)}: ${clean(workWords(work))}, by ${clean(work.by.name)}`;
  return ['', 'Run by maint, as asked for:', ...run.works.map(line)];
}

function stepLines(run: Run): string[] {
  const of = (way: Way): string[] =>
    run.steps[way].filter((step) => isOfThisApp(run, step)).map((step) => stepLine(step));
  const lines = of('quiet');
  return run.way === 'quiet' ? lines : [`The way back (${clean(run.turned?.why ?? '')}):`, ...of('back')];
}

export function stepLine(step: StepState): string {
  const mark = { todo: '[ ]', moving: '[~]', done: '[x]' }[step.trouble !== null ? 'moving' : step.state];
  const why = step.trouble?.why ?? step.why;
  return `  ${mark} ${clean(step.title)}${why === null ? '' : `: ${clean(why)}`}`;
}

export function questionText(run: Run, question: Question): string {
  const { about } = question;
  const how = ['To answer:', ...howToAnswer(run, question).map((one) => `  ${one}`)];
  switch (about.is) {
    case 'start': {
      const concerns = run.planned?.concerns.filter((c) => about.names.includes(c.name)) ?? [];
      return [
        'Starting means accepting this:',
        ...concerns.map((c) => `  ${clean(c.name)}: ${clean(c.says)}. ${clean(c.remedy)}`),
        ...(about.waits === undefined ? [] : ['wait: maint waits for what ends by itself, and the rest is accepted.']),
        ...how,
      ].join('\n');
    }
    case 'resume':
      return [
        ...(question.shown === null
          ? ['The approval is open; what it shows is being looked up.']
          : ['Approval: this is what would be restored.', rowsText(question.shown.rows)]),
        ...how,
      ].join('\n');
    case 'drift':
      return [
        `${clean(about.step)} ${clean(about.key)} was changed by somebody else: before ${clean(about.shows.before)}, set by maint to ${clean(about.shows.sent)}, now ${clean(about.shows.now)}.`,
        ...how,
      ].join('\n');
    case 'violation':
      return [
        `Not quiet any more: ${clean(about.label)} should be ${clean(about.shows.wanted)}, and is ${clean(about.shows.now)}.`,
        ...how,
      ].join('\n');
    case 'step':
      return [`${clean(about.says)}.`, ...about.details.map((line) => `  ${clean(line)}`), ...how].join('\n');
    case 'work':
      return [
        `${ended(clean(about.says))} It is not started a second time unasked.`,
        hasBegun(run, about.id)
          ? '  try-again: look for it again. done-by-hand: it has ended, or is left alone.'
          : '  try-again: it has not begun, start it. done-by-hand: it runs or has run, leave it.',
        ...how,
      ].join('\n');
    case 'stuck':
      return [
        `Stuck: ${ended(clean(about.why))} ${clean(about.remedy)}`,
        ...(about.byHand.length === 0 ? [] : ['By hand:', ...about.byHand.map((c) => `  ${clean(c)}`)]),
        ...how,
      ].join('\n');
  }
}

/** The commands that answer an open question. An approval is given where the list is shown. */
export function howToAnswer(run: Run, question: Question): readonly string[] {
  if (!open(question) || run.ended !== null) return [];
  if (question.about.is === 'resume') return [maintCommand('resume', run.app.name)];
  return answersTo(question).map((one) => maintCommand('answer', run.app.name, question.id, one));
}

export function rowsText(rows: readonly Row[]): string {
  if (rows.length === 0) return 'maint has changed nothing in this app, so there is nothing to restore.';
  return table(
    ['item', 'before', 'now', 'after'],
    rows.map((row) => [row.label, row.before, row.now, row.after]),
  );
}

function receipt(run: Run): string[] {
  const other = run.items.filter((item) => item.settled !== null && item.settled.as !== 'before');
  const approved = run.turned?.by;
  return [
    run.ended === null ? 'It is back.' : `Ended: ${run.ended.as}. ${clean(run.ended.why)}.`,
    ...(approved === null || approved === undefined
      ? []
      : [`${run.turned?.why === 'approved' ? 'Approved' : 'Turned'} by ${clean(approved.name)}.`]),
    ...(run.items.some(touched)
      ? [
          `${run.items.filter((i) => i.settled?.as === 'before').length} of ${run.items.filter(touched).length} items as before.`,
        ]
      : ['Nothing was ever sent.']),
    ...other.map((item) => `  ${clean(item.label)}: ${clean(otherwise(item))}`),
    ...byHand(run).map((one) => `  By hand: ${clean(one)}`),
  ];
}

/** Why an item is not as before. */
function otherwise({ settled }: ItemState): string {
  if (settled?.as === 'gone') return 'gone, removed by somebody else';
  const by = settled?.by?.name ?? '?';
  return settled?.as === 'left' ? `not put back, left so by ${by}` : `kept as it is, decided by ${by}`;
}
