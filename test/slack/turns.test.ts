// When what was acknowledged is worked on: real time, of this process. Only what must have passed at least is held against it.
import { setTimeout as later, setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { takingTurns } from '../../src/slack/turns.ts';

test('none is worked on before 20 ms have gone by without another, or 250 since it came, and they keep their order', async () => {
  const turns = takingTurns();
  let last = 0;
  const worked: { which: number; sinceItCame: number; sinceAny: number }[] = [];
  const work = async (which: number): Promise<void> => {
    const came = performance.now();
    last = came;
    await turns.mine();
    const now = performance.now();
    worked.push({ which, sinceItCame: now - came, sinceAny: now - last });
  };
  const all: Promise<void>[] = [];
  for (let which = 0; which < 20; which += 1) {
    all.push(work(which));
    // As they are read from sockets: one after the other, with everything else in between.
    await setImmediate();
  }
  await Promise.all(all);
  expect(worked.map(({ which }) => which)).toEqual(Array.from({ length: 20 }, (_, which) => which));
  expect(worked.filter(({ sinceItCame, sinceAny }) => sinceAny < 20 && sinceItCame < 250)).toEqual([]);
});

test('where they come without end the first is worked on all the same', async () => {
  const turns = takingTurns();
  const worked: number[] = [];
  const work = async (): Promise<void> => {
    await turns.mine();
    worked.push(performance.now());
  };
  const all = [work()];
  while (worked.length === 0) {
    all.push(work());
    await later(5);
  }
  await Promise.all(all);
});
