// Finds a queue system's tables, whichever schema they are in, and says which one was looked for where there is none.
import { z } from 'zod';
import { Trouble } from '../errors.ts';
import type { Sql } from './postgres.ts';

const Row = z.object({ name: z.string(), schema: z.string(), quoted: z.string(), chosen: z.boolean() });

/**
 * For each name the table's full name, quoted. Without a schema the first one of the user's search path that has it, as the
 * app itself would find it. Throws a fatal Trouble for the first that is missing.
 */
export async function tablesOf<N extends string>(
  sql: Sql,
  system: string,
  names: readonly N[],
  schema: string | undefined,
): Promise<(name: N) => string> {
  const rows = await sql(
    Row,
    `select c.relname::text as name, n.nspname::text as schema,
            quote_ident(n.nspname) || '.' || quote_ident(c.relname) as quoted,
            case when $2::text is null then pg_table_is_visible(c.oid) else n.nspname = $2 end as chosen
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = any($1::text[]) and c.relkind in ('r', 'p', 'v', 'f')`,
    [names, schema ?? null],
  );
  const found = new Map(rows.filter(({ chosen }) => chosen).map(({ name, quoted }) => [name, quoted]));
  for (const name of names) {
    if (!found.has(name)) throw missing(system, name, schema, rows.find((row) => row.name === name)?.schema ?? null);
  }
  return (name) => {
    const quoted = found.get(name);
    if (quoted === undefined) throw missing(system, name, schema, null);
    return quoted;
  };
}

/** `elsewhere`: a schema that has a table of that name, but not the one that was meant. */
function missing(system: string, table: string, schema: string | undefined, elsewhere: string | null): Trouble {
  const where = schema === undefined ? "in the database user's search path" : `in the schema ${schema}`;
  return new Trouble('fatal', `Expected ${system}'s table ${table} ${where}, found none.`, {
    remedy:
      elsewhere === null
        ? `See whether the app's ${system} uses this database: it may have one of its own, with a config var of its own.`
        : `There is one in the schema ${elsewhere}: name that schema in the app's settings.`,
  });
}
