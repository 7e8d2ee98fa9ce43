import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import { history } from '../../../src/slack/views/history.ts';
import { expectSlackTakes, shown } from '../drawn.ts';
import { ada, approved, at, grace, MINUTE, planned, requested, runOf, toQuiet } from '../runs.ts';

const now = at + 60 * MINUTE;
const restored: Event = { is: 'ended', as: 'restored', why: 'everything is as it was before' };
const held: Event[] = [planned(), ...toQuiet];
const told = (events: readonly Event[]): string => {
  const drawn = history({ is: 'history', app: null, runs: [runOf(events)] }, now);
  expectSlackTakes(drawn);
  return shown(drawn);
};

describe('the history', () => {
  test('says of a maintenance that is restored how long the app was quiet, who approved, and when it was open again', () => {
    expect(told([...held, ...approved, restored])).toMatch(
      /✅ shop · restored\*.*“migration 42”\nQuiet for 4 min from <!date.*, open again <!date.*Approved by \*grace\*\./su,
    );
  });

  test('says of one that is under way how long it has been quiet', () => {
    expect(told(held)).toMatch(/🔒 shop · holding.*\nQuiet for 47 min from /su);
  });

  test('says of one that was cancelled why, and of nothing that it was quiet', () => {
    const words = told([{ is: 'ended', as: 'cancelled', why: 'nobody has answered' }]);
    expect(words).toMatch(/🚫 shop · cancelled.*It ended <!date.*: nobody has answered/su);
    expect(words).not.toContain('Quiet for');
  });

  test('names whoever broke the glass, with the reason', () => {
    const [asked, showed] = approved;
    if (asked === undefined || showed === undefined) throw new Error('Expected an approval');
    const glass: Event[] = [
      { is: 'glass-broken', by: ada, because: 'everybody <!channel> sleeps' },
      { is: 'answered', question: 'resume-1', answer: 'approve', by: ada },
      { is: 'turned', by: ada, why: 'approved' },
    ];
    expect(told([...held, asked, showed, ...glass, restored])).toContain(
      'Opened by *ada* alone, breaking the glass: “everybody &lt;!channel&gt; sleeps”',
    );
  });

  test('is one message of ten, however long their reasons are', () => {
    const because = `<@U0ADA> & ${'long '.repeat(100)}`;
    const runs = Array.from({ length: 10 }, () => runOf([{ ...requested, because, by: grace }, ...held]));
    const drawn = history({ is: 'history', app: { id: 'app-1', name: 'shop' }, runs }, now);
    expectSlackTakes(drawn);
    expect(shown(drawn)).toContain('The last 10 maintenances of shop');
  });

  test('of nothing says so', () => {
    const drawn = history({ is: 'history', app: null, runs: [] }, now);
    expectSlackTakes(drawn);
    expect(shown(drawn)).toContain('There has been no maintenance yet');
  });
});
