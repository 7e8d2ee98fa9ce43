// How an app stands at this moment, item by item, for a person who has to know it without a snapshot. Judges nothing:
// without one, nobody can say what is as it was.
import { clause, Trouble } from '../errors.ts';
import type { Platform } from '../model/platform.ts';
import type { Cx } from '../model/step.ts';
import { holds } from '../run/stock.ts';

export interface Standing {
  readonly step: string;
  readonly title: string;
  readonly label: string;
  /** For people, redacted; null where it could not be read. */
  readonly now: string | null;
  readonly why: string | null;
}

/** Never throws for what cannot be read: the rest is worth knowing all the same. */
export async function asItStands(platform: Platform, cx: Cx): Promise<readonly Standing[]> {
  // What only tells of changes holds nothing still.
  const still = holds(platform).filter((hold) => hold.tells === undefined);
  const looked = still.map(async (hold): Promise<readonly Standing[]> => {
    const { name: step, title } = hold;
    const unread = (why: string): Standing[] => [{ step, title, label: title, now: null, why }];
    try {
      const look = await hold.look(cx);
      if (look.is !== 'seen') return unread(look.why);
      return look.items.map(({ label, value }) => ({ step, title, label, now: hold.show(value), why: null }));
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      return unread(clause(error));
    }
  });
  return (await Promise.all(looked)).flat();
}
