// Who typed or clicked, from what Slack sends along.
import type { Person } from '../model/person.ts';

export function personOf(user: { readonly id: string; readonly name?: string; readonly username?: string }): Person {
  return { id: user.id, name: user.name ?? user.username ?? user.id, via: 'slack' };
}
