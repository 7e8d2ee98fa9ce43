// Where the steps of queues stand among the others: each place has its reason in the literal lists.
import { expect, it } from 'vitest';
import { holdsOf } from '../heroku/steps/stage.ts';
import { scenes } from './scene.ts';

const sceneFor = scenes();

it('every hold of an app with queues is on both ways, once, and nothing is held or waited for out of turn', async () => {
  const { lists } = await sceneFor({});
  const [quiet, back] = [lists.quiet, lists.back].map((steps) => steps.map(({ name }) => name));
  const holds = (steps: typeof lists.quiet) => holdsOf(steps).map(({ name }) => name);
  expect(holds(lists.quiet).toSorted()).toEqual(holds(lists.back).toSorted());
  expect(new Set(quiet).size).toBe(quiet?.length);
  const inOrder = (all: readonly string[] | undefined, ...names: string[]) =>
    expect(all?.filter((name) => names.includes(name))).toEqual(names);
  inOrder(quiet, 'contract', 'http-drain', 'maintenance');
  inOrder(
    quiet,
    'scheduler',
    'clocks',
    'one-offs',
    'intake',
    'quieted',
    'drain',
    'workers',
    'web',
    'variable',
    'proof',
  );
  inOrder(
    back,
    'variable',
    'web',
    'health',
    'intake',
    'workers',
    'quieted',
    'clocks',
    'scheduler',
    'maintenance',
    'contract',
  );
});
