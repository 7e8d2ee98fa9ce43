import { describe, expect, test } from 'vitest';
import { phase } from '../../src/model/phase.ts';
import {
  alpha,
  ann,
  approvalShown,
  asked,
  back,
  bob,
  concern,
  drifted,
  holding,
  quieting,
  shut,
} from '../helpers/make-run.ts';

describe('the phase that people see', () => {
  test('is planning until something is sent', () => {
    expect(phase(asked().run)).toBe('planning');
    expect(phase(asked().planned().run)).toBe('planning');
    expect(phase(asked().planned().sending('quiet', 'door', 'door', true).run)).toBe('quieting');
  });

  test('needs a person where something has to be accepted before the start', () => {
    const waiting = asked()
      .planned([concern()])
      .and({ is: 'asked', question: 's1', about: { is: 'start', names: ['scheduler'] } });
    expect(phase(waiting.run)).toBe('needs a person');
    expect(phase(waiting.and({ is: 'answered', question: 's1', answer: 'accept', by: ann }).run)).toBe('planning');
  });

  test('is quieting until all is quiet, then holding', () => {
    expect(phase(quieting().run)).toBe('quieting');
    expect(phase(holding().run)).toBe('holding');
  });

  test('is holding too where nothing had to be sent', () => {
    expect(
      phase(
        asked()
          .planned(
            [],
            [
              { ...alpha, before: 0 },
              { ...shut, before: true },
            ],
          )
          .and({ is: 'quieted' }).run,
      ),
    ).toBe('holding');
  });

  test('stays holding while an approval is open: people are at work', () => {
    expect(phase(approvalShown().run)).toBe('holding');
  });

  test('needs a person on the way back while drift or a stuck step is asked about, later or not', () => {
    const drift = back().and(drifted());
    expect(phase(back().run)).toBe('restoring');
    expect(phase(drift.run)).toBe('needs a person');
    expect(phase(drift.and({ is: 'answered', question: 'd1', answer: 'later', by: bob }).run)).toBe('needs a person');
    expect(phase(drift.and({ is: 'answered', question: 'd1', answer: 'keep', by: bob }).run)).toBe('restoring');
    expect(phase(drift.and({ is: 'withdrawn', question: 'd1', why: 'moot' }).run)).toBe('restoring');
  });

  test.each(['restored', 'cancelled'] as const)('is %s at the end, whatever was still asked', (as) => {
    expect(phase(back().and(drifted(), { is: 'ended', as, why: '' }).run)).toBe(as);
  });
});
