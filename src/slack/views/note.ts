// Whatever the thread of a run is told: one message a note. Only questions are ever drawn anew; the other notes say what
// was so when they were posted.

import { unreachable } from '../../errors.ts';
import type { NoteKind } from '../../model/notes.ts';
import { quietSays } from '../../model/phase.ts';
import type { Finding } from '../../model/proof.ts';
import { approved, approvers } from '../../model/questions.ts';
import type { Run } from '../../model/run.ts';
import { workUnderWayAt } from '../../model/work.ts';
import { context, type Drawn, lines, message, section } from './blocks.ts';
import { asItStands } from './door.ts';
import { emergency } from './emergency.ts';
import { question } from './questions.ts';
import { backWords, receipt } from './receipt.ts';
import { called, code, duration, named, said, time } from './text.ts';
import { failedToQuiet, questionWords } from './words.ts';
import { workNote } from './work.ts';

/** What a note is about, as it is stored. */
export interface Told {
  readonly kind: NoteKind;
  readonly question: string | null;
}

/** Notes that the whole channel has to see, not only who follows the thread. */
export function broadcasts(run: Run, kind: NoteKind): boolean {
  if (kind === 'turned') return failedToQuiet(run) !== null;
  return kind === 'glass' || kind === 'watched' || kind === 'question' || kind === 'reminded' || kind === 'ended';
}

/** One message, but for an emergency card that is too long for one. */
export function note(run: Run, told: Told, now: number): readonly [Drawn, ...Drawn[]] {
  return told.kind === 'emergency' ? emergency(run, now) : [single(run, told.kind, told, now)];
}

function single(run: Run, kind: Exclude<NoteKind, 'emergency'>, told: Told, now: number): Drawn {
  switch (kind) {
    case 'question': {
      const asked = run.questions.find((q) => q.id === told.question);
      return asked === undefined ? line(run, 'a question that is not known any more.') : question(run, asked);
    }
    case 'quieted':
      return quieted(run);
    case 'turned': {
      const by = run.turned?.by ?? null;
      const why = run.turned?.why ?? '';
      const failed = failedToQuiet(run);
      if (failed !== null) {
        return line(
          run,
          `↩️ it could not be made quiet: ${said(failed, 800)}. Everything that was changed is put back, by itself.`,
        );
      }
      if (why === 'approved' && by !== null) {
        const given = run.questions.findLast(approved);
        if (run.glass !== null && run.glass.at === given?.answered?.at) {
          return line(run, `↩️ opened by ${named(by)} alone: it is on its way back.`);
        }
        const all = given === undefined ? [by] : approvers(given);
        return line(run, `↩️ approved by ${all.map(named).join(' and ')}: it is on its way back.`);
      }
      return line(
        run,
        `↩️ on its way back: ${said(why, 800)}${by === null ? '' : ` (${named(by)})`}. Everything that was changed is put back.`,
      );
    }
    case 'extended':
      return line(
        run,
        `⏱️ extended: the planned end is now ${time(run.endsAt)} (${duration(run.endsAt - run.askedAt)} in all).`,
      );
    case 'reminded':
      return reminded(run, told, now);
    case 'work-started':
    case 'work-ended':
    case 'work-output':
      return line(run, workNote(run, kind, told.question));
    case 'glass':
      return glass(run);
    case 'watched':
      return line(
        run,
        `✅ ${backWords(run)}, and ${asItStands(run)}. It is watched for ${duration(run.settings.watchAfter)}: what is found is told in this thread, and the receipt comes then.`,
      );
    case 'ended':
      return run.ended === null ? line(run, 'is not over yet.') : receipt(run, run.ended);
    default:
      return unreachable(kind);
  }
}

function line(run: Run, words: string): Drawn {
  const text = `*${said(run.app.name, 60)}*: ${words}`;
  return message(text, { top: [section(text)] });
}

/** Whoever is in the channel is to hear of it at once: it went past everybody who had to be asked. */
function glass(run: Run): Drawn {
  if (run.glass === null) return line(run, 'nobody has opened it alone.');
  const { by, because, at } = run.glass;
  const { count, asker } = run.settings.approvals;
  const instead =
    count === 1 && asker
      ? 'without the approval being given by anybody else'
      : `without the ${count === 1 ? 'approval' : `${count} approvals`} that it needs`;
  const text = `🚨 <!channel> ${named(by)} *broke the glass* and opens *${said(run.app.name, 60)}* alone, ${instead}, ${time(at)}: “${said(because, 500)}”${amid(run, at)}`;
  return message(`🚨 ${said(by.name, 80)} opens ${said(run.app.name, 60)} alone: ${said(because, 300)}`, {
    top: [section(text)],
  });
}

/** What was at work then: its users are let into the middle of it. */
function amid(run: Run, at: number): string {
  const [work] = workUnderWayAt(run, at);
  if (work === undefined) return '';
  const stop = work.dyno === null ? '' : `, as ${code(work.dyno.name, 60)}; to stop it: ${code(work.dyno.stop, 120)}`;
  return ` ⚠️ In the middle of ${code(work.shows, 60)}, asked for by ${named(work.by)}${stop}`;
}

function reminded(run: Run, told: Told, now: number): Drawn {
  const who = called(run.askedBy);
  const asked = run.questions.find((q) => q.id === told.question);
  if (asked !== undefined) {
    return line(run, `🔔 ${who}, this still waits for an answer, in this thread: ${questionWords(run, asked)}`);
  }
  const over = now - run.endsAt;
  const late = over >= 60_000 ? `, ${duration(over)} ago` : '';
  return line(
    run,
    `🔔 ${who}, the planned end was ${time(run.endsAt)}${late}. The app is still in maintenance: nothing opens by itself. Resume or Extend on the card.`,
  );
}

const marks: Readonly<Record<Finding['is'], string>> = { proved: '✅', 'not provable': '❔', violated: '❌' };

function quieted(run: Run): Drawn {
  const app = said(run.app.name, 60);
  const words = said(quietSays(run), 400);
  const findings = run.proof?.findings ?? [];
  const accepted = run.accepted.map(({ name, by }) => `• ${said(name, 100)}: accepted by ${named(by)}`);
  return message(`${app} is ${words}.`, {
    top: [section(`🔒 *${app}* is *${words}*. The way back starts with Resume, and with nothing else.`)],
    middle: [
      ...lines(findings.map((f) => `${marks[f.is]} *${said(f.subject, 80)}*, ${f.is}: ${said(f.says, 600)}`)),
      ...(findings.length === 0 ? [context('No evidence was recorded.')] : []),
      ...lines(accepted),
    ],
  });
}
