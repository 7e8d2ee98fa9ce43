// The answer to /maint plan: go or no-go, what stands against it, what is not held, and what would be done item by item.
// Nothing has been changed, and the message says so.

import { aboutItem } from '../../model/inventory.ts';
import { same } from '../../model/json.ts';
import type { Concern } from '../../model/preflight.ts';
import type { Plan } from '../../run/commands/reply.ts';
import { context, type Drawn, fitting, header, lines, message } from './blocks.ts';
import { besidesLines, fallingLine, looseLines } from './inventory.ts';
import { code, count, named, said, sentence, time } from './text.ts';
import { phaseWords } from './words.ts';

export function plan(plan: Plan): Drawn {
  const app = said(plan.app.name, 60);
  const verdict = verdictOf(plan);
  const doing = plan.items.filter((item) => !same(item.aim, item.before));
  const concerns = plan.concerns.toSorted((a, b) => rank(a) - rank(b));
  // What goes on writing is read first, whoever asks: what is merely worth knowing stands behind it.
  const first = [
    ...concerns.filter(({ is }) => is !== 'warn').map(concernLine),
    ...looseLines(plan),
    ...concerns.filter(({ is }) => is === 'warn').map(concernLine),
  ];
  const room = 8_000 - first.reduce((sum, line) => sum + line.length, 0);
  return message(`${app}: ${said(verdict.line, 300)}`, {
    top: [
      header(`${verdict.mark} ${plan.app.name} · ${verdict.title}`),
      ...lines([said(verdict.line, 600), ...underWay(plan)]),
    ],
    middle: [
      ...lines(first),
      ...lines(
        fitting(
          drafts.map((draft) => () => what(plan, draft)),
          Math.min(6_000, Math.max(2_000, room)),
        ),
      ),
      ...lines([...fallingLine(plan), ...besidesLines(plan)]),
    ],
    bottom: [
      context(
        `${count(doing.length, 'thing')} would be set, ${plan.items.length - doing.length} left as is. Nothing has been changed.${
          plan.go.is === 'no-go' || plan.run !== null ? '' : ` ${code(`/maint start ${plan.app.name}`)} begins.`
        }`,
      ),
    ],
  });
}

function verdictOf(plan: Plan): { mark: string; title: string; line: string } {
  switch (plan.go.is) {
    case 'go':
      return { mark: '🟢', title: 'go', line: `Go: it would be ${plan.words}.` };
    case 'ask':
      return {
        mark: '🟡',
        title: 'go, if a person accepts',
        line: `It would be ${plan.words}, if a person accepts ${plan.go.names.join(', ')} by name.`,
      };
    case 'no-go':
      return { mark: '🔴', title: 'no-go', line: 'No-go: a maintenance cannot begin like this.' };
  }
}

function underWay(plan: Plan): string[] {
  if (plan.run === null) return [];
  const { run } = plan;
  return [
    `⚠️ A maintenance is under way: ${said(phaseWords(run), 200)}, asked for by ${named(run.askedBy)} ${time(run.askedAt)}.`,
  ];
}

const ranks: Readonly<Record<Concern['is'], number>> = { refuse: 0, ask: 1, warn: 2 };
const concernWords: Readonly<Record<Concern['is'], string>> = {
  refuse: '⛔ *Stands against it*',
  ask: '❓ *To be accepted*',
  warn: '⚠️ *Warning*',
};

function rank(concern: Concern): number {
  return ranks[concern.is];
}

function concernLine(concern: Concern): string {
  const except = concern.except === null ? '' : ` Quiet except ${said(concern.except, 100)}.`;
  return `${concernWords[concern.is]} ${code(concern.name, 60)}: ${sentence(said(concern.says, 700))}${except} ${said(concern.remedy, 400)}`;
}

/** How much of an item is told: of what would be done, and of what else is known. */
interface Draft {
  readonly will: number;
  readonly more: number;
}
const drafts: readonly Draft[] = [
  { will: 300, more: 200 },
  { will: 120, more: 100 },
  { will: 70, more: 60 },
  { will: 40, more: 0 },
];

/** Each step with what it would do; items that need nothing are counted. */
function what(plan: Plan, draft: Draft): string[] {
  return plan.steps.flatMap(({ name, title }, i) => {
    const items = plan.items.filter((item) => item.step === name);
    const doing = items.filter((item) => !same(item.aim, item.before));
    const rest = items.length - doing.length;
    const quiet = rest === 0 ? '' : ` (${count(rest, 'item')} ${rest === 1 ? 'needs' : 'need'} nothing)`;
    if (items.length === 0) return [`${i + 1}. *${said(title, 60)}*`];
    return [`${i + 1}. *${said(title, 60)}*${quiet}`, ...doing.map((item) => itemLine(plan, item, draft))];
  });
}

function itemLine({ inventory }: Plan, item: Plan['items'][number], { will, more }: Draft): string {
  const known = more === 0 ? null : aboutItem(inventory, item);
  return `    • ${code(item.label, 60)} ${said(item.quiet.will, will)}${known === null ? '' : `: ${said(known, more)}`}`;
}
