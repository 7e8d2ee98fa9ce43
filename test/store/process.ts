// A process of its own, started by database.test.ts: opens the directory it is given, stores a run, hands it out once,
// closes everything, and must then come to its end without being made to.
import { systemClock } from '../../src/clock.ts';
import { silentLog } from '../../src/log.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { openDatabase } from '../../src/store/database.ts';
import { openStore } from '../../src/store/store.ts';
import { startWakes } from '../../src/store/wakes.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('Expected a directory');
const database = await openDatabase({ url: null, dataDir: directory });
const store = openStore(database);
const driven = Promise.withResolvers<string>();
const wakes = await startWakes({
  database,
  store,
  clock: systemClock,
  drive: async (runId) => driven.resolve(runId),
  log: silentLog,
});
const noon = Date.UTC(2026, 0, 4, 12);
await store.create({
  id: 'run-1',
  app: { id: 'app-1', name: 'shop' },
  channel: 'C1',
  at: noon,
  requested: {
    is: 'requested',
    by: { id: 'U1', name: 'Ann', via: 'slack' },
    because: null,
    endsAt: noon,
    settings: defaultSettings,
    quiet: [],
    back: [],
    accepted: [],
  },
});
await driven.promise;
await wakes.close();
await store.close();
