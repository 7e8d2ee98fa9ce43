// I6, the longest of the invariants: every write may be sent twice, and its answer be lost.
import { describe, expect, it } from 'vitest';
import { engines, shop } from '../helpers/engine.ts';
import type { Passing } from '../helpers/front.ts';
import { cycle, everything, WRITES } from './everything.ts';

const engineFor = engines();

// A log session is asked for with a POST, and changes nothing.
const isWrite = ({ method, path }: Passing): boolean => method !== 'GET' && !path.endsWith('/log-sessions');

describe('I6 everything twice', () => {
  it('I6 ends the same where every write takes effect twice', async () => {
    const engine = await engineFor({ apps: [shop(everything)], through: { twice: isWrite } });
    await cycle(engine);
    expect(engine.writes()).toHaveLength(2 * WRITES);
  });

  it('I6 ends the same where the answer to every write is lost the first time', async () => {
    const lost = new Set<string>();
    const engine = await engineFor({
      apps: [shop(everything)],
      through: {
        after(request) {
          const known = !isWrite(request) || lost.has(request.path + request.body);
          lost.add(request.path + request.body);
          return known;
        },
      },
    });
    await cycle(engine);
    expect(engine.writes().length).toBeGreaterThanOrEqual(2 * WRITES);
  });

  it.each(Array.from({ length: WRITES }, (_, i) => i + 1))(
    'I6 ends the same where no answer to write number %i comes, however often it is repeated in one call',
    async (nth) => {
      let writes = 0;
      let left = 3; // the call itself, and its two repeats
      let one: string | null = null;
      const engine = await engineFor({
        apps: [shop(everything)],
        through: {
          after(request) {
            if (!isWrite(request)) return true;
            const what = request.path + request.body;
            if (one === null) {
              writes += 1;
              if (writes === nth) one = what;
            }
            if (one !== what || left === 0) return true;
            left -= 1;
            return false;
          },
        },
      });
      await cycle(engine);
      expect(left).toBe(0);
    },
  );
});
