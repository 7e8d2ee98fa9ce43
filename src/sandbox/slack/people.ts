// Acts as the people of the workspace: they type commands, press buttons, choose, fill in and submit modals, as far as
// Slack's own client would let them.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Block } from './blocks/blocks.ts';
import type { World } from './call.ts';
import type { Ack, Delivery } from './delivery.ts';
import { findButton, findChoice, findInput, type Which } from './find.ts';
import { current, type Message } from './messages.ts';
import { checkedView } from './methods/views.ts';
import * as payloads from './payloads.ts';
import { showAcknowledged } from './respond.ts';
import { isEmpty, meant, type Said, type State, type StateValue, stateOf } from './values.ts';
import type { OpenView } from './views.ts';
import { app, type User } from './workspace.ts';

/** A message in a channel, or a view. Users and channels are named by name or id. */
export type Where = { readonly channel: string; readonly messageTs: string } | { readonly viewId: string };

export interface CommandAck extends Ack {
  /** The message that the acknowledgement itself shows, where it shows one. */
  readonly shown: Message | null;
}

export interface ClickAck extends Ack {
  /** What Slack asked before it sent the click, taken as confirmed. */
  readonly confirmed: {
    readonly title: string;
    readonly text: string;
    readonly confirm: string;
    readonly deny: string;
  } | null;
}

export type Submitted = Ack &
  (
    | { readonly result: 'closed' | 'cleared' }
    | { readonly result: 'updated' | 'pushed'; readonly view: OpenView }
    /** By block id; the modal stays open. */
    | { readonly result: 'errors'; readonly errors: Readonly<Record<string, string>> }
  );

const submissionAnswer = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
  z.object({ response_action: z.literal('clear') }),
]);

export class People {
  readonly #world: World;
  readonly #delivery: Delivery;
  readonly #now: () => number;
  /** What was picked and typed, by message and person or by view. */
  readonly #touched = new Map<string, State>();

  /** `now` is the sandbox's clock. */
  constructor(world: World, delivery: Delivery, now: () => number) {
    this.#world = world;
    this.#delivery = delivery;
    this.#now = now;
  }

  /** Types a slash command. A command cannot be typed in a thread, so there is no thread to give. */
  async command(given: { user: string; channel: string; text?: string; command?: string }): Promise<CommandAck> {
    const { grants, workspace } = this.#world;
    const user = this.#person(given.user);
    const channel = workspace.channel(given.channel);
    const target = { user: user.id, channel: channel.id, threadTs: null, messageTs: null };
    const payload = payloads.slashCommand({
      user,
      channel,
      command: given.command ?? '/maint',
      text: given.text ?? '',
      responseUrl: this.#responseUrl(target),
      triggerId: grants.trigger({ user: user.id, fromView: null }),
    });
    const ack = await this.#delivery.deliver({ type: 'slash_commands', payload });
    return { ...ack, shown: showAcknowledged(this.#world, ack.body, target) };
  }

  /** Presses a button of what is shown now; its confirm dialog, if it has one, is confirmed. */
  async click(given: { user: string } & Where & Which): Promise<ClickAck> {
    const surface = this.#surface(given);
    const { element, blockId, actionId } = findButton(surface.blocks, whichOf(given));
    const { confirm, text, value, style } = element;
    const ack = await this.#act(surface, {
      type: 'button',
      block_id: blockId,
      action_id: actionId,
      text,
      ...(value === undefined ? {} : { value }),
      ...(style === undefined ? {} : { style }),
      ...(confirm === undefined ? {} : { confirm }),
    });
    if (confirm === undefined) return { ...ack, confirmed: null };
    const said = [confirm.title, confirm.text, confirm.confirm, confirm.deny].map((part) => part.text);
    const [title = '', question = '', yes = '', no = ''] = said;
    return { ...ack, confirmed: { title, text: question, confirm: yes, deny: no } };
  }

  /** Chooses in a select, a menu, a date or time picker, radio buttons or checkboxes. */
  async select(given: { user: string; choose: Said } & Where & Which): Promise<Ack> {
    const surface = this.#surface(given);
    const { element, blockId, actionId } = findChoice(surface.blocks, whichOf(given));
    const value = meant(element, given.choose, this.#world.workspace);
    this.#touch(surface.key, blockId, actionId, value);
    return this.#act(surface, { ...value, block_id: blockId, action_id: actionId });
  }

  /** The modals that a person has open, the top one last. */
  openViews(user: string): readonly OpenView[] {
    return this.#world.views.open(this.#world.workspace.user(user).id);
  }

  homeView(user: string): OpenView | null {
    return this.#world.views.home(this.#world.workspace.user(user).id);
  }

  /**
   * Fills in and submits a modal, the top one unless another is named. `values` by action id, block id or label. Throws
   * where Slack's client would not send it: an input that must be filled in is empty.
   */
  async submit(given: { user: string; viewId?: string; values?: Readonly<Record<string, Said>> }): Promise<Submitted> {
    const user = this.#person(given.user);
    const view = this.#modal(user, given.viewId);
    const { blocks } = view.view;
    for (const [key, said] of Object.entries(given.values ?? {})) {
      const { element, blockId, actionId } = findInput(blocks, key);
      this.#touch(view.id, blockId, actionId, meant(element, said, this.#world.workspace));
    }
    const state = this.#state(view.id, blocks);
    for (const block of blocks) {
      if (block.type !== 'input' || block.optional === true) continue;
      const value = state[block.block_id ?? '']?.[block.element.action_id ?? ''];
      if (value !== undefined && isEmpty(value)) throw new Error(`Expected "${block.label.text}" to be filled in`);
    }
    const triggerId = this.#world.grants.trigger({ user: user.id, fromView: view.id });
    const payload = payloads.viewSubmission({ user, view, state, triggerId });
    const ack = await this.#delivery.deliver({ type: 'interactive', payload });
    return this.#settled(user, view, ack);
  }

  /** Closes a modal without submitting it, the top one unless another is named. */
  async dismiss(given: { user: string; viewId?: string }): Promise<void> {
    const user = this.#person(given.user);
    const view = this.#modal(user, given.viewId);
    const state = this.#state(view.id, view.view.blocks);
    this.#world.views.close(user.id, view.view.type === 'modal' && view.view.clear_on_close === true ? 'all' : 'top');
    if (view.view.type !== 'modal' || view.view.notify_on_close !== true) return;
    const payload = payloads.viewClosed({ user, view, cleared: false, state });
    await this.#delivery.deliver({ type: 'interactive', payload });
  }

  /** Opens the app's Home tab. */
  async openHome(who: string): Promise<Ack> {
    const user = this.#person(who);
    const event = {
      type: 'app_home_opened',
      user: user.id,
      channel: this.#world.workspace.openDirect(user.id).id,
      tab: 'home',
    };
    const id = `Ev${randomUUID().replaceAll('-', '').slice(0, 9).toUpperCase()}`;
    return this.#delivery.deliver({ type: 'events_api', payload: payloads.eventCallback(event, this.#now(), id) });
  }

  /** Says something in a channel or a thread. The app is not told: it listens to no messages. */
  say(given: { user: string; channel: string; text: string; threadTs?: string }): Message {
    return this.#world.messages.post({
      channel: this.#world.workspace.channel(given.channel).id,
      user: this.#person(given.user).id,
      byBot: false,
      text: given.text,
      threadTs: given.threadTs ?? null,
    });
  }

  #person(who: string): User {
    const user = this.#world.workspace.user(who);
    if (user.deactivated) throw new Error(`Expected somebody who can sign in; ${user.name} is deactivated`);
    if (user.id === app.botUserId) throw new Error('Expected a person, got the bot');
    return user;
  }

  #modal(user: User, id: string | undefined): OpenView {
    const open = this.#world.views.open(user.id);
    const view = id === undefined ? open.at(-1) : open.find((one) => one.id === id);
    if (view !== undefined) return view;
    throw new Error(
      `Expected ${user.name} to have modal ${id ?? 'any'} open, there is ${open.map((one) => one.id).join(', ') || 'none'}`,
    );
  }

  #surface(given: { user: string } & Where): Surface {
    const user = this.#person(given.user);
    if ('viewId' in given) {
      const view = this.#world.views.find(given.viewId);
      if (view === null || view.user !== user.id)
        throw new Error(`Expected an open view of ${user.name}, got ${given.viewId}`);
      return { is: 'view', user, view, key: view.id, blocks: view.view.blocks };
    }
    const channel = this.#world.workspace.channel(given.channel);
    const message = this.#world.messages.find(channel.id, given.messageTs);
    if (message === null || (message.onlyFor !== null && message.onlyFor !== user.id)) {
      throw new Error(`Expected a message that ${user.name} sees in #${channel.name}, got ${given.messageTs}`);
    }
    const key = `${channel.id} ${message.ts} ${user.id}`;
    return { is: 'message', user, message, channel: channel.id, key, blocks: current(message).blocks };
  }

  #act(surface: Surface, done: StateValue & { block_id: string; action_id: string }): Promise<Ack> {
    const { user, key, blocks } = surface;
    const action = { ...done, action_ts: (this.#now() / 1_000).toFixed(6) };
    const state = this.#state(key, blocks);
    const fromView = surface.is === 'view' && surface.view.view.type === 'modal' ? surface.view.id : null;
    const triggerId = this.#world.grants.trigger({ user: user.id, fromView });
    if (surface.is === 'view') {
      const payload = payloads.viewAction({ user, view: surface.view, action, state, triggerId });
      return this.#delivery.deliver({ type: 'interactive', payload });
    }
    const { message } = surface;
    const target = { user: user.id, channel: surface.channel, threadTs: message.threadTs, messageTs: message.ts };
    const payload = payloads.messageAction({
      user,
      channel: this.#world.workspace.channel(surface.channel),
      message,
      messages: this.#world.messages,
      action,
      state,
      responseUrl: this.#responseUrl(target),
      triggerId,
    });
    return this.#delivery.deliver({ type: 'interactive', payload });
  }

  #settled(user: User, view: OpenView, ack: Ack): Submitted {
    const { views } = this.#world;
    if (ack.body === null || ack.body === '' || isEmptyObject(ack.body)) {
      views.close(user.id, 'top');
      return { ...ack, result: 'closed' };
    }
    const answer = submissionAnswer.parse(ack.body);
    switch (answer.response_action) {
      case 'clear':
        views.close(user.id, 'all');
        return { ...ack, result: 'cleared' };
      case 'errors': {
        const inputs = view.view.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id ?? ''] : []));
        const strange = Object.keys(answer.errors).filter((id) => !inputs.includes(id));
        if (strange.length > 0)
          throw new Error(`Expected errors for inputs (${inputs.join(', ')}), got ${strange.join(', ')}`);
        views.showErrors(view.id, answer.errors);
        return { ...ack, result: 'errors', errors: answer.errors };
      }
      case 'update':
        return { ...ack, result: 'updated', view: views.update(view.id, checkedView(answer.view, 'modal')) };
      case 'push':
        return { ...ack, result: 'pushed', view: views.push(user.id, checkedView(answer.view, 'modal')) };
    }
  }

  #state(key: string, blocks: readonly Block[]): State {
    return stateOf(blocks, this.#touched.get(key) ?? {});
  }

  #touch(key: string, blockId: string, actionId: string, value: StateValue): void {
    const before = this.#touched.get(key) ?? {};
    this.#touched.set(key, { ...before, [blockId]: { ...before[blockId], [actionId]: value } });
  }

  #responseUrl(target: Parameters<World['grants']['responseUrl']>[0]): string {
    return `${this.#world.url()}/respond/${this.#world.grants.responseUrl(target)}`;
  }
}

type Surface = { readonly user: User; readonly key: string; readonly blocks: readonly Block[] } & (
  | { readonly is: 'view'; readonly view: OpenView }
  | { readonly is: 'message'; readonly message: Message; readonly channel: string }
);

function whichOf({ label, actionId, blockId, value }: Which): Which {
  return {
    ...(label === undefined ? {} : { label }),
    ...(actionId === undefined ? {} : { actionId }),
    ...(blockId === undefined ? {} : { blockId }),
    ...(value === undefined ? {} : { value }),
  };
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
