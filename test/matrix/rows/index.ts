// All rows of the matrix that are played in one process, in the order of `expected.md`.
import type { RowOfCells } from '../cells.ts';
import { addOnRows } from './add-ons.ts';
import { appRows } from './app.ts';
import { cuts } from './cut.ts';
import { herokuLasting } from './heroku-lasting.ts';
import { herokuOnce } from './heroku-once.ts';
import { journeyRows } from './journeys.ts';
import { several } from './several.ts';
import { slackRows } from './slack.ts';
import { somebodyRows } from './somebody.ts';
import { storeRows } from './store.ts';

const each: readonly RowOfCells[] = [
  ...cuts,
  ...herokuOnce,
  ...herokuLasting,
  ...appRows,
  ...slackRows,
  ...storeRows,
  ...somebodyRows,
  ...addOnRows,
  ...journeyRows,
];

/** A deleted app has an end of its own, seeds have no place, and the others know neither add-ons nor other ways through. */
const alone = ['app-deleted', 'cut-often', ...[...addOnRows, ...journeyRows].map(({ name }) => name)];

export const rows: readonly RowOfCells[] = [...each, several(each.filter(({ name }) => !alone.includes(name)))];
