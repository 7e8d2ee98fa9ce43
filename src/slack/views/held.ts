// An app that is held, in words: whether it is still quiet, how it is watched, and what people do in it meanwhile. The card and
// the status say it alike because they say it with this; what a patrol finds is the engine's business.
import type { Activity } from '../../model/event.ts';
import { quietSays, stoppedWords } from '../../model/phase.ts';
import { acceptedLoud, open } from '../../model/questions.ts';
import type { Patrol, Question, Run, Trouble } from '../../model/run.ts';
import { code, count, duration, named, said, time, timeWithSeconds } from './text.ts';

/** Of what people did, the newest; a deploy a minute must not push the buttons out of sight. */
const NEWEST = 5;

export function isHeld(run: Run): boolean {
  return run.ended === null && run.way === 'quiet' && run.quietAt !== null;
}

/** "quiet except worker (accepted by Ada)"; not escaped. Nothing is called quiet that is not, or that nobody can see. */
export function stillQuiet(run: Run): string {
  if (loudOf(run).length > 0) return 'not quiet any more';
  if (run.steps.quiet.some((step) => step.state !== 'done')) return 'being made quiet again';
  const accepted = acceptedOf(run).map(({ label, by }) => `${label} (accepted by ${by})`);
  const unseen = (run.patrol?.unseen ?? []).map(({ title }) => title);
  const more = [...accepted, ...unseen].join(', ');
  const quiet = quietSays(run);
  const words = more === '' ? quiet : quiet === 'quiet' ? `quiet except ${more}` : `${quiet}, ${more}`;
  return run.patrol?.trouble == null ? words : `${words}, when last looked at`;
}

/** The open questions about what is not quiet any more, of one step or of all. */
export function loudOf(run: Run, step?: string): readonly (Question['about'] & { is: 'violation' })[] {
  return run.questions.flatMap(({ about, ...question }) =>
    about.is === 'violation' && open({ about, ...question }) && (step === undefined || about.step === step)
      ? [about]
      : [],
  );
}

/** What is not quiet, and a person has said that it may stay so. */
function acceptedOf(run: Run, step?: string): readonly { label: string; by: string; shows: string }[] {
  return run.questions.flatMap(({ about, answered }) =>
    about.is === 'violation' &&
    answered?.answer === 'accept' &&
    (step === undefined || about.step === step) &&
    acceptedLoud(run, about, about.now)
      ? [{ label: about.label, by: answered.by.name, shows: about.shows.now }]
      : [],
  );
}

/** Escaped; nothing where it is not held. */
export function heldLines(run: Run): string[] {
  if (!isHeld(run) || run.quietAt === null) return [];
  const { patrol } = run;
  const again = run.steps.quiet.filter((step) => step.state !== 'done' && step.kind === 'hold');
  return [
    `Proved quiet at ${time(run.quietAt)}.`,
    ...again.map((step) => `⏳ *${said(step.title, 60)}* is being made quiet again; then it is proved again.`),
    ...(patrol === null ? [] : [...watchLines(patrol), ...stoppedLines(run), ...activityLines(patrol.activity)]),
  ];
}

/** Escaped: "Watched by polls every 48 s." */
export function watchLines(patrol: Patrol): string[] {
  const every = duration(patrol.every);
  const by = patrol.by === 'webhooks' ? `webhooks, and a look every ${every}` : `polls every ${every}`;
  const blind = patrol.trouble;
  return [
    ...(patrol.every > 0 ? [`👁️ Watched by ${by}.`] : []),
    ...(blind === null
      ? []
      : [`⚠️ Not looked at since ${time(blind.since)}: ${said(blind.why, 300)} ${said(blind.remedy, 300)}`.trimEnd()]),
    ...patrol.unseen.map(({ title, why }) => `⚠️ *${said(title, 60)}* cannot be looked at: ${said(why, 300)}`),
  ];
}

/** Escaped; nothing where none was. A job that is killed half way may have to be run again. */
function stoppedLines(run: Run): string[] {
  const words = stoppedWords(run);
  if (words === null) return [];
  const newest = (run.patrol?.activity ?? []).filter(({ stopped }) => stopped !== undefined).slice(-NEWEST);
  return [
    `✂️ *Stopped ${said(words, 200)}* that began while it was held, wherever they were: see whether they have to be run again.`,
    ...newest.reverse().map(({ says, at }) => `• ${time(at)}  ${said(says, 200)}`),
  ];
}

function activityLines(all: readonly Activity[]): string[] {
  const activity = all.filter(({ stopped }) => stopped === undefined);
  if (activity.length === 0) return [];
  const newest = activity.slice(-NEWEST).reverse();
  const more = activity.length - newest.length;
  return [
    '*Meanwhile, done by people* (their work: nothing of it is put back):',
    ...newest.map(({ says, at }) => `• ${time(at)}  ${said(says, 200)}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}

/** Escaped: a step that is done, as far as it still holds; null where there is nothing to add. */
export function stepStillHolds(run: Run, step: string): string | null {
  if (!isHeld(run)) return null;
  const loud = loudOf(run, step);
  if (loud.length > 0) {
    const items = loud
      .slice(0, NEWEST)
      .map(({ label, shows }) => `${code(label, 60)} ${code(shows.now, 40)} (wanted ${code(shows.wanted, 40)})`);
    const more = loud.length - items.length;
    return `NOT quiet any more: ${items.join(', ')}${more > 0 ? ` and ${count(more, 'item')} more` : ''}`;
  }
  const accepted = acceptedOf(run, step);
  if (accepted.length === 0) return null;
  const names = accepted
    .slice(0, NEWEST)
    .map(
      ({ label, by, shows }) =>
        `${code(label, 60)} at ${code(shows, 40)}, accepted by ${named({ id: '', name: by, via: 'slack' })}`,
    );
  return `done, but ${names.join('; ')}`;
}

/** Escaped: until when an empty bucket makes it wait; nothing where it does not. */
export function untilWords(trouble: Trouble | null): string {
  if (trouble === null || trouble.notBefore <= trouble.at) return '';
  return ` Heroku allows the next call at ${timeWithSeconds(trouble.notBefore)}.`;
}

/** The latest of the times that the run waits for; escaped. */
export function waitLine(run: Run): string | null {
  const troubles = [
    ...run.steps[run.way].filter((step) => step.state !== 'done').map((step) => step.trouble),
    run.approvalTrouble,
    isHeld(run) ? (run.patrol?.trouble ?? null) : null,
  ];
  const waits = troubles.filter((trouble) => untilWords(trouble) !== '');
  const [last] = waits.toSorted((a, b) => (b?.notBefore ?? 0) - (a?.notBefore ?? 0));
  return last == null || run.ended !== null ? null : `⏸️ *It waits*:${untilWords(last)}`;
}
