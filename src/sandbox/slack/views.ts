// The modals that each person has open, one upon another, and their Home tab. What is filled in and submitted is left to
// people.ts.
import type { View } from './blocks/blocks.ts';
import type { Changes } from './changes.ts';
import { withIds } from './messages.ts';
import { Refusal } from './refusal.ts';

export interface OpenView {
  readonly id: string;
  readonly user: string;
  readonly view: View;
  readonly hash: string;
  readonly rootId: string;
  readonly previousId: string | null;
  /** The complaints that the app answered a submission with, by block id: shown until the next one. */
  readonly errors: Readonly<Record<string, string>>;
}

const deepest = 3;

export class Views {
  readonly #changes: Changes;
  readonly #stacks = new Map<string, OpenView[]>();
  readonly #homes = new Map<string, OpenView>();
  #count = 0;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  /** The modals that `user` has open; the last is on top. */
  open(user: string): readonly OpenView[] {
    return this.#stacks.get(user) ?? [];
  }

  home(user: string): OpenView | null {
    return this.#homes.get(user) ?? null;
  }

  find(id: string): OpenView | null {
    return this.#every().find((view) => view.id === id) ?? null;
  }

  findExternal(externalId: string): OpenView | null {
    return this.#every().find(({ view }) => view.external_id === externalId) ?? null;
  }

  /** Opens a new stack: whatever modals `user` had open are gone, as in Slack. */
  openFirst(user: string, view: View): OpenView {
    this.#refuseDoubled(view, null);
    const opened = this.#made(user, view, null);
    this.#stacks.set(user, [opened]);
    this.#changes.tell({ kind: 'view', did: 'opened', view: opened });
    return opened;
  }

  push(user: string, view: View): OpenView {
    const stack = this.open(user);
    const top = stack.at(-1);
    if (top === undefined) throw new Refusal('not_found');
    if (stack.length >= deepest) throw new Refusal('push_limit_reached');
    this.#refuseDoubled(view, null);
    const pushed = this.#made(user, view, top);
    this.#stacks.set(user, [...stack, pushed]);
    this.#changes.tell({ kind: 'view', did: 'pushed', view: pushed });
    return pushed;
  }

  /** `hash`, where given, must be that of the view as it stands: two updates at once do not overwrite one another. */
  update(id: string, view: View, hash: string | null = null): OpenView {
    const known = this.find(id);
    if (known === null) throw new Refusal('not_found');
    if (hash !== null && hash !== known.hash) throw new Refusal('hash_conflict');
    this.#refuseDoubled(view, id);
    return this.#replace({ ...known, view: this.#named(view, id), errors: {}, hash: this.#nextHash() });
  }

  showErrors(id: string, errors: Readonly<Record<string, string>>): void {
    const known = this.find(id);
    if (known !== null) this.#replace({ ...known, errors });
  }

  publish(user: string, view: View, hash: string | null = null): OpenView {
    const known = this.home(user);
    if (hash !== null && known !== null && hash !== known.hash) throw new Refusal('hash_conflict');
    const published = this.#made(user, view, null);
    const kept = known === null ? published : { ...published, id: known.id, rootId: known.id };
    this.#homes.set(user, kept);
    this.#changes.tell({ kind: 'view', did: 'published', view: kept });
    return kept;
  }

  /** Closes the top modal of `user`, or all. Returns what was closed, top first. */
  close(user: string, which: 'top' | 'all'): OpenView[] {
    const stack = [...this.open(user)];
    const closed = which === 'all' ? stack.reverse() : stack.slice(-1);
    this.#stacks.set(user, which === 'all' ? [] : this.open(user).slice(0, -1));
    for (const view of closed) this.#changes.tell({ kind: 'view', did: 'closed', view });
    return closed;
  }

  #every(): OpenView[] {
    return [...[...this.#stacks.values()].flat(), ...this.#homes.values()];
  }

  #refuseDoubled(view: View, except: string | null): void {
    if (view.external_id === undefined) return;
    const other = this.findExternal(view.external_id);
    if (other !== null && other.id !== except) throw new Refusal('duplicate_external_id');
  }

  #made(user: string, view: View, below: OpenView | null): OpenView {
    this.#count += 1;
    const id = `V0${this.#count}`;
    return {
      id,
      user,
      view: this.#named(view, id),
      hash: this.#nextHash(),
      rootId: below?.rootId ?? id,
      previousId: below?.id ?? null,
      errors: {},
    };
  }

  #named(view: View, id: string): View {
    return { ...view, blocks: withIds(view.blocks, id) };
  }

  #nextHash(): string {
    this.#count += 1;
    return `${Date.now()}.${this.#count}`;
  }

  #replace(view: OpenView): OpenView {
    const stack = this.open(view.user);
    if (this.home(view.user)?.id === view.id) this.#homes.set(view.user, view);
    else
      this.#stacks.set(
        view.user,
        stack.map((one) => (one.id === view.id ? view : one)),
      );
    this.#changes.tell({ kind: 'view', did: 'updated', view });
    return view;
  }
}
