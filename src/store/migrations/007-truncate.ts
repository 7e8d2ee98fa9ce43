// A table that takes no update and no delete could still be emptied whole: `truncate` asks no trigger for each row. From here on
// the record of who tried what and the events of runs refuse that too.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const truncateGuard: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

// The functions are those of the triggers for update and delete: what they say names the operation.
const statements = [
  `create trigger audit_keep before truncate on maint.audit
    for each statement execute function maint.refuse_audit_change()`,
  `create trigger event_keep before truncate on maint.event
    for each statement execute function maint.refuse_change()`,
];
