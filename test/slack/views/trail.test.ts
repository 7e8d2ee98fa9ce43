import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../src/model/trail.ts';
import { trail } from '../../../src/slack/views/trail.ts';
import { expectSlackTakes, shown } from '../drawn.ts';
import { ada, at, MINUTE, planned, runOf, toQuiet } from '../runs.ts';

const run = runOf([planned(), ...toQuiet]);
const entry = (seq: number, more: Partial<Entry> = {}): Entry => ({
  seq,
  at: at + seq * MINUTE,
  is: 'sent',
  by: null,
  what: `Workers: <!channel> sent ${seq}`,
  weighs: 'steps',
  ...more,
});
const told = (entries: readonly Entry[]) => {
  const drawn = trail({ is: 'trail', run, entries });
  expectSlackTakes(drawn);
  return drawn;
};

describe('the trail of a run as a message', () => {
  test('has every entry with its time and who did it, and pings nobody', () => {
    const words = shown(told([entry(1), entry(2, { by: ada, what: 'asked for it', weighs: 'people' })]));
    expect(words).toMatch(/<!date\^.*> {2}Workers: &lt;!channel&gt; sent 1\n<!date\^.*> {2}\*ada\* asked for it/su);
    expect(words).toMatch(/Also as JSON and CSV: `npm run maint -- history shop m1`/u);
  });

  test('leaves out waiting, then the steps, before anything that people did, and says how many', () => {
    const people = Array.from({ length: 20 }, (_, i) =>
      entry(i, { by: ada, what: `did thing ${i}.`, weighs: 'people' }),
    );
    const steps = Array.from({ length: 60 }, (_, i) => entry(100 + i, { what: `step ${i}.` }));
    const rest = Array.from({ length: 900 }, (_, i) => entry(200 + i, { what: `waits ${i}.`, weighs: 'rest' }));
    const without = shown(told([...people, ...steps, ...rest]));
    expect(without).toContain('did thing 0.');
    expect(without).toContain('step 59.');
    expect(without).not.toContain('waits 1.');
    expect(without).toContain('900 entries of 980 left out');
    const more = Array.from({ length: 400 }, (_, i) => entry(100 + i, { what: `step ${i}.` }));
    const fewer = shown(told([...people, ...more, ...rest]));
    expect(fewer).toContain('did thing 19.');
    expect(fewer).not.toContain('step 3.');
  });

  test('of more than fits of what people did the newest is kept', () => {
    const many = Array.from({ length: 500 }, (_, i) =>
      entry(i, { by: ada, what: `did thing ${i}.`, weighs: 'people' }),
    );
    const words = shown(told(many));
    expect(words).toContain('did thing 499.');
    expect(words).not.toContain('did thing 0.');
  });
});
