// The answer to /maint history APP RUN: everything that happened to one maintenance, who did it and when. Where a message cannot hold
// all of it, what people did is what stays.
import { phase } from '../../model/phase.ts';
import type { Entry } from '../../model/trail.ts';
import type { RunTrail } from '../../run/commands/reply.ts';
import { context, type Drawn, fits, header, lines, message } from './blocks.ts';
import { code, count, named, said, timeWithSeconds } from './text.ts';

const ALL: readonly Entry['weighs'][] = ['people', 'steps', 'rest'];

export function trail({ run, entries }: RunTrail): Drawn {
  const [kept, left] = fitted(entries);
  const whole = code(`npm run maint -- history ${run.app.name} ${run.id}`);
  const more = left === 0 ? 'Also as JSON and CSV' : `${count(left, 'entry', 'entries')} of ${entries.length} left out`;
  const says = `${run.app.name}, maintenance ${run.id}: ${phase(run)}`;
  return message(`${said(says, 200)}. ${kept.at(-1) ?? ''}`, {
    top: [header(says)],
    middle: lines(kept),
    bottom: [context(`${more}: ${whole} at a terminal, with ${code('--json')} or ${code('--csv')}.`)],
  });
}

/** As much as fits: waiting is left out first, then what was changed, then the oldest. And how many entries are not there. */
function fitted(entries: readonly Entry[]): readonly [string[], number] {
  let made: string[] = [];
  for (let most = ALL.length; most > 0; most -= 1) {
    made = entries.filter(({ weighs }) => ALL.slice(0, most).includes(weighs)).map(line);
    if (fits(made)) return [made, entries.length - made.length];
  }
  while (made.length > 1 && !fits(made)) made.shift();
  return [made, entries.length - made.length];
}

function line({ at, by, what }: Entry): string {
  return `${timeWithSeconds(at)}  ${by === null ? '' : `${named(by)} `}${said(what, 400)}`;
}
