// The record of who tried what: commands and refusals, for the day somebody asks. Nothing is decided from it.
import { Person } from '../model/person.ts';
import type { Db } from './tables.ts';

export interface AuditEntry {
  /** Domain time. */
  readonly at: number;
  /** Null where nobody is known to have asked: a forged request names whom it likes. */
  readonly person: Person | null;
  readonly what: string;
  readonly outcome: string;
  readonly why: string | null;
}

export async function audit(db: Db, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      at: new Date(entry.at),
      person: entry.person === null ? null : JSON.stringify(entry.person),
      what: storable(entry.what),
      outcome: storable(entry.outcome),
      why: entry.why === null ? null : storable(entry.why),
    })
    .execute();
}

/** The newest first. */
export async function audited(db: Db, limit: number): Promise<readonly AuditEntry[]> {
  const rows = await db
    .selectFrom('audit')
    .select(['at', 'person', 'what', 'outcome', 'why'])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ at, person, ...row }) => ({ ...row, at: at.getTime(), person: Person.nullable().parse(person) }));
}

const MOST = 500;

/** People can type anything, at any length; Postgres' text cannot hold U+0000. */
function storable(text: string): string {
  const whole = text.replaceAll('\0', '\u{fffd}');
  return whole.length <= MOST ? whole : `${whole.slice(0, MOST)}… (${whole.length} characters)`;
}
