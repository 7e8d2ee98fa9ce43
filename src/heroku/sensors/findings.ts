// What samples of an app prove, and what they do not: pure. Each finding says the numbers and times that it rests on; what
// could not be read all the time is not provable (I10).
import type { Finding } from '../../model/proof.ts';
import { SCHEDULER } from '../steps/scheduler-jobs.ts';
import { databaseFindings } from './database-findings.ts';
import { queueFindings } from './queue-findings.ts';
import { ONE_OFFS, type Sample, type Schedules } from './sample.ts';
import { clock, count, each, few, over, rested } from './words.ts';

/** A dyno with a job's old command can start so long after its tick. Milliseconds. */
export const AFTER_TICK = 60_000;

/** `samples`: of one observation, oldest first. `holding`: people may be at work in the app, and are meant to. */
export function findingsOf(samples: readonly Sample[], holding = false): readonly Finding[] {
  const last = samples.at(-1);
  if (last === undefined) return [];
  const people = [...oneOffsIn(samples), ...(holding ? ['people at work while it is held'] : [])];
  const database = databaseFindings(samples, people);
  return [
    ...door(samples),
    ...dynos(samples),
    ...starts(samples),
    ...jobs(samples),
    ...others(samples),
    ...queueFindings(samples, people),
    ...database,
    ...oneOffs(samples),
    ...web(samples, database),
  ];
}

function door(samples: readonly Sample[]): readonly Finding[] {
  const asked = samples.filter((sample) => sample.door !== null);
  if (asked.length === 0) return [];
  const off = asked.filter((sample) => sample.door === false).map(({ at }) => `${clock(at)} UTC`);
  const numbers = (sample: Sample) => ({ on: sample.door });
  const subject = 'Maintenance mode';
  return off.length === 0
    ? [rested(subject, 'proved', 'on', asked, numbers)]
    : [rested(subject, 'violated', `maintenance mode is off (${few(off)})`, asked, numbers, ['maintenance mode'])];
}

function dynos(samples: readonly Sample[]): readonly Finding[] {
  const found: Finding[] = [];
  const here = over(samples);
  const strange = each(samples.flatMap((sample) => strangeIn(sample, jobsAreHeld(samples))));
  if (strange.length > 0) {
    const numbers = (sample: Sample) => ({ running: strangeIn(sample, jobsAreHeld(samples)) });
    found.push(rested('Dynos', 'violated', `still running: ${few(strange)}`, samples, numbers, strange));
  }
  const scaled = each(samples.flatMap((sample) => Object.keys(sample.scaled)));
  if (scaled.length > 0) {
    const numbers = (sample: Sample) => ({ ...sample.scaled });
    found.push(rested('Formation', 'violated', `scaled up again: ${few(scaled)}`, samples, numbers, scaled));
  }
  if (found.length > 0) return found;
  const running = (sample: Sample): number => sample.web + sample.dynos.length;
  const last = samples.at(-1);
  const says = `${last === undefined ? 0 : running(last)} running, none but web, one-offs and paused jobs, ${here}; all other process types at zero`;
  return [rested('Dynos', 'proved', says, samples, (sample) => ({ web: sample.web, other: sample.dynos.length }))];
}

/** Jobs that could not be paused go on starting: that was accepted by name. */
function jobsAreHeld(samples: readonly Sample[]): boolean {
  return !samples.every(({ jobs: of }) => of.is === 'unread');
}

function strangeIn(sample: Sample, held: boolean): string[] {
  return sample.dynos
    .filter(({ type, paused }) => !ONE_OFFS.includes(type) && !paused && (held || type !== 'scheduler'))
    .map(({ name }) => name);
}

/** What the samples could have missed. */
function starts(samples: readonly Sample[]): readonly Finding[] {
  const subject = 'Dyno starts';
  const last = samples.at(-1)?.log;
  const unread = samples.find(({ log }) => log.is === 'unread');
  const numbers = ({ log }: Sample) =>
    log.is === 'unread'
      ? { unread: log.why }
      : { lines: log.lines, other: log.strange.length, oneOffs: log.oneOffs.length, scheduled: log.scheduled.length };
  const of = (is: Finding['is'], says: string, what: readonly string[] = []): readonly Finding[] => [
    rested(subject, is, says, samples, numbers, what),
  ];
  const heard = samples.flatMap(({ log }) => (log.is === 'connected' ? [log] : []));
  const held = jobsAreHeld(samples);
  const loud = heard.flatMap((log) => log.scheduled.filter((one) => one.is === 'loud'));
  const strange = new Map(
    [...heard.flatMap((log) => log.strange), ...(held ? loud : [])].map((one) => [one.name, one]),
  );
  if (strange.size > 0) {
    const named = [...strange.values()].map(({ name, at }) => `${name} at ${clock(at)} UTC`);
    return of('violated', `started, by the log: ${few(named)}`, [...strange.keys()]);
  }
  if (last === undefined) return [];
  if (unread?.log.is === 'unread') {
    return of(
      'not provable',
      `the log was not there all the time (${unread.log.why}): starts between the samples are not seen`,
    );
  }
  if (last.is !== 'connected') return [];
  if (!held && loud.length > 0)
    return of('not provable', `jobs have started, by the log: ${few(loud.map((one) => one.name))}`);
  const unclear = last.scheduled.filter((one) => one.is === 'unclear').map((one) => one.name);
  if (unclear.length > 0) return of('not provable', `the log does not say what was started in ${few(unclear)}`);
  const people = last.oneOffs.length === 0 ? '' : `; by people: ${few(last.oneOffs.map((one) => one.name))}`;
  const paused =
    last.scheduled.length === 0 ? '' : `; ${count(last.scheduled.length, 'dyno')} of paused jobs, doing nothing`;
  const says = `no other dyno started, by ${count(last.lines, 'line')} of the log, connected since ${clock(samples[0]?.at ?? 0)} UTC (lines can be late, or lost)${people}${paused}`;
  return of('proved', says);
}

function jobs(samples: readonly Sample[]): readonly Finding[] {
  const found: Finding[] = [...scheduled(SCHEDULER, samples, ({ jobs: of }) => of)];
  const running = each(
    samples.flatMap((sample) =>
      sample.dynos.filter((one) => one.type === 'scheduler' && !one.paused).map((one) => one.name),
    ),
  );
  if (!jobsAreHeld(samples) && running.length > 0) {
    const numbers = (sample: Sample) => ({ dynos: sample.dynos.map(({ name }) => name) });
    found.push(rested(SCHEDULER, 'not provable', `jobs are running: ${few(running)}`, samples, numbers));
  }
  return found;
}

function others(samples: readonly Sample[]): readonly Finding[] {
  const asked = samples.filter((sample) => sample.others !== null);
  const titles = each(asked.flatMap((sample) => sample.others ?? []).map(({ title }) => title));
  return titles.flatMap((title) => [
    ...scheduled(title, asked, (sample) => sample.others?.find((one) => one.title === title)?.found ?? { is: 'none' }),
  ]);
}

function scheduled(
  subject: string,
  samples: readonly Sample[],
  pick: (sample: Sample) => Schedules,
): readonly Finding[] {
  const all = samples.map((sample) => pick(sample));
  if (all.every(({ is }) => is === 'none')) return [];
  const numbers = (sample: Sample) => {
    const of = pick(sample);
    if (of.is === 'unread') return { unread: of.why };
    return of.is === 'none' ? { jobs: 0 } : { jobs: of.all, paused: of.all - of.loud.length };
  };
  const finding = (is: Finding['is'], says: string, what: readonly string[] = []): readonly Finding[] => [
    rested(subject, is, says, samples, numbers, what),
  ];
  const loud = each(all.flatMap((of) => (of.is === 'read' ? of.loud : [])));
  if (loud.length > 0) return finding('violated', `not paused: ${few(loud)}`, loud);
  const unread = all.find((of) => of.is === 'unread');
  if (unread?.is === 'unread') {
    return finding('not provable', `its jobs cannot be read: whether they start is not known (${unread.why})`);
  }
  const read = all.flatMap((of) => (of.is === 'read' ? [of] : []));
  const last = read.at(-1);
  const [first] = samples;
  if (last === undefined || first === undefined) return [];
  if (subject !== SCHEDULER) return finding('proved', `${last.all} of ${last.all} paused, read back ${over(samples)}`);
  const said = `${last.all} of ${last.all} jobs carry the marker of this maintenance, read back ${over(samples)}`;
  const tick = read[0]?.ticked ?? null;
  if (tick === null) return finding('proved', said);
  const after = (samples.at(-1)?.at ?? 0) - tick;
  const due = `one was due at ${clock(tick)} UTC`;
  if (after < AFTER_TICK) return finding('not provable', `${said}; but ${due}, and its dyno may still start`);
  return finding('proved', `${said}; ${due}, ${Math.round(after / 1_000)} s before the last of them`);
}

function oneOffsIn(samples: readonly Sample[]): readonly string[] {
  return each(
    samples.flatMap(({ dynos: of, log }) => [
      ...of.filter(({ type }) => ONE_OFFS.includes(type)).map(({ name }) => name),
      ...(log.is === 'connected' ? log.oneOffs.map(({ name }) => name) : []),
    ]),
  );
}

function oneOffs(samples: readonly Sample[]): readonly Finding[] {
  const names = oneOffsIn(samples);
  if (names.length === 0) return [];
  const numbers = (sample: Sample) => ({
    dynos: sample.dynos.filter(({ type }) => ONE_OFFS.includes(type)).map(({ name }) => name),
  });
  return [rested('One-off dynos', 'not provable', `${few(names)} may write`, samples, numbers)];
}

/** What web does behind the closed door cannot be seen, but for what it writes into a database that is looked into. */
function web(samples: readonly Sample[], database: readonly Finding[]): readonly Finding[] {
  const n = samples.at(-1)?.web ?? 0;
  if (n === 0) return [];
  const numbers = (sample: Sample) => ({ dynos: sample.web });
  const keep = `${n} web ${n === 1 ? 'dyno keeps' : 'dynos keep'} running`;
  if (database.some(({ is }) => is === 'proved')) {
    return [rested('Web', 'proved', `${keep}, and nothing was written in the app's Postgres`, samples, numbers)];
  }
  const says = `${keep}: what ${n === 1 ? 'it does' : 'they do'} in the background cannot be seen`;
  return [rested('Web', 'not provable', says, samples, numbers)];
}
