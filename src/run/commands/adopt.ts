// Taking up a run that this database does not know, from its exported log, to bring the app back: `preview` shows every
// item before, now and after; `adopt` is bound to what was shown, as an approval is (I11), and turns the run in the
// transaction that writes it down. From then on it takes the one way back there is.

import { ZodError } from 'zod';
import type { Event, Logged } from '../../model/event.ts';
import { type Json, same } from '../../model/json.ts';
import type { Person } from '../../model/person.ts';
import { phase } from '../../model/phase.ts';
import { open } from '../../model/questions.ts';
import { type Run, touched } from '../../model/run.ts';
import type { Settings } from '../../model/settings.ts';
import type { AppRef, Said } from '../../model/step.ts';
import { workLeft } from '../../model/work.ts';
import type { Act } from '../../policy/may.ts';
import { lookEverything } from '../approval.ts';
import { holds } from '../stock.ts';
import { admitted } from './admission.ts';
import { several } from './change.ts';
import { contextFor, type Door, reading, refused, troubleAsAnswer } from './door.ts';
import { BadExport, type ExportFile, runOf } from './export-file.ts';
import type { Changed, Preview, Refused } from './reply.ts';
import { settingsFor } from './settings.ts';

export async function preview(door: Door, by: Person, file: ExportFile): Promise<Preview | Refused> {
  const ready = await prepared(door, by, file);
  if ('is' in ready) return ready;
  return lookedUp(door, ready, file);
}

/** `hash`: of the preview that the person saw. */
export async function adopt(door: Door, by: Person, file: ExportFile, hash: string): Promise<Changed | Refused> {
  const ready = await prepared(door, by, file);
  if ('is' in ready) return ready;
  const entry = await admitted(door, by, ready.act, file.app.id, `restore ${file.app.name} from an export`);
  if (entry.is === 'refused') return entry;
  const seen = await lookedUp(door, ready, file);
  if (seen.is === 'refused') return seen;
  const { name } = seen.run.app;
  if (seen.hash !== hash) {
    return refused(
      'What would be put back is not as it was shown: something has changed meanwhile, or the file is another one.',
      'Look at the list as it is now, and decide again.',
    );
  }
  const { id, app, channel } = ready.run;
  const at = door.clock.now();
  const imported = await door.store.importRun({ id, app, channel, at, log: ready.log, news: ready.news });
  const outcome = imported.is === 'imported' ? null : inTheWay(imported.run, id);
  const why = outcome?.says ?? null;
  await door.store.audit({ at, person: by, what: `restore ${name} from an export`, outcome: imported.is, why });
  if (outcome !== null) return outcome;
  door.wake(id);
  return { is: 'changed', run: imported.run };
}

interface Prepared {
  /** As it will be, once `news` have happened to it. */
  readonly run: Run;
  readonly log: readonly Logged[];
  /** What turning it is: a held app is opened by it. */
  readonly act: Act;
  readonly news: readonly Event[];
}

async function prepared(door: Door, by: Person, file: ExportFile): Promise<Prepared | Refused> {
  const entry = await admitted(door, by, 'operate', file.app.id, `restore ${file.app.name} from an export`);
  if (entry.is === 'refused') return entry;
  // Where a file says that it is announced, nobody has checked: it could be any channel.
  const ours: ExportFile = { ...file, run: { ...file.run, channel: door.defaultChannel } };
  return troubleAsAnswer(door, async (): Promise<Prepared | Refused> => {
    try {
      const told = runOf(ours);
      const known = (await door.store.load(told.id)) ?? (await door.store.unfinishedOf(told.app.id));
      if (known !== null) return inTheWay(known, told.id);
      if (told.ended !== null) {
        return refused(
          `The maintenance in this export has ended: it was ${told.ended.as}. There is nothing to put back.`,
          'An export made while it was under way is needed.',
        );
      }
      const settings = await settingsFor(door, told.app);
      if ('is' in settings) return settings;
      const other = otherVariable(settings, told);
      if (other !== null) return other;
      if (!(await door.platform.exists(reading('person'), told.app.id))) {
        return refused(
          `The app of this maintenance, ${told.app.name} (${told.app.id}), is not there, or this account cannot see it.`,
          'An app that has its name now would be another one: nothing of it was looked at.',
        );
      }
      const app = await door.platform.app(reading('person'), told.app.id);
      const held = told.way === 'quiet' && told.quietAt !== null;
      // By what is set now, too: a file can be edited. Nobody can be asked here, so it is one person alone.
      const alone = held && (several(settings) || several(told.settings));
      const glass: Event = { is: 'glass-broken', by, because: FROM_EXPORT };
      const turned = [...(alone ? [glass] : []), ...turning(told, by)];
      const at = door.clock.now();
      const after = (news: readonly Event[]): Run =>
        runOf({ ...ours, log: [...ours.log, ...news.map((event, i) => ({ seq: told.seq + i + 1, at, event }))] });
      const news = [saidAnew(door, after(turned), app), ...turned];
      const run = after(news);
      if (!run.items.some(touched)) {
        return refused(
          'This export was made before anything was captured, so it does not say how the app was.',
          'If the app was changed after that, the commands that undo it are in the thread of the maintenance.',
        );
      }
      return { run, log: file.log, act: alone ? 'break the glass' : held ? 'approve' : 'operate', news };
    } catch (error) {
      if (error instanceof BadExport) return refused(error.message, 'Use the file as "maint export" made it.');
      throw error;
    }
  });
}

/** A file that names another config var would have that one read and shown, whatever secret it holds (I8). */
function otherVariable({ variable }: Settings, run: Run): Refused | null {
  const own = variable === 'off' ? null : variable.name;
  const its = run.settings.variable === 'off' ? null : run.settings.variable.name;
  if (its !== null && its !== own) {
    return refused(
      `The maintenance in this export sets the config var ${its}, and this maint sets ${own ?? 'none'}: nothing was looked at.`,
      `If MAINT_VARIABLE was ${its} then, set it so again here; if it never was, the file was edited.`,
    );
  }
  if (run.items.some(({ step, key }) => step === 'variable' && key !== its)) {
    return refused(
      'This export holds a config var that its maintenance does not set: it was edited, and nothing was looked at.',
      'Use the file as "maint export" made it.',
    );
  }
  return null;
}

/** The sentences of a file are anybody's, and its commands are there to be pasted: all are said anew, of the app as it is called now. */
function saidAnew(door: Door, run: Run, app: AppRef): Event {
  const known = new Map(holds(door.platform).map((hold) => [hold.name, hold]));
  const items = run.items.map((item) => {
    const say = (value: Json): Said =>
      known.get(item.step)?.say(app, item, value) ?? {
        will: 'of a step that this version does not know',
        byHand: '# a step that this version of maint does not know',
      };
    try {
      return { step: item.step, key: item.key, quiet: say(item.aim), back: say(item.before) };
    } catch (error) {
      if (!(error instanceof ZodError)) throw error;
      throw new BadExport(`Expected values that the step "${item.step}" can have, got others. It was edited.`);
    }
  });
  return { is: 'renamed', name: app.name, items };
}

const FROM_EXPORT = 'it is put back from an export';
const LEFT = 'not ended yet when the export was made by which the app was opened; maint does not watch it any more';

/**
 * The run turns here. One that was still on its way to quiet went on after it was exported: whatever it had planned may
 * have been sent, so it is judged like what is known to have been sent (I7).
 */
function turning(run: Run, by: Person): Event[] {
  if (run.way === 'back') {
    // What is still stuck asks anew, with commands of our own.
    return run.questions
      .filter((q) => open(q) && q.about.is === 'stuck')
      .map((q): Event => ({ is: 'withdrawn', question: q.id, why: FROM_EXPORT }));
  }
  const maybe = run.quietAt !== null ? [] : run.items.filter((item) => !touched(item) && !same(item.aim, item.before));
  const sent = run.steps.quiet.flatMap(({ name }): Event[] => {
    const changes = maybe.filter((item) => item.step === name).map(({ key, aim }) => ({ key, value: aim }));
    return changes.length === 0 ? [] : [{ is: 'sending', way: 'quiet', step: name, changes }];
  });
  const moot = run.questions
    .filter((q) => open(q) && (q.about.is === 'resume' || q.about.is === 'start'))
    .map((q): Event => ({ is: 'withdrawn', question: q.id, why: FROM_EXPORT }));
  return [...sent, ...moot, ...workLeft(run, LEFT), { is: 'turned', by, why: 'put back from an export' }];
}

async function lookedUp(door: Door, { run }: Prepared, file: ExportFile): Promise<Preview | Refused> {
  return troubleAsAnswer(door, async (): Promise<Preview | Refused> => {
    const { shown, renamed } = await lookEverything(run, 'preview', {
      platform: door.platform,
      cx: () => ({ ...contextFor(door, run.app, run.id, 'person'), settings: run.settings }),
      commit: async () => false,
      held: async () => 0,
    });
    const name = renamed.flatMap((event) => (event.is === 'renamed' ? [event.name] : [])).at(-1) ?? run.app.name;
    return {
      is: 'preview',
      at: door.clock.now(),
      made: Date.parse(file.at),
      run: { ...run, app: { ...run.app, name } },
      ...shown,
    };
  });
}

function inTheWay(run: Run, id: string): Refused {
  const name = run.app.name;
  if (run.ended !== null) {
    return refused(
      `This maintenance of ${name} is known here, and has ended: it was ${run.ended.as}.`,
      'What is here is newer than the export: nothing is put back from it.',
    );
  }
  const which = run.id === id ? 'This' : 'Another';
  return refused(
    `${which} maintenance of ${name} is under way here (${phase(run)}), and two that do not know of each other would fight.`,
    `To bring the app back: npm run maint -- restore ${name}`,
  );
}
