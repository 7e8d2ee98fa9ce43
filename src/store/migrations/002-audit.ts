// The record of who tried what is only ever added to, and an entry may have nobody in it: a forged request names a person
// who never sent it.
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const auditGuard: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table maint.audit alter column person drop not null`,
  `create function maint.refuse_audit_change() returns trigger language plpgsql as $$
    begin
      raise exception 'Expected the record of who tried what only ever to be added to, got %', tg_op;
    end
  $$`,
  `create trigger audit_insert_only before update or delete on maint.audit
    for each row execute function maint.refuse_audit_change()`,
];
