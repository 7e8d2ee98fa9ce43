// Whether the app's users are kept out: one fact, derived from the door's item, so that the card, the questions and their
// dialogs cannot say different things about it. It is what maint set and what Heroku answered, not a look at the app.
import { same } from '../../model/json.ts';
import { approved, open, violationOf } from '../../model/questions.ts';
import { type ItemState, type Run, step } from '../../model/run.ts';

export type Users =
  /** No plan yet, or the run holds no door. */
  | 'unknown'
  | 'let in'
  | 'being kept out'
  | 'kept out'
  /** The app was in maintenance mode before, so maint neither closed it nor will open it. */
  | 'kept out as before'
  | 'being let in'
  /** Somebody else has opened the app while it was held. */
  | 'let in meanwhile'
  /** A person gave up the step before it was known to be done. */
  | 'left as it is';

export function users(run: Run): Users {
  const door = doorOf(run);
  const item = run.items.find((one) => one.step === door);
  if (door === null || item === undefined) return 'unknown';
  if (item.settled === null && openedMeanwhile(run, item)) return 'let in meanwhile';
  if (same(item.before, item.aim)) return 'kept out as before';
  if (item.sent.length === 0) return 'let in';
  switch (item.settled?.as) {
    case 'before':
      return 'let in';
    case 'kept':
      return same(item.settled.now, item.before) ? 'let in' : 'kept out';
    case 'left':
    case 'gone':
      return 'left as it is';
    default:
      return moving(run, door, item);
  }
}

/** As a patrol saw it and nobody has closed it again, or as the list showed it that was approved. */
function openedMeanwhile(run: Run, item: ItemState): boolean {
  const last = violationOf(run, item);
  if (last !== undefined && (open(last) || (last.withdrawn === null && last.answered?.answer === 'accept')))
    return true;
  const given = run.questions.findLast(approved);
  const row = given?.shown?.rows.find((one) => one.step === item.step && one.key === item.key);
  return row !== undefined && item.sent.length > 0 && row.now === row.before;
}

function moving(run: Run, door: string, item: ItemState): Users {
  if (same(item.sent.at(-1) ?? null, item.before)) return 'being let in';
  const quieted = step(run, 'quiet', door)?.state;
  return quieted === 'done' || quieted === 'moving' ? 'kept out' : 'being kept out';
}

/** The step that opens last on the way back. */
export function doorOf(run: Run): string | null {
  return [...run.steps.back, ...run.steps.quiet].find((one) => one.door)?.name ?? null;
}

const cards: Readonly<Record<Users, string | null>> = {
  unknown: null,
  'let in': 'let in',
  'being kept out': 'being kept out',
  'kept out': 'kept out',
  'kept out as before': 'kept out, as before the maintenance',
  'being let in': 'being let in',
  'let in meanwhile': 'let in: somebody has opened the app in the middle of the maintenance',
  'left as it is': 'not known: opening the app was given up',
};

/** For the card; null where there is nothing to say. */
export function usersLine(run: Run): string | null {
  const words = run.ended?.as === 'cancelled' ? null : cards[users(run)];
  return words === null ? null : `*Users*: ${words}`;
}

/** What an open question means for them; a sentence, or nothing. */
export function whileAsked(run: Run): string {
  switch (users(run)) {
    case 'kept out':
    case 'being kept out':
      return 'The users of the app are kept out until this is answered.';
    case 'kept out as before':
      return 'The app was in maintenance mode before, and stays so.';
    case 'let in':
    case 'let in meanwhile':
      return 'The app is open to its users already.';
    case 'being let in':
      return 'The app is being opened to its users already.';
    default:
      return '';
  }
}

/** What comes of them when everything in a list is put back. `doorIsBack`: its row needs nothing any more. */
export function onceBack(run: Run, doorIsBack: boolean): string {
  const now = users(run);
  if (now === 'kept out as before') return 'The app stays in maintenance mode, as it was before.';
  if (now === 'let in' || now === 'let in meanwhile' || doorIsBack) return 'The app is open to its users already.';
  return now === 'unknown' ? '' : 'The app opens to its users last.';
}

/** What comes of them when a step is given up. */
export function onceGivenUp(run: Run, name: string): string {
  switch (users(run)) {
    case 'let in':
    case 'let in meanwhile':
      return 'The app is open already.';
    case 'kept out as before':
      return 'The app stays in maintenance mode, as it was before.';
    case 'unknown':
      return '';
    default:
      return name === doorOf(run)
        ? 'maint does not open the app any more: its users may stay kept out.'
        : 'The app opens to its users afterwards.';
  }
}

/** For a last look that could not be made: how the app stands meanwhile; a clause. */
export function asItStands(run: Run): string {
  switch (users(run)) {
    case 'let in':
    case 'let in meanwhile':
      return 'the app is open';
    case 'kept out as before':
      return 'the app is in maintenance mode, as before';
    case 'left as it is':
      return 'opening the app was given up';
    case 'unknown':
      return 'nothing more is to be done';
    default:
      return 'the users of the app are still kept out';
  }
}
