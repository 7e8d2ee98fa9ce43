import { describe, expect, test } from 'vitest';
import { approvalShown, HOUR } from '../helpers/make-run.ts';
import { does } from './next/does.ts';

describe('a run that has ended', () => {
  test('does nothing any more, whatever is open', () => {
    const ended = approvalShown().and({ is: 'ended', as: 'restored', why: '' });
    expect(does(ended, 100 * HOUR)).toEqual({ do: 'rest', until: null });
  });
});
