// What `maint export` prints: a run's whole log, from which the run is made again where the database is lost. Its form, and
// nothing of what is done with it.
import { z } from 'zod';
import { fold } from '../../model/apply.ts';
import { Event } from '../../model/event.ts';
import type { Run } from '../../model/run.ts';

/** More than any maintenance writes: a hundred items make well under a megabyte. */
export const MOST_EXPORT_BYTES = 20_000_000;

export const ExportFile = z.strictObject({
  maint: z.literal('export'),
  /** Raised when an older version could read it wrongly. */
  version: z.literal(1),
  /** When it was made, for people. */
  at: z.iso.datetime(),
  app: z.strictObject({ id: z.string().min(1).max(200), name: z.string().min(1).max(200) }),
  run: z.strictObject({
    /** It stands in the markers of paused jobs. */
    id: z.string().regex(/^[\w.-]{1,64}$/),
    channel: z.string().max(200).nullable(),
  }),
  /** The app as it was called when the run was asked for is in `app`; later names are in the log. */
  log: z
    .array(z.strictObject({ seq: z.number().int().positive(), at: z.number().int().nonnegative(), event: Event }))
    .min(1)
    .max(100_000),
});
export type ExportFile = z.infer<typeof ExportFile>;

/** Why a file is not one, in a sentence. Never repeats a value: scheduled commands are among them (I8). */
export class BadExport extends Error {
  override readonly name = 'BadExport';
}

/** The file, and the run that it tells of. Throws BadExport. */
export function readExport(text: string): { readonly file: ExportFile; readonly run: Run } {
  if (Buffer.byteLength(text) > MOST_EXPORT_BYTES) {
    throw new BadExport(`Expected an export of at most ${MOST_EXPORT_BYTES / 1_000_000} MB, got a larger file.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BadExport('Expected the JSON that "maint export" prints, got a file that is no JSON or was cut off.');
  }
  return checked(json);
}

/** Throws BadExport. */
function checked(json: unknown): { readonly file: ExportFile; readonly run: Run } {
  const parsed = ExportFile.safeParse(json);
  if (!parsed.success) {
    const { path, code } = parsed.error.issues[0] ?? { path: [], code: 'custom' };
    const where = path.length === 0 ? 'the file itself' : path.map(String).join('.');
    throw new BadExport(
      `Expected an export of this version of maint, got something else at ${where} (${code}). ` +
        'It may have been edited, or made by a newer maint.',
    );
  }
  const file = parsed.data;
  const gap = file.log.findIndex(({ seq }, i) => seq !== i + 1);
  if (gap !== -1) {
    throw new BadExport(
      `Expected event ${gap + 1} at place ${gap + 1} of the log, got event ${file.log[gap]?.seq}: it was edited.`,
    );
  }
  return { file, run: runOf(file) };
}

/** Throws BadExport where no run can have such a log. */
export function runOf({ app, run, log }: ExportFile): Run {
  let folded: Run;
  try {
    folded = fold({ id: run.id, app, channel: run.channel }, log);
  } catch (error) {
    // What `fold` says names items and no values.
    const why = error instanceof Error ? error.message : String(error);
    throw new BadExport(`Expected the log of a run, got one that cannot be: ${why}. It was edited.`);
  }
  return folded;
}
