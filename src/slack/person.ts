// Who typed or clicked, from what Slack sends along.
import type { Person } from '../model/person.ts';
import { cut, plain } from './views/text.ts';

export function personOf(user: { readonly id: string; readonly name?: string; readonly username?: string }): Person {
  return { id: user.id, name: cut(plain(user.name ?? user.username ?? user.id), 80), via: 'slack' };
}
