// Writes the page for people from the cases that the policy is held against: `npm run docs`. A test is red when the page and
// the policy differ.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { may } from '../../src/policy/may.ts';
import { columns, scenes, shop } from './cases.ts';

export const path = fileURLToPath(new URL('../../docs/who-may-what.md', import.meta.url));

const opening = `# Who may do what

Made by \`npm run docs\` from the policy and the cases of its tests (\`test/policy/cases.ts\`); not edited by hand.

People are named by user id (\`U…\`), user group (\`S…\`), channel (\`C…\`: its members), \`cli:NAME\` at a terminal, or \`everybody\` of the
workspace: for all apps in \`MAINT_OPERATORS\`, \`MAINT_APPROVERS\` and \`MAINT_VIEWERS\`, for one app in its setting \`who\`. Slack is
asked at every command and every click, and what it said before is not remembered.

- *look*: plan, status, history, doctor, proof, the windows that are planned, the settings as they are.
- *operate*: start, extend, turn back before the app is quiet, answer what is asked, export, change settings.
- *resume*: have the list shown that an approval is for.
- *approve alone*: where one approval is enough and anybody's counts (the default); *one of several*: where more are needed, or where the
  one who asked for the maintenance does not count.
- *break the glass*: open the app alone, with a reason, in front of everybody.
- *set approvals*: how many an app needs. *name people*: who may do what in an app.
`;

export function page(): string {
  const head = `| | ${columns.map(({ says }) => says).join(' | ')} |\n|---|${columns.map(() => ':-:|').join('')}`;
  const parts = scenes.map(({ title, says, policy, cases }) => {
    const rows = cases.map(({ person, who }) => {
      const signs = columns.map(({ act }) => (may(who, act, shop, policy).is === 'yes' ? 'yes' : '–'));
      return `| ${person} | ${signs.join(' | ')} |`;
    });
    return `## ${title}\n\n${says}\n\n${head}\n${rows.join('\n')}\n`;
  });
  return [opening, ...parts].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(path, page());
