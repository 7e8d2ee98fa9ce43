// I8: no secret leaves. Looks through everything that maint writes down or shows in a whole maintenance with trouble in it.
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../../src/log.ts';
import { card } from '../../src/slack/views/card.ts';
import { emergency } from '../../src/slack/views/emergency.ts';
import { question as questionView } from '../../src/slack/views/questions.ts';
import { receipt } from '../../src/slack/views/receipt.ts';
import { asJson, runJson } from '../../src/terminal/json.ts';
import { statusText } from '../../src/terminal/words.ts';
import { ada, type Engine, engines, shop } from '../helpers/engine.ts';
import { everything } from './everything.ts';

const engineFor = engines();

describe('I8 no secret leaves', () => {
  const secrets = ['s3cret-key-base', 'postgres://shop:s3cret-password@db.example.com/shop', 's3cret-add-on'];
  const inCommands = ['s3cret-in-a-command', 's3cret-of-drift'];

  it('I8 keeps secrets out of the log, the store, the messages, the views and the JSON', async () => {
    const lines: unknown[] = [];
    const keep = (about: object, message: string): void => {
      lines.push([message, about], about instanceof Error ? about.stack : null, deepErrors(about));
    };
    const log: Logger = { debug: keep, info: keep, warn: keep, error: keep };
    const [key, url, addon] = secrets;
    const engine = await engineFor({
      log,
      channel: 'C1',
      apps: [
        shop({
          ...everything,
          config: { SECRET_KEY_BASE: key ?? '', DATABASE_URL: url ?? '' },
          addons: [{ service: 'heroku-redis', config: { REDIS_URL: addon ?? '' } }],
          jobs: [{ id: '1', command: `rake push TOKEN=${inCommands[0]}`, every: 1440, at: 0 }],
        }),
      ],
    });
    const { token } = engine.sandbox.heroku;
    engine.sandbox.faults.add({ service: 'scheduler', path: '**', kind: 'wrong-shape', body: { data: inCommands } });
    const shown: unknown[] = [await asked(engine, 'plan'), await asked(engine, 'plan'), await asked(engine, 'doctor')];
    // A Heroku that fails in each way that has a message.
    for (const [i, kind] of (['wrong-shape', 'cut-body', 'status'] as const).entries()) {
      engine.sandbox.faults.add({
        service: 'heroku',
        path: '**/config-vars',
        kind,
        nth: 1 + i,
        body: { SECRET_KEY_BASE: [key, url] },
      });
    }
    engine.sandbox.faults.add({
      service: 'heroku',
      method: 'PATCH',
      path: '**/config-vars',
      kind: 'status',
      status: 503,
      times: 4,
    });
    engine.sandbox.faults.add({
      service: 'scheduler',
      method: 'PATCH',
      path: '**',
      kind: 'status',
      status: 500,
      body: { errors: [{ title: `no: ${inCommands[0]}` }] },
      times: 4,
    });
    const { id } = await engine.start('shop');
    expect((await engine.holding(id)).ended).toBeNull();
    shown.push(...(await everyView(engine, id)));
    engine.world.job('shop', '1').command = `rake push TOKEN=${inCommands[1]}`;
    const resume = await engine.resume(id);
    shown.push(...(await everyView(engine, id)));
    await engine.answer(id, resume, 'approve');
    const drift = await engine.asked(id, 'drift');
    shown.push(...(await everyView(engine, id)));
    await engine.answer(id, drift, 'restore');
    await engine.ended(id);
    shown.push(...(await everyView(engine, id)));

    const stored = await everyRow(engine);
    const events = stored.filter(([table]) => table === 'event');
    expect([events.length > 20, lines.length > 50, shown.length > 20]).toEqual([true, true, true]);
    const places = { log: lines, shown, 'event without commands': withoutCommands(events) };
    const rest = { ...places, 'other tables': stored.filter(([table]) => table !== 'event') };
    expect(whereOf([...secrets, token], { ...rest, event: events })).toEqual([]);
    // Restoring needs the commands: they are in the snapshot, in what was seen and in what was sent, of this one step.
    expect(whereOf(inCommands, rest)).toEqual([]);
    expect(whereOf(inCommands, { event: events })).toEqual(inCommands.map((command) => `${command} in event`));
  });

  /** Never the places themselves: a failing test must not print them. */
  function whereOf(words: readonly string[], places: Readonly<Record<string, unknown>>): string[] {
    return words.flatMap((word) =>
      Object.entries(places).flatMap(([name, place]) =>
        JSON.stringify(place).includes(word) ? [`${word} in ${name}`] : [],
      ),
    );
  }

  async function asked(engine: Engine, verb: 'plan' | 'doctor'): Promise<unknown> {
    const reply = await engine.commands[verb](ada, 'shop');
    return [asJson(reply), reply.is === 'plan' ? reply.concerns : null];
  }

  async function everyView(engine: Engine, id: string): Promise<unknown[]> {
    const run = await engine.the(id);
    const now = engine.clock.now();
    const ended = run.ended === null ? [] : [receipt(run, run.ended)];
    return [
      card(run, now),
      emergency(run, now),
      ...run.questions.map((q) => questionView(run, q)),
      ...ended,
      runJson(run),
      statusText(run, now),
    ];
  }

  /** Every row of every table, as the database has it. */
  async function everyRow(engine: Engine): Promise<[string, unknown][]> {
    const tables = ['run', 'event', 'message', 'audit'];
    const all = await Promise.all(
      tables.map(async (table) => {
        const { rows } = await sql<{
          row: unknown;
        }>`select to_jsonb(t) as row from ${sql.table(`maint.${table}`)} t`.execute(engine.database.db);
        return rows.map(({ row }): [string, unknown] => [table, row]);
      }),
    );
    return all.flat();
  }

  /** Without the values of Scheduler jobs, which are where they have to be. */
  function withoutCommands(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(withoutCommands);
    if (!isRecord(value)) return value;
    const ofJob = value['step'] === 'scheduler';
    const hidden = ofJob ? ['before', 'aim', 'now', 'changes'] : [];
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]) => (hidden.includes(name) ? [] : [[name, withoutCommands(inner)]])),
    );
  }
});

/** What a log line would make of the errors in it. */
function deepErrors(about: object): string[] {
  return Object.values(about).flatMap((value) =>
    value instanceof Error ? [value.message, value.stack ?? '', JSON.stringify(value)] : [],
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
