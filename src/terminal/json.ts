// What `--json` prints: stable field names, times in ISO 8601, and nothing that could be a secret. The snapshot's raw
// values (scheduled commands among them) stay in the store (I8).
import { answersTo } from '../model/decide.ts';
import type { About } from '../model/event.ts';
import { phase } from '../model/phase.ts';
import { quietWords } from '../model/preflight.ts';
import { open } from '../model/questions.ts';
import { concernsOf, isSkipped, type Patrol, type Run, type Trouble, touched, type Work } from '../model/run.ts';
import type { Receipt } from '../run/commands/reply.ts';
import { historyJson, trailJson } from './history.ts';
import { inventoryJson } from './inventory.ts';
import { findingJson, proofJson } from './proof.ts';
import type { Reply } from './protocol.ts';
import { byHand, byHandOf } from './undo.ts';
import { startedJson, windowJson } from './windows-text.ts';
import { howToAnswer } from './words.ts';

export function asJson(reply: Reply): unknown {
  switch (reply.is) {
    case 'refused':
      return {
        refused: {
          says: reply.says,
          remedy: reply.remedy,
          ...('problems' in reply ? { problems: reply.problems } : {}),
        },
      };
    case 'plan': {
      const { app, at, go, words, concerns, inventory, items, run } = reply;
      const lines = items.map(({ step, key, label, quiet }) => ({ step, key, label, will: quiet.will }));
      const undo = run === null ? byHandOf(reply) : byHand(run);
      return {
        app,
        at: iso(at),
        go,
        words,
        concerns,
        inventory: inventoryJson(inventory),
        items: lines,
        undo,
        run: run === null ? null : runJson(run),
      };
    }
    case 'diagnosis':
      return { app: reply.app, checks: reply.checks, plan: asJson(reply.plan) };
    case 'status':
      return { runs: reply.runs.map(runJson) };
    case 'history':
      return historyJson(reply);
    case 'trail':
      return trailJson(reply);
    case 'working':
    case 'output':
      return { run: runJson(reply.run), work: workJson(reply.work) };
    case 'started':
    case 'changed':
      return { run: runJson(reply.run) };
    case 'exported':
      return reply.file;
    case 'proved':
      return proofJson(reply);
    case 'preview':
      return { run: runJson(reply.run), rows: reply.rows, approve: reply.hash, made: iso(reply.made) };
    case 'receipt':
      return receiptJson(reply);
    case 'settings':
      // Exactly what can be handed in again.
      return reply.settings;
    case 'settings-change': {
      const { app, saved, version, changes, underWay } = reply;
      return { app, saved, version, changes, underWay };
    }
    case 'window-proposal':
      return { draft: reply.draft, words: reply.words };
    case 'window-question':
      return { question: reply.question, asOf: iso(reply.now) };
    case 'checklist':
      return { at: iso(reply.at), checklist: reply.items };
    case 'windows':
      return { windows: reply.windows.map(windowJson) };
    case 'window-changed':
      return { what: reply.what, window: windowJson(reply.listed) };
    case 'window-started':
      return startedJson(reply);
  }
}

export function runJson(run: Run) {
  return {
    id: run.id,
    app: run.app,
    phase: phase(run),
    way: run.way,
    quiet: run.quietAt === null ? null : { at: iso(run.quietAt), words: quietWords(concernsOf(run)) },
    askedBy: run.askedBy,
    because: run.because,
    askedAt: iso(run.askedAt),
    endsAt: iso(run.endsAt),
    turned: run.turned === null ? null : { by: run.turned.by, why: run.turned.why, at: iso(run.turned.at) },
    steps: run.steps[run.way]
      .filter((step) => !isSkipped(run, step))
      .map(({ name, title, state, why, trouble }) => ({ name, title, state, why: trouble?.why ?? why })),
    items: run.items.map((item) => ({
      step: item.step,
      key: item.key,
      label: item.label,
      will: item.quiet.will,
      byHand: item.back.byHand,
      touched: touched(item),
      settled: item.settled?.as ?? null,
      keptBy: item.settled?.by ?? null,
    })),
    /** The commands that undo everything by hand, in the order of the way back. */
    undo: byHand(run),
    approvalTrouble: run.ended === null && run.approvalTrouble !== null ? troubleJson(run.approvalTrouble) : null,
    questions: run.questions.map((question) => ({
      id: question.id,
      open: open(question),
      about: aboutJson(question.about),
      answers: answersTo(question),
      how: howToAnswer(run, question),
      rows: question.shown?.rows ?? null,
      hash: question.shown?.hash ?? null,
      answered: question.answered === null ? null : { ...question.answered, at: iso(question.answered.at) },
      withdrawn: question.withdrawn,
    })),
    patrol: run.patrol === null ? null : patrolJson(run.patrol),
    /** What maint has run for the operators; commands redacted, and without what they printed. */
    works: run.works.map(workJson),
    /** Without the numbers: those are `proof`'s. */
    proof:
      run.proof?.findings
        .map(findingJson)
        .map(({ subject, is, says, at, accepted }) => ({ subject, is, says, at, accepted })) ?? null,
    ended: run.ended === null ? null : { ...run.ended, at: iso(run.ended.at) },
  };
}

export function workJson({ id, by, shows, size, askedAt, dyno, startedAt, ended }: Work) {
  return {
    id,
    by,
    command: shows,
    size,
    askedAt: iso(askedAt),
    dyno: dyno?.name ?? null,
    startedAt: startedAt === null ? null : iso(startedAt),
    ended: ended === null ? null : { ...ended, at: iso(ended.at) },
  };
}

/** The raw value can be a scheduled command. */
function aboutJson(about: About) {
  return about.is === 'drift' || about.is === 'violation' ? { ...about, now: about.shows.now } : about;
}

/** How it is watched while it is held. `mark` is the platform's own. */
function patrolJson({ every, by, activity, stopped, unseen, trouble }: Patrol) {
  return {
    everySeconds: Math.round(every / 1000),
    by,
    activity: activity.map(({ says, at }) => ({ says, at: iso(at) })),
    /** How many runs of what maint has stopped: {"the Scheduler": 2}. */
    stopped,
    unseen,
    trouble: trouble === null ? null : troubleJson(trouble),
  };
}

export function receiptJson({ run, changed, already, other }: Receipt) {
  return { run: runJson(run), changed, already, other };
}

function troubleJson({ why, remedy, since, times }: Trouble) {
  return { why, remedy, since: iso(since), times };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
