import { describe, expect, it } from 'vitest';
import { silentLog } from '../src/log.ts';
import { SandboxClock } from '../src/sandbox/index.ts';
import type { AuditEntry } from '../src/store/store.ts';
import { createTrail } from '../src/trail.ts';

const wrong = { person: null, what: 'a webhook from Heroku', outcome: 'refused', why: 'a wrong signature' } as const;
const none = { ...wrong, why: 'no signature' };

function trail() {
  const clock = new SandboxClock({ manual: true });
  const written: AuditEntry[] = [];
  const audit = async (entry: AuditEntry): Promise<void> => void written.push(entry);
  return { clock, whys: () => written.map(({ why }) => why), trail: createTrail({ audit }, clock, silentLog) };
}

describe('what comes from outside and reaches no command', () => {
  it('is a line a minute with its number, for each kind', () => {
    const { clock, whys, trail: kept } = trail();
    for (let i = 0; i < 30; i += 1) kept.note(wrong);
    kept.note(none);
    expect(whys()).toEqual(['a wrong signature', 'no signature']);
    clock.advance(60_000);
    expect(whys().slice(2)).toEqual(['a wrong signature (29 in a minute)']);
    clock.advance(3_600_000);
    expect(whys()).toHaveLength(3);
  });

  it('cannot fill the database by differing', () => {
    const { whys, trail: kept } = trail();
    for (let i = 0; i < 1_000; i += 1) kept.note({ ...wrong, why: `kind ${i}` });
    expect(whys().length).toBeLessThanOrEqual(101);
    expect(whys().at(-1)).toBe('as many others in this minute');
  });

  it('a database that is away loses the line and nothing else', async () => {
    const clock = new SandboxClock({ manual: true });
    const kept = createTrail({ audit: () => Promise.reject(new Error('away')) }, clock, silentLog);
    kept.note(wrong);
    await kept.close();
  });
});
