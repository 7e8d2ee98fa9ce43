// The rows that are no trouble on the way of an ordinary maintenance. Each plays one and says what is wrong, or null.
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from '../../../src/store/tables.ts';
import { appAt, before, cuts, leaveBehind } from '../../store/older.ts';
import { Bot } from './bot.ts';
import { playMaintenance } from './maintenance.ts';
import type { Operator } from './operator.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';

/** A second process on the directory of a living one. */
export async function playSecond(patience: number): Promise<string | null> {
  const stage = await started({ url: null, places: 1, patience });
  try {
    const [place] = stage.places;
    const second = new Bot(place?.env ?? {});
    const { code } = await second.exited();
    const pid = place?.bot?.pid;
    if (code !== 1 || !second.said().includes(`process ${pid} uses it`)) {
      return `expected the second process to be refused with pid ${pid}, it ended with ${code}: ${second.said()}`;
    }
    return (await playMaintenance(stage, [])).why;
  } finally {
    await stage.close();
  }
}

/** Two people start the same app in the same moment, at two processes. */
export async function playBothStart(url: string, patience: number): Promise<string | null> {
  const stage = await started({ url, places: 2, patience });
  try {
    const { slack } = stage.sandbox;
    const type = (user: string) => slack.command({ user, channel: '#ops', text: 'start shop' });
    const refused = () =>
      slack.messages
        .list({ ephemeral: true })
        .find((m) => m.onlyFor !== null && /was first|first/.test(slack.render(m)));
    const { why } = await playMaintenance(stage, [], async (operator) => {
      await Promise.all([type('ada'), type('grace')]);
      await slack.until(refused, 20_000 * patience);
      await operator.until(20_000 * patience, 'going', 'holding');
    });
    const runs = new Set(
      slack.messages.list({ ephemeral: false }).map((m) => m.versions.at(-1)?.metadata?.event_payload['run']),
    );
    return why ?? (runs.size === 1 ? null : `expected one run, got ${[...runs].join(', ')}`);
  } finally {
    await stage.close();
  }
}

/** A run that version 0.1.0 left in the middle, on its own schema. */
export async function playNewer(url: string, n: number, patience: number): Promise<string | null> {
  const cut = cuts[n % cuts.length];
  if (cut === undefined) throw new Error('Expected a cut, got none');
  const now = Date.now();
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
  });
  await leaveBehind(db, cut, { channel: 'C0OPS', now });
  await db.destroy();
  const stage = await started({ url, places: 2, patience, app: appAt(cut, now), before: before(now) });
  try {
    const { why } = await playMaintenance(stage, [], (operator: Operator) =>
      operator.until(30_000 * patience, 'holding'),
    );
    return why;
  } finally {
    await stage.close();
  }
}

async function started(options: StageOptions): Promise<Stage> {
  const stage = await openStage(options);
  try {
    await Promise.all(stage.places.map((place) => stage.start(place)));
    return stage;
  } catch (error) {
    await stage.close();
    throw error;
  }
}
