// What people do to an app while it is held: releases that maint did not make, and one-off dynos. Their work is what the
// window is for, so it is listed and nothing is held against it.
import { z } from 'zod';
import type { Activity } from '../model/event.ts';
import type { Json } from '../model/json.ts';
import type { Cx } from '../model/step.ts';
import type { Heroku } from './api/client.ts';
import type { Dyno } from './api/dynos.ts';
import type { Release } from './api/releases.ts';
import { redactedCommand } from './redacted.ts';

/** As many as the config var's step asks for: the same read. More are not made between two looks. */
const RELEASES = 20;

/** Up to where releases have been told, those of them that were not through yet, and the one-offs that were seen. */
const Mark = z.object({
  version: z.number().int(),
  pending: z.array(z.number().int()),
  oneOffs: z.array(z.string()),
});
type Mark = z.infer<typeof Mark>;

/** Two calls. A mark that cannot be understood, as of a newer version, begins the list anew. */
export async function herokuActivity(
  heroku: Heroku,
  cx: Cx,
  mark: Json,
): Promise<{ mark: Json; list: readonly Activity[] }> {
  const [releases, dynos] = await Promise.all([
    heroku.releases.latest(cx, cx.app.id, RELEASES),
    heroku.dynos.list(cx, cx.app.id),
  ]);
  const oneOffs = dynos.filter((dyno) => dyno.type === 'run');
  const known = Mark.safeParse(mark);
  const before = known.success ? known.data : null;
  const now: Mark = {
    // A list that is shorter than before, by a fault, takes nothing back.
    version: Math.max(before?.version ?? 0, ...releases.map(({ version }) => version)),
    pending: releases.filter(isPending).map(({ version }) => version),
    oneOffs: oneOffs.map(({ id }) => id).toSorted(),
  };
  if (before === null) return { mark: now, list: [] };
  const list = [
    ...releases.filter((release) => isNews(release, before) && !ours(cx, release)).map(ofRelease),
    ...oneOffs.filter(({ id }) => !before.oneOffs.includes(id)).map(ofOneOff),
  ];
  return { mark: now, list: list.toSorted((a, b) => a.at - b.at) };
}

function isPending({ status }: Release): boolean {
  return status === 'pending';
}

/** One that was told while it was being made is told once more when it is through. */
function isNews(release: Release, before: Mark): boolean {
  return release.version > before.version || (before.pending.includes(release.version) && !isPending(release));
}

/**
 * Those that set nothing but the variable that maint holds. maint makes one when it makes the app quiet again; one that a
 * person makes has changed a held item, and is told as that.
 */
function ours({ settings: { variable } }: Cx, { description }: Release): boolean {
  if (variable === 'off') return false;
  return [`Set ${variable.name} config vars`, `Remove ${variable.name} config vars`].includes(description ?? '');
}

function ofRelease(release: Release): Activity {
  const { version, status, description, user } = release;
  const by = user?.email === undefined ? '' : ` by ${user.email}`;
  return {
    key: isPending(release) ? `release-${version}-pending` : `release-${version}`,
    says: `v${version} ${(description ?? 'Release').slice(0, 200)}${by} (${isPending(release) ? 'being made' : status})`,
    at: instant(isPending(release) ? release.created_at : (release.updated_at ?? release.created_at)),
  };
}

function ofOneOff({ id, name, command, created_at }: Dyno): Activity {
  return {
    key: `one-off-${id}`,
    says: `${name} ${redactedCommand(command)}, since ${created_at.slice(11, 16)} UTC`,
    at: instant(created_at),
    dyno: id,
  };
}

function instant(time: string): number {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? 0 : ms;
}
