// Slack's side of announcing windows: one message into the thread of the occurrence's first one. What was announced, and
// whether it still is to be, is known above.
import type { Announcer, Said, ToSay } from '../../run/windows/announcing.ts';
import { announcement, isForAll } from '../views/announcement.ts';
import { type Failure, type Mark, type Post, plainly } from './post.ts';

export function createAnnouncer(post: Post): Announcer {
  return {
    async say(what) {
      const { channel, thread } = what;
      const drawn = announcement(what);
      const place = { channel, thread, broadcast: isForAll(what.announcement) };
      let posted = await post.post(place, markOf(what), drawn);
      if (posted.is === 'content') posted = await post.post(place, markOf(what), plainly(drawn));
      // The first message was deleted: what is to be said is said all the same.
      if (posted.is === 'gone') posted = await post.post({ ...place, thread: null }, markOf(what), drawn);
      return posted.is === 'posted' ? { is: 'said', ts: posted.ts } : saidOf(posted);
    },
    async find(what) {
      const found = await post.find(what, markOf(what));
      if (found.is === 'absent') return found;
      return found.is === 'found' ? { is: 'said', ts: found.ts } : saidOf(found);
    },
  };
}

/** Occurrences and runs do not share ids. */
function markOf({ occurrence, announcement: { key } }: Pick<ToSay, 'occurrence' | 'announcement'>): Mark {
  return { run: occurrence.id, key };
}

function saidOf(failure: Failure): Said {
  switch (failure.is) {
    case 'slow':
      return { is: 'not-yet', why: 'asked to slow down', unclear: false, ms: failure.ms };
    case 'down':
      // Without the scope to look, nothing can be looked for, ever.
      if (failure.why === 'missing_scope') return { is: 'closed', why: failure.why };
      return { is: 'not-yet', why: failure.why, unclear: failure.unclear, ms: null };
    case 'channel':
    case 'gone':
    case 'content':
      return { is: 'closed', why: failure.why };
  }
}
