// Kysely's PGlite dialect, with a pause before every query and transaction. PGlite answers without ever returning to the
// event loop: a row of queries would keep every request and timer of the process waiting until the last of them.
import { setImmediate } from 'node:timers/promises';
import { type DatabaseConnection, type Driver, PGliteDialect, type PGliteDialectConfig, PGliteDriver } from 'kysely';

export class YieldingPGliteDialect extends PGliteDialect {
  readonly #config: PGliteDialectConfig;

  constructor(config: PGliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new YieldingDriver(this.#config);
  }
}

/**
 * Kysely asks for the one connection for one query or transaction at a time, so awaiting another inside one hangs. The pause
 * comes when the connection is had: of many who wait for it each would have had its pause already, at the same time.
 */
class YieldingDriver extends PGliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    await setImmediate();
    return connection;
  }
}
