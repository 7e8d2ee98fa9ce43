import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { onEveryDatabase } from '../helpers/database.ts';
import { cancelled, drift, extended, freshStore, noon, requested, there } from './fixtures.ts';

onEveryDatabase('Telling', (databases) => {
  const at = freshStore(databases);
  const events =
    (...list: (typeof extended)[]) =>
    () => ({ is: 'events' as const, events: list });

  test('a new run has a card to draw, and every event that people hear of a note, once', async () => {
    await at.store.create(requested('run-1'));
    await at.store.decide('run-1', noon + 1, events(extended, { is: 'emergency-told' }, drift));
    await at.store.decide('run-1', noon + 2, events(extended));
    expect(
      (await at.store.messages('run-1')).map(({ key, kind, question, seq, state }) => [
        key,
        kind,
        question,
        seq,
        state,
      ]),
    ).toEqual([
      ['card', 'card', null, 1, 'pending'],
      ['extended-2', 'extended', null, 2, 'pending'],
      ['question-4', 'question', 'drift-1', 4, 'pending'],
      ['extended-5', 'extended', null, 5, 'pending'],
    ]);
  });

  test('a note and its event are committed together or not at all', async () => {
    await at.store.create(requested('run-1'));
    const failing = at.store.decide('run-1', noon, events(extended, { is: 'reminded', question: null }, there(bad())));
    await expect(failing).rejects.toThrow();
    expect(await at.store.messages('run-1')).toHaveLength(1);
    expect(await at.store.log('run-1')).toHaveLength(1);
  });

  test('a run that was asked for at a terminal, without a channel, has nothing to tell', async () => {
    await at.store.create(requested('run-1', { channel: null }));
    await at.store.decide('run-1', noon, events(extended));
    expect(await at.store.messages('run-1')).toEqual([]);
    expect(await at.store.untold()).toEqual([]);
  });

  test('a run is untold until its card is level with it and its messages are sent', async () => {
    await at.store.create(requested('run-1'));
    expect(await at.store.untold()).toEqual(['run-1']);
    await at.store.setMessage('run-1', 'card', { state: 'sent', channel: 'C1', ts: '1.1', drawn: 'abc' });
    expect(await at.store.untold()).toEqual(['run-1']);
    await at.store.told('run-1', 1);
    expect(await at.store.untold()).toEqual([]);
    await at.store.decide('run-1', noon, events(extended));
    await at.store.told('run-1', 2);
    await at.store.setMessage('run-1', 'extended-2', { state: 'sending', tries: 1 });
    expect(await at.store.untold()).toEqual(['run-1']);
    await at.store.setMessage('run-1', 'extended-2', { state: 'dropped', why: 'the channel is \0 gone' });
    expect(await at.store.untold()).toEqual([]);
    expect((await at.store.messages('run-1'))[0]).toEqual({
      key: 'card',
      kind: 'card',
      question: null,
      seq: 1,
      state: 'sent',
      channel: 'C1',
      ts: '1.1',
      drawn: 'abc',
      tries: 0,
      why: null,
      file: null,
      createdAt: noon,
    });
  });

  test('a claim whose answer comes late is none: by then another process may be telling', async () => {
    await at.store.create(requested('run-1'));
    const held = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const other = at.database.db.transaction().execute(async (tx) => {
      await tx.selectFrom('run').select('id').forUpdate().execute();
      locked.resolve();
      await held.promise;
    });
    await locked.promise;
    const late = at.store.claimTelling('run-1', 'here', 200);
    setTimeout(held.resolve, 150);
    expect(await late).toBe(false);
    await other;
    expect(await at.store.claimTelling('run-1', 'here', 15_000)).toBe(true);
  });

  test('a claim that another has had in between is not prolonged, and can be taken anew', async () => {
    await at.store.create(requested('run-1'));
    const other = openStore(at.database);
    expect(await at.store.claimTelling('run-1', 'here', 15_000)).toBe(true);
    // As if this process had been stopped until its claim had run out.
    await sql`update maint.run set teller_until = clock_timestamp()`.execute(at.database.db);
    expect(await other.claimTelling('run-1', 'there', 15_000)).toBe(true);
    await other.endTelling('run-1', 'there');
    expect(await at.store.claimTelling('run-1', 'here', 15_000)).toBe(false);
    expect(await at.store.claimTelling('run-1', 'here', 15_000)).toBe(true);
    expect(await at.store.claimTelling('run-1', 'here', 15_000)).toBe(true);
  });

  test('the end of a run is told too', async () => {
    await at.store.create(requested('run-1'));
    await at.store.decide('run-1', noon, events(cancelled));
    expect(await at.store.untold()).toEqual(['run-1']);
  });

  test('what was drawn late does not make the run look untold', async () => {
    await at.store.create(requested('run-1'));
    await at.store.setMessage('run-1', 'card', { state: 'sent' });
    await at.store.told('run-1', 3);
    await at.store.told('run-1', 1);
    await at.store.decide('run-1', noon, events({ is: 'emergency-told' }, { is: 'emergency-told' }));
    expect(await at.store.untold()).toEqual([]);
  });

  test('of two processes one tells; the other may when that has ended, or when its claim has run out', async () => {
    await at.store.create(requested('run-1'));
    const claims = await Promise.all(['a', 'b', 'c'].map((owner) => at.store.claimTelling('run-1', owner, 30_000)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    const owner = there(['a', 'b', 'c'][claims.indexOf(true)]);
    expect(await at.store.untold()).toEqual([]);
    expect(await at.store.claimTelling('run-1', owner, 30_000)).toBe(true);
    await at.store.endTelling('run-1', 'somebody else');
    expect(await at.store.claimTelling('run-1', 'other', 30_000)).toBe(false);
    await at.store.endTelling('run-1', owner);
    expect(await at.store.untold()).toEqual(['run-1']);
    expect(await at.store.claimTelling('run-1', 'other', 30_000)).toBe(true);
    await sql`update maint.run set teller_until = clock_timestamp() - interval '1 millisecond'`.execute(at.database.db);
    expect(await at.store.untold()).toEqual(['run-1']);
    expect(await at.store.claimTelling('run-1', 'third', 30_000)).toBe(true);
  });

  test('that the emergency card has arrived is recorded once, and wakes the run', async () => {
    await at.store.create(requested('run-1'));
    const lease = there(await at.store.takeLease('run-1', 'here'));
    await at.store.rest(lease, 1, null);
    await at.store.releaseLease(lease);
    const other = openStore(at.database);
    await Promise.all([at.store.emergencyTold('run-1', noon + 3), other.emergencyTold('run-1', noon + 3)]);
    await at.store.emergencyTold('run-1', noon + 9);
    expect(await at.store.load('run-1')).toMatchObject({ seq: 2, emergencyToldAt: noon + 3 });
    expect(await at.store.due(noon + 3)).toEqual(['run-1']);
  });
});

/** A second request: `apply` refuses it. */
function bad() {
  return requested('run-1').requested;
}
