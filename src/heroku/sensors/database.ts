// Looks into the app's own Postgres, where that was opted in to, for signs of writing: transaction ids, open transactions and
// what the tables count. A connection for each look, nothing is held open; the address is kept in memory for one observation.
import { z } from 'zod';
import { clause, Trouble } from '../../errors.ts';
import type { Cx } from '../../model/step.ts';
import { type Sql, withPostgres } from '../../queues/postgres.ts';
import type { Heroku } from '../api/client.ts';
import { type Itself, sharesDatabase } from '../itself.ts';
import type { DatabaseSeen } from './sample.ts';

export interface DatabaseWatch {
  /** Compares with its own first look. Throws nothing that comes of the database. */
  look(cx: Cx): Promise<DatabaseSeen | null>;
}

const MOST_TABLES = 5;
const MOST_WRITING = 10;

const Moment = z.object({ xmax: z.string().regex(/^\d+$/), follower: z.boolean(), prepared: z.number().int() });
const Session = z.object({ pid: z.number().int(), application: z.string().nullable(), user: z.string() });
const Table = z.object({ name: z.string(), rows: z.coerce.number(), vacuums: z.coerce.number() });
type Tables = ReadonlyMap<string, z.infer<typeof Table>>;

/** One for an observation. */
export function watchDatabase(heroku: Heroku, itself: Itself): DatabaseWatch {
  let place: { readonly url: string; readonly shared: string | null } | null = null;
  let first: Tables | null = null;
  return {
    async look(cx) {
      const { database } = cx.settings;
      if (database === null) return closed(heroku, cx);
      try {
        place ??= await placeOf(heroku, itself, cx, database);
        const { url, shared } = place;
        const now = await withPostgres({ url, signal: cx.signal }, momentOf);
        first ??= now.tables;
        return { is: 'read', ...now.seen, ...since(first, now.tables), shared };
      } catch (error) {
        if (!(error instanceof Trouble) || error.wide) throw error;
        return { is: 'unread', why: clause(error) };
      }
    },
  };
}

/** Whether there is one that could be looked into. Where not even that can be read, nothing is said of it. */
async function closed(heroku: Heroku, cx: Cx): Promise<DatabaseSeen | null> {
  const addons = await heroku.addons.list(cx, cx.app.id);
  const postgres = addons.find(({ addon_service }) => /postgres/i.test(addon_service.name ?? ''));
  if (postgres === undefined) return null;
  const names = postgres.config_vars ?? [];
  return { is: 'closed', variable: names.find((name) => name === 'DATABASE_URL') ?? names[0] ?? 'DATABASE_URL' };
}

async function placeOf(heroku: Heroku, itself: Itself, cx: Cx, variable: string) {
  const url = (await heroku.configVars.get(cx, cx.app.id))[variable];
  if (url === undefined) {
    throw new Trouble(
      'needs-human',
      `Expected a config var ${variable} with the address of the database, found none.`,
      {
        remedy: "Name the right one in the app's settings.",
      },
    );
  }
  if (sharesDatabase(itself.databaseUrl, [url])) return { url, shared: 'maint itself' };
  return { url, shared: await sharers(heroku, cx, variable) };
}

/** The other apps that its add-on is attached to. Of a database that is no add-on nobody can say. */
async function sharers(heroku: Heroku, cx: Cx, variable: string): Promise<string | null> {
  const [attached, addons] = await Promise.all([
    heroku.addons.attachedTo(cx, cx.app.id),
    heroku.addons.list(cx, cx.app.id),
  ]);
  const addon =
    attached.find(({ name }) => `${name}_URL` === variable)?.addon.id ??
    addons.find(({ config_vars }) => config_vars?.includes(variable))?.id;
  if (addon === undefined) return null;
  const others = (await heroku.addons.attachments(cx, addon))
    .map(({ app }) => app)
    .filter(({ id }) => id !== cx.app.id);
  const names = [...new Set(others.map(({ name }) => name))].toSorted();
  return names.length === 0 ? null : names.join(', ');
}

async function momentOf(sql: Sql) {
  const [moment] = await sql(
    Moment,
    `select pg_snapshot_xmax(pg_current_snapshot())::text as xmax, pg_is_in_recovery() as follower,
            (select count(*)::int from pg_prepared_xacts where database = current_database()) as prepared`,
  );
  // A session without a user is one of the server's own, such as autovacuum.
  const sessions = await sql(
    Session,
    `select pid, application_name::text as application, usename::text as user from pg_stat_activity
      where backend_xid is not null and datname = current_database() and usename is not null and pid <> pg_backend_pid()
      order by pid limit ${MOST_WRITING}`,
  );
  const tables = await sql(
    Table,
    `select relid::text || ' ' || schemaname || '.' || relname as name,
            n_tup_ins + n_tup_upd + n_tup_del as rows, autovacuum_count + autoanalyze_count as vacuums
       from pg_stat_user_tables`,
  );
  if (moment === undefined) throw new Error('Expected one row of the database as it stands, got none');
  const writing = sessions.map(({ pid, application, user }) => ({ pid, by: named(application) ?? named(user) ?? '…' }));
  return { seen: { ...moment, writing }, tables: new Map(tables.map((table) => [table.name, table])) };
}

/** What a program calls itself can be anything. */
function named(name: string | null): string | null {
  return name !== null && /^[\w.:/ [\]-]{1,60}$/.test(name) ? name : null;
}

function since(first: Tables, now: Tables) {
  const changed: { table: string; rows: number }[] = [];
  const vacuumed: string[] = [];
  for (const { name, rows, vacuums } of now.values()) {
    const before = first.get(name);
    const written = Math.abs(rows - (before?.rows ?? 0));
    if (written > 0) changed.push({ table: short(name), rows: written });
    if (vacuums !== (before?.vacuums ?? 0)) vacuumed.push(short(name));
  }
  changed.sort((a, b) => b.rows - a.rows);
  return {
    changed: changed.slice(0, MOST_TABLES),
    more: Math.max(0, changed.length - MOST_TABLES),
    vacuumed: vacuumed.slice(0, MOST_TABLES),
  };
}

/** As people say it: without the table's number, and without `public`. */
function short(name: string): string {
  return name.replace(/^\d+ /, '').replace(/^public\./, '');
}
