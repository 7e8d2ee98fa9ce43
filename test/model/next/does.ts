// What a run does next, as the tests say it.
import { expect } from 'vitest';
import type { Action } from '../../../src/model/action.ts';
import { next } from '../../../src/model/next.ts';
import type { Story } from '../../helpers/make-run.ts';

/** At the time of its last event or so much later, milliseconds. */
export function does(story: Story, ms = 0): Action {
  return next(story.run, story.now + ms);
}

export function records(events: readonly object[]): object {
  return { do: 'record', events: events.map((event) => expect.objectContaining(event)) };
}
