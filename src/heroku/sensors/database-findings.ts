// What samples of the app's own Postgres prove. Transaction ids that stand still mean that nothing was written; that they
// move says that somebody wrote, not who: the counts of the tables do, and where they are silent it is not provable.
import type { Finding } from '../../model/proof.ts';
import type { DatabaseSeen, Sample } from './sample.ts';
import { clock, count, each, few, over, type Rests, rested } from './words.ts';

export const DATABASE = 'Database';

type Read = DatabaseSeen & { readonly is: 'read' };

/** `people`: those of them, or of their one-off dynos, that may have written what was written. */
export function databaseFindings(samples: readonly Sample[], people: readonly string[]): readonly Finding[] {
  if (samples.every(({ database }) => database === null)) return [];
  const of = (is: Finding['is'], says: string, what: readonly string[] = []): readonly Finding[] => [
    rested(DATABASE, is, says, samples, ({ database }) => numbers(database), what),
  ];
  const closed = samples.flatMap(({ database }) => (database?.is === 'closed' ? [database] : []))[0];
  if (closed !== undefined) {
    return of(
      'not provable',
      `the app's Postgres is not looked into: that is opted in to by naming its config var (${closed.variable}) as "database" in the app's settings`,
    );
  }
  const read = samples.flatMap(({ database }) => (database?.is === 'read' ? [database] : []));
  const dark = samples.find(({ database }) => database?.is !== 'read');
  const [first, last] = [read[0], read.at(-1)];
  if (first === undefined || last === undefined || dark !== undefined) {
    const why = dark?.database?.is === 'unread' ? dark.database.why : 'it was not looked at';
    return of('not provable', `it could not be read at ${clock(dark?.at ?? 0)} UTC: ${why}`);
  }
  if (read.some(({ follower }) => follower)) {
    return of('not provable', 'it is a follower: what is being written to its leader is not seen there');
  }
  const signs = signsIn(read, first, last);
  const ids =
    first.xmax === last.xmax
      ? `transaction ids flat at ${last.xmax}`
      : `transaction ids went from ${first.xmax} to ${last.xmax}`;
  const seen = [ids, ...signs.says].join('; ');
  if (last.shared !== null)
    return of('not provable', `shared with ${last.shared}, which may write to it. ${seen}, ${over(samples)}`);
  if (signs.says.length > 0 && people.length > 0) {
    return of('not provable', `${seen}, ${over(samples)}; ${few(people)} may have written it`);
  }
  if (signs.says.length > 0) return of('violated', `${seen}, ${over(samples)}`, signs.what);
  if (first.xmax !== last.xmax) {
    const vacuumed = each(read.flatMap((one) => one.vacuumed));
    const by = vacuumed.length === 0 ? '' : ` (autovacuum was at ${few(vacuumed)} meanwhile, and takes some)`;
    return of(
      'not provable',
      `unattributed: ${ids}, with no table changed and no open transaction that writes${by}, ${over(samples)}`,
    );
  }
  if (read.length < 2)
    return of('not provable', `one look at ${ids.replace('flat at', 'at')} does not say whether they move`);
  return of('proved', `${ids}, no open transaction that writes, none prepared, ${over(samples)}`);
}

/** What tells of somebody who writes. Counts of tables alone do not: those of earlier writes arrive late. */
function signsIn(read: readonly Read[], first: Read, last: Read): { says: readonly string[]; what: readonly string[] } {
  const writing = new Map(read.flatMap((one) => one.writing).map((one) => [one.pid, one.by]));
  const prepared = Math.max(...read.map((one) => one.prepared));
  const changed = first.xmax === last.xmax ? [] : last.changed;
  const more = changed.length > 0 && last.more > 0 ? ` and ${last.more} more` : '';
  const tables = changed.map(({ table, rows }) => `${table} (${count(rows, 'row')})`).join(', ');
  return {
    says: [
      ...(changed.length === 0 ? [] : [`written: ${tables}${more}`]),
      ...(writing.size === 0
        ? []
        : [`open, and has written: ${few([...writing].map(([pid, by]) => `${by} (pid ${pid})`))}`]),
      ...(prepared === 0 ? [] : [count(prepared, 'prepared transaction')]),
    ],
    what: changed.map(({ table }) => table),
  };
}

function numbers(seen: DatabaseSeen | null): Rests {
  if (seen === null || seen.is === 'closed') return {};
  if (seen.is === 'unread') return { unread: seen.why };
  return {
    xmax: seen.xmax,
    writing: seen.writing.length,
    prepared: seen.prepared,
    tables: Object.fromEntries(seen.changed.map(({ table, rows }) => [table, rows])),
  };
}
