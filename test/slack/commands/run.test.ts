import { describe, expect, test } from 'vitest';
import { parse } from '../../../src/slack/commands/parse.ts';

const run = (command: string, size: string | null = null) => ({ is: 'run', app: 'shop', size, command });

describe('/maint run', () => {
  test.each([
    ['run shop -- rails db:migrate', run('rails db:migrate')],
    ['run shop rails db:migrate', run('rails db:migrate')],
    ['Run  `shop`  --   rails db:migrate ', run('rails db:migrate')],
    ['exec shop rails db:migrate', null],
    ['run --app shop -- rails db:migrate', run('rails db:migrate')],
    ['run shop --size=performance-m -- rails db:migrate', run('rails db:migrate', 'performance-m')],
    ['run shop --size performance-m rails db:migrate', run('rails db:migrate', 'performance-m')],
    ['run shop —size=performance-m — rails db:migrate', run('rails db:migrate', 'performance-m')],
    ['run shop — rails db:migrate', run('rails db:migrate')],
    ['run\u00a0shop\u00a0--\u00a0rails\u00a0db:migrate', run('rails db:migrate')],
    ['run shop -- `rails db:migrate`', run('rails db:migrate')],
    ['run shop -- echo `date` `uname`', run('echo `date` `uname`')],
    ['run shop -- rails runner “puts ‘a  b’”', run(`rails runner "puts 'a  b'"`)],
    ['run shop -- rake import —force', run('rake import --force')],
    ['run shop -- rake import -- —force', run('rake import -- --force')],
    ['run shop -- rails runner "puts \'a—b\'"', run('rails runner "puts \'a—b\'"')],
    ['run shop -- a &amp;&amp; b &lt; in &gt; out', run('a && b < in > out')],
    ['run shop -- curl <https://x.example/a>', run('curl https://x.example/a')],
    ['run shop -- curl <http://x.example|x.example>', run('curl x.example')],
    ['run shop -- echo <#C1|ops> <@U1|ada>', run('echo #ops @ada')],
    ['run shop -- bash -c "exit 3"', run('bash -c "exit 3"')],
  ])('%s', (text, expected) => {
    if (expected === null)
      expect(parse(text)).toMatchObject({ is: 'wrong', remedy: expect.stringContaining('/maint run shop') });
    else expect(parse(text)).toEqual(expected);
  });

  test.each([
    ['run', 'Expected the name of an app after "run", got nothing.'],
    ['run -- rails db:migrate', 'Expected the name of an app after "run", got nothing.'],
    ['run shop', 'Expected a command to run in shop, got nothing.'],
    ['run shop --', 'Expected a command to run in shop, got nothing.'],
    ['run shop --size=performance-m --', 'Expected a command to run in shop, got nothing.'],
    ['run shop --verbose rails c', 'Expected a command to run in shop, got "--verbose rails c".'],
    ['run @shop! x', 'Expected the name of a Heroku app, got "@shop".'],
  ])('%s: %s', (text, says) => {
    expect(parse(text)).toMatchObject({ is: 'wrong', says });
  });
});
