// Says to whoever asked for a maintenance, and to nobody else, that its channel takes nothing of it any more and that there
// is no other: once, until it works again. The run goes on meanwhile; the channel catches up when maint is let in.
import type { Logger } from '../../log.ts';
import type { Run } from '../../model/run.ts';
import { brief } from '../views/reply.ts';
import { channelLink, code, isUser, said } from '../views/text.ts';
import type { Post } from './post.ts';

export interface Warnings {
  /** Never throws. */
  warn(run: Run, channel: string, why: string): Promise<void>;
  /** It works again. */
  over(runId: string): void;
}

export function createWarnings(post: Post, log: Logger): Warnings {
  const warned = new Set<string>();
  return {
    async warn(run, channel, why) {
      if (warned.has(run.id) || run.ended !== null) return;
      warned.add(run.id);
      log.error(
        { run: run.id, channel, why },
        'the channel of a maintenance takes nothing any more, and there is no other',
      );
      const { id, via } = run.askedBy;
      if (via !== 'slack' || !isUser(id)) return;
      const place = { channel: id, thread: null, broadcast: false };
      const told = await post.post(
        place,
        { run: run.id, key: 'warning' },
        brief(
          `⚠️ *${said(run.app.name, 60)}*: maint cannot write into ${channelLink(channel)} any more (${said(why, 200)}). The maintenance goes on, and nothing of it is shown there. Let maint in again (${code('/invite')}) and it catches up; ${code(`/maint status ${run.app.name}`)} shows how it stands.`,
        ),
      );
      if (told.is === 'posted') return;
      warned.delete(run.id);
      log.error({ run: run.id, is: told.is }, 'nor could the person be told who asked for it');
    },
    over: (runId) => void warned.delete(runId),
  };
}
