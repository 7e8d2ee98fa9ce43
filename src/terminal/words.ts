// How things read in a terminal: plain text, no colour needed, redacted like everything that is shown.
import Table from 'cli-table3';
import prettyMs from 'pretty-ms';
import { answersTo } from '../model/decide.ts';
import type { Row } from '../model/event.ts';
import { quietWords } from '../model/preflight.ts';
import { open, phase, type Question, type Run, type StepState, touched } from '../model/run.ts';
import type { Diagnosis, Plan } from '../run/commands/reply.ts';

export function span(ms: number): string {
  return prettyMs(Math.max(0, Math.round(ms / 1000) * 1000), { verbose: true, unitCount: 2 });
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

/** Names come from outside: what could move the cursor or turn the text round is left out. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new Table({ head: [...head], style: { head: [], border: [], compact: true }, wordWrap: true });
  for (const row of rows) drawn.push(row.map(clean));
  return drawn.toString();
}

export function planText(plan: Plan): string {
  const verdict = { go: 'go', ask: 'go, if you accept what is marked "accept?"', 'no-go': 'no-go' }[plan.go.is];
  const mark = { refuse: 'NO', ask: 'accept?', warn: 'note' };
  const titles = new Map(plan.steps.map((step) => [step.name, step.title]));
  const lines = [`${clean(plan.app.name)}: ${verdict}. It would be ${plan.words}. Nothing has been changed.`];
  if (plan.run !== null)
    lines.push(`A maintenance is under way already: ${phase(plan.run)}, asked for by ${clean(plan.run.askedBy.name)}.`);
  if (plan.concerns.length > 0) {
    const found = plan.concerns.map(
      (c) => `${mark[c.is]} ${c.name}: ${clean(c.says)}.${c.remedy === '' ? '' : ` ${clean(c.remedy)}`}`,
    );
    lines.push('', ...found.map((line) => `  ${line}`));
  }
  const rows = plan.items.map((item) => [titles.get(item.step) ?? item.step, item.label, item.quiet.will]);
  lines.push(
    '',
    rows.length === 0 ? 'There is nothing to hold still.' : table(['step', 'item', 'what would be done'], rows),
  );
  return lines.join('\n');
}

export function doctorText({ app, checks, plan }: Diagnosis): string {
  const mark = { good: 'ok', bad: 'BAD', unknown: '?' };
  const lines = checks.map(
    (c) => `  ${mark[c.is].padEnd(3)} ${c.subject}: ${clean(c.says)}.${c.remedy === null ? '' : ` ${clean(c.remedy)}`}`,
  );
  return [`The doctor on ${clean(app.name)}; nothing was changed.`, '', ...lines, '', planText(plan)].join('\n');
}

export function statusText(run: Run, now: number): string {
  const lines = [headline(run), ...because(run), ...ends(run, now), '', ...stepLines(run)];
  for (const question of run.questions.filter(open)) lines.push('', questionText(run, question));
  if (run.ended !== null) lines.push('', ...receipt(run));
  return lines.join('\n');
}

export function headline(run: Run): string {
  const words = run.quietAt !== null && run.way === 'quiet' ? `: ${quietWords(run.planned?.concerns ?? [])}` : '';
  return `${clean(run.app.name)} [${run.id}] is ${phase(run)}${words}; asked for by ${clean(run.askedBy.name)} at ${utc(run.askedAt)}.`;
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

function stepLines(run: Run): string[] {
  const lines = run.steps.quiet.map((step) => stepLine(step));
  return run.way === 'quiet'
    ? lines
    : [`The way back (${clean(run.turned?.why ?? '')}):`, ...run.steps.back.map((step) => stepLine(step))];
}

export function stepLine(step: StepState): string {
  const mark = { todo: '[ ]', moving: '[~]', done: '[x]' }[step.trouble !== null ? 'moving' : step.state];
  const why = step.trouble?.why ?? step.why;
  return `  ${mark} ${step.title}${why === null ? '' : `: ${clean(why)}`}`;
}

export function questionText(run: Run, question: Question): string {
  const { about } = question;
  const how = `Answer with: npm run maint -- answer ${run.app.name} ${question.id} ${answersTo(question).join('|')}`;
  switch (about.is) {
    case 'start': {
      const concerns = run.planned?.concerns.filter((c) => about.names.includes(c.name)) ?? [];
      return [
        'Starting means accepting this:',
        ...concerns.map((c) => `  ${c.name}: ${clean(c.says)}. ${clean(c.remedy)}`),
        how,
      ].join('\n');
    }
    case 'resume':
      return question.shown === null
        ? 'The approval is open; what it shows is being looked up.'
        : ['Approval: this is what would be restored.', rowsText(question.shown.rows)].join('\n');
    case 'drift':
      return [
        `${clean(about.step)} ${clean(about.key)} was changed by somebody else: before ${clean(about.shows.before)}, set by maint to ${clean(about.shows.sent)}, now ${clean(about.shows.now)}.`,
        how,
      ].join('\n');
    case 'stuck':
      return [
        `Stuck: ${clean(about.why)}. ${clean(about.remedy)}`,
        ...(about.byHand.length === 0 ? [] : ['By hand:', ...about.byHand.map((c) => `  ${c}`)]),
        how,
      ].join('\n');
  }
}

export function rowsText(rows: readonly Row[]): string {
  if (rows.length === 0) return 'maint has changed nothing in this app, so there is nothing to restore.';
  return table(
    ['item', 'before', 'now', 'after'],
    rows.map((row) => [row.label, row.before, row.now, row.after]),
  );
}

/** The commands that undo everything, in the order of the way back: they work with maint dead. */
export function byHand(run: Run): readonly string[] {
  const order = run.steps.back.map((step) => step.name);
  return run.items
    .filter((item) => JSON.stringify(item.aim) !== JSON.stringify(item.before))
    .toSorted((a, b) => order.indexOf(a.step) - order.indexOf(b.step))
    .map((item) => item.back.byHand);
}

function receipt(run: Run): string[] {
  const other = run.items.filter((item) => item.settled !== null && item.settled.as !== 'before');
  const approved = run.turned?.by;
  return [
    `Ended: ${run.ended?.as}. ${clean(run.ended?.why ?? '')}.`,
    ...(approved === null || approved === undefined
      ? []
      : [`${run.turned?.why === 'approved' ? 'Approved' : 'Turned'} by ${clean(approved.name)}.`]),
    ...(run.items.some(touched)
      ? [
          `${run.items.filter((i) => i.settled?.as === 'before').length} of ${run.items.filter(touched).length} items as before.`,
        ]
      : ['Nothing was ever sent.']),
    ...other.map(
      (item) =>
        `  ${clean(item.label)}: ${item.settled?.as === 'gone' ? 'gone, removed by somebody else' : `kept as it is, decided by ${clean(item.settled?.by?.name ?? '?')}`}`,
    ),
  ];
}
