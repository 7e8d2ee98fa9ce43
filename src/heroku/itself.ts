// maint never pauses itself, and never an app that shares its database (I9): both would stop the one that has to bring
// everything back.

export interface Itself {
  /** The app that maint runs on, by id or name; null where it does not run on Heroku. */
  readonly app: string | null;
  /** maint's own database; null where that is a directory. */
  readonly databaseUrl: string | null;
}

/**
 * Whether one of these config vars leads to the database at `own`: same host and database, whoever logs in. The port does
 * not count, for a pool in front of a database has one of its own.
 */
export function sharesDatabase(own: string | null, values: readonly string[]): boolean {
  const place = own === null ? null : placeOf(own);
  return place !== null && values.some((value) => placeOf(value) === place);
}

function placeOf(value: string): string | null {
  if (!/^postgres(ql)?:\/\//.test(value) || !URL.canParse(value)) return null;
  const { hostname, pathname } = new URL(value);
  return `${hostname.toLowerCase()}${pathname}`;
}
