import { describe, expect, test } from 'vitest';
import { type Fact, type Occurrence, type Window, withFact } from '../../../src/model/window.ts';
import { announcement, isForAll } from '../../../src/slack/views/announcement.ts';
import type { AnnouncementKind } from '../../../src/windows/announce.ts';
import { ann, HOUR, noon, occurrence, start, sundays } from '../../windows/windows.ts';

const grace = { id: 'U2', name: 'Grace', via: 'slack' } as const;

function told(
  kind: AnnouncementKind,
  fact: Fact | null,
  { window = sundays(), of = occurrence(), notices = 'full' }: Partial<Told> = {},
): string {
  const key = `${kind}-1`;
  const drawn = announcement({
    window,
    occurrence: of,
    announcement: { key, kind, due: start, fact },
    late: null,
    notices,
    checklist: null,
  });
  // What a button asks is plain text: nothing is interpreted in it.
  return JSON.stringify([drawn.text, drawn.blocks.filter(({ type }) => type !== 'actions')]);
}

interface Told {
  readonly window: Window;
  readonly of: Occurrence;
  readonly notices: 'full' | 'short';
}

const asked: Fact = { is: 'asked', at: start };
const started: Fact = { is: 'started', at: start, runs: ['run-1'] };
const missed: Fact = { is: 'missed', at: start + HOUR, why: 'unanswered', also: 0 };
const overrun: Fact = { is: 'overrun', at: start + 2 * HOUR };

describe('what a channel is told of a window', () => {
  test.each<[AnnouncementKind, Fact, Occurrence]>([
    ['asked', asked, occurrence(asked)],
    ['missed', missed, occurrence(asked, missed)],
    ['overrun', overrun, occurrence(started, overrun)],
  ])('calls who leads it where it waits for a person: %s', (kind, fact, of) => {
    const window = sundays({ leads: ['UADA', 'everybody <!channel>'] });
    for (const notices of ['full', 'short'] as const) {
      const text = told(kind, fact, { window, of, notices });
      expect(text).toContain('Led by <@UADA>, everybody &lt;!channel&gt;.');
    }
    expect(told(kind, fact, { window: sundays({ leads: [] }), of })).not.toContain('Led by');
  });

  test('does not ask for what has been done: over its end, and on its way back', () => {
    const restoring: Fact = { is: 'restoring', at: start + HOUR, app: 'app-1' };
    const of = occurrence(started, restoring, overrun);
    expect(told('overrun', overrun, { of })).toContain('It is being brought back.');
    expect(told('overrun', overrun, { of })).not.toMatch(/Resume|Led by/u);
    const two = sundays({ apps: [...sundays().apps, { id: 'app-2', name: 'till' }] });
    expect(told('overrun', overrun, { of, window: two })).toContain('Resume or Extend');
    const calledOff: Fact = { is: 'called-off', at: start, app: 'app-2' };
    const others = occurrence(started, calledOff, restoring, overrun);
    expect(told('overrun', overrun, { of: others, window: two })).toContain('It is being brought back.');
  });

  test('calls nobody where it only tells', () => {
    expect(told('started', started, { of: occurrence(started) })).not.toContain('<@');
    expect(told('before', null)).not.toContain('<@');
  });

  test('says who planned it, and who has changed it since', () => {
    expect(told('planned', null)).toMatch(/Planned by \*Ann\*(?!, changed)/u);
    expect(told('planned', null, { window: sundays({ savedBy: ann }) })).not.toContain('changed by');
    expect(told('planned', null, { window: sundays({ savedBy: grace }) })).toContain(
      'Planned by *Ann*, changed by *Grace*',
    );
  });

  test('is for the whole channel where somebody could believe otherwise, and for its thread where it only goes on', () => {
    const kinds = ['planned', 'before', 'asked', 'started', 'quiet', 'restoring', 'restored', 'called-off'] as const;
    const more = ['extended', 'moved', 'overrun', 'skipped', 'cancelled', 'missed'] as const;
    const forAll = [...kinds, ...more].filter((kind) => isForAll({ key: kind, kind, due: noon, fact: null }));
    expect(forAll).toEqual([
      ...['before', 'asked', 'started', 'restored', 'called-off', 'moved', 'overrun', 'skipped', 'cancelled', 'missed'],
    ]);
  });

  test('holds nothing that a person typed as mark-up, in no kind of it', () => {
    const evil = '*<!channel>* `x` <https://evil.example|click>';
    const window = sundays({ reason: evil, apps: [{ id: 'app-1', name: evil }], createdBy: { ...ann, name: evil } });
    const calledOff: Fact = { is: 'called-off', at: start, app: 'app-1', why: evil };
    const cancelled: Fact = { is: 'cancelled', at: noon, by: { ...ann, name: evil } };
    const facts: readonly (readonly [Fact, Occurrence])[] = [
      [{ ...asked, why: evil }, occurrence({ ...asked, why: evil })],
      [started, occurrence(started)],
      [calledOff, withFact(occurrence(started), calledOff)],
      [cancelled, occurrence(cancelled)],
    ];
    for (const text of [
      told('planned', null, { window }),
      ...facts.map(([fact, of]) => told(fact.is === 'ended' ? 'planned' : fact.is, fact, { window, of })),
    ]) {
      expect(text).not.toContain('<!channel>');
      expect(text).not.toContain('<https://evil');
    }
  });
});
