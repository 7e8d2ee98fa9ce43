import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { type Judgement, judge } from '../../src/model/judge.ts';

describe('I4: one function judges every item', () => {
  const item = (before: Json, ...sent: Json[]) => ({ before, sent });

  test.each<[string, { before: Json; sent: Json[] }, Json | undefined, Judgement]>([
    ['as it was before: nothing to do', item(4, 0), 4, 'before'],
    ['as we set it: ours to put back', item(4, 0), 0, 'ours'],
    ['as we set it on the way, one dyno first: ours', item(4, 0, 1), 1, 'ours'],
    ['as we set it the first time of two: still ours', item(4, 0, 1), 0, 'ours'],
    ['not there any more: gone', item(4, 0), undefined, 'gone'],
    ['something else: drift', item(4, 0), 7, 'drift'],
    ['what was sent equals before: before wins', item(0, 0), 0, 'before'],
    ['never sent, and different: drift, never ours', item(4), 0, 'drift'],
    ['an absent variable that is absent: before', item(null, 'true'), null, 'before'],
    ['an absent variable that we set: ours', item(null, 'true'), 'true', 'ours'],
    ['an absent variable that somebody set to nothing: drift', item(null, 'true'), '', 'drift'],
    ['"false" is not the same as absent: drift', item('false', 'true'), null, 'drift'],
    ['the text "4" is not the number 4: drift', item(4, 0), '4', 'drift'],
    ['an object with its keys in another order: before', item({ a: 1, b: 2 }, 'x'), { b: 2, a: 1 }, 'before'],
  ])('%s', (_says, captured, now, judgement) => {
    expect(judge(captured, now)).toBe(judgement);
  });
});
