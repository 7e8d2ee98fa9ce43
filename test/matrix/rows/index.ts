// All rows of the matrix that are played in one process, in the order of `expected.md`.
import type { RowOfCells } from '../cells.ts';
import { appRows } from './app.ts';
import { cuts } from './cut.ts';
import { herokuLasting } from './heroku-lasting.ts';
import { herokuOnce } from './heroku-once.ts';
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
];

/** A deleted app has an end of its own, and seeds have no place. */
const alone = ['app-deleted', 'cut-often'];

export const rows: readonly RowOfCells[] = [...each, several(each.filter(({ name }) => !alone.includes(name)))];
