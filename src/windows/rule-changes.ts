// What a recurring window does on the nights on which clocks change: it stays at its local time, and where that time is not
// there, or is there twice, a person has said at saving what happens. The answer is kept with the rule.
import type { LocalDate, Rule } from '../model/window.ts';
import { addDays } from './calendar.ts';
import { dayWords } from './day-words.ts';
import type { Text } from './reading.ts';
import { names } from './recurrence.ts';
import { type Change, changesIn, instantsOf, localOf, offsetWords } from './zone.ts';

const DAY = 86_400_000;
/** A Sunday rule meets every change in Europe; the 28th of the month some of them. */
const LOOK_AHEAD = 10 * 366 * DAY;

export interface Night {
  readonly date: LocalDate;
  readonly change: Change;
}

/** The first night, after `from`, of each kind, on which the rule names the day and the clocks its time not once. */
export function nightsOf(
  rule: Rule,
  zone: string,
  from: number,
): { readonly missing: Night | null; readonly twice: Night | null } {
  let missing: Night | null = null;
  let twice: Night | null = null;
  for (const change of changesIn(zone, from, from + LOOK_AHEAD)) {
    const near = localOf(zone, change.at).date;
    for (const date of [addDays(near, -1), near, addDays(near, 1)]) {
      if (date < rule.from || (rule.until !== null && date > rule.until) || !names(rule, date)) continue;
      const { is } = instantsOf(zone, { date, time: rule.at });
      if (is === 'missing') missing ??= { date, change };
      if (is === 'twice') twice ??= { date, change };
    }
    if (missing !== null && twice !== null) break;
  }
  return { missing, twice };
}

/** Asks only where it will happen within ten years. */
export function changeRule(text: Text, rule: Rule, zone: string): Pick<Rule, 'missing' | 'twice'> {
  const { missing, twice } = nightsOf(rule, zone, text.now);
  return {
    missing: missing === null ? rule.missing : askMissing(text, rule, zone, missing.date),
    twice: twice === null ? rule.twice : askTwice(text, rule, zone, twice.date),
  };
}

function askMissing(text: Text, rule: Rule, zone: string, date: LocalDate): Rule['missing'] {
  const instants = instantsOf(zone, { date, time: rule.at });
  if (instants.is !== 'missing') return rule.missing;
  const shown = (at: number): string => `At ${localOf(zone, at).time} (${offsetWords(zone, at)}) in such a night`;
  const answer = text.choose(
    'rule-missing',
    `When the clocks in ${zone} go forward there is no ${rule.at}, next on ${dayWords(date)}. What happens in such a night?`,
    [
      { answer: 'earlier', words: shown(instants.earlier) },
      { answer: 'later', words: shown(instants.later) },
      { answer: 'skip', words: 'No window in such a night' },
    ],
  );
  return answer === 'earlier' || answer === 'skip' ? answer : 'later';
}

function askTwice(text: Text, rule: Rule, zone: string, date: LocalDate): Rule['twice'] {
  const instants = instantsOf(zone, { date, time: rule.at });
  if (instants.is !== 'twice') return rule.twice;
  const answer = text.choose(
    'rule-twice',
    `When the clocks in ${zone} go back ${rule.at} comes twice, next on ${dayWords(date)}. Which one is it in such a night?`,
    [
      { answer: 'first', words: `The first ${rule.at} (${offsetWords(zone, instants.first)})` },
      { answer: 'second', words: `The second ${rule.at} (${offsetWords(zone, instants.second)})` },
    ],
  );
  return answer === 'second' ? 'second' : 'first';
}
