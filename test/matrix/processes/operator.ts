// The people in the sandbox's Slack: they type, press, and do it again where nothing came of it, as anybody does whose
// command was swallowed by a bot that died. What they see is the channel, nothing else. One maintenance a channel.
import { buttonsIn, current, type Message } from '../../../src/sandbox/slack/index.ts';
import { APP, type Stage } from './stage.ts';

const CHANNEL = 'C0OPS';
/** Nothing came of it for so long: people try again. Real time. */
const AGAIN_MS = 4_000;

export type Saw = 'nothing' | 'going' | 'holding' | 'approvable' | 'back' | 'restored' | 'other';

export class Operator {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get #slack() {
    return this.#stage.sandbox.slack;
  }

  /** Types the start until there is a card. */
  async start(by = 'ada'): Promise<void> {
    await this.#insist(
      () => this.#slack.command({ user: by, channel: CHANNEL, text: `start ${APP}` }),
      () => this.card() !== undefined,
    );
  }

  /** Opens the approval; it is there when this resolves. */
  async resume(): Promise<void> {
    await this.#insist(
      () => this.#press('Resume', 'ada'),
      () => this.sees() === 'approvable' || this.#over(),
    );
  }

  async approve(): Promise<void> {
    await this.#insist(
      () => this.#press('Approve', 'grace'),
      () => this.#over(),
    );
  }

  /** What the channel shows of this maintenance. */
  sees(): Saw {
    const card = this.card();
    if (card === undefined) return 'nothing';
    const { text } = current(card);
    if (text.includes(': restored')) return 'restored';
    if (text.includes(': restoring')) return 'back';
    if (this.#withButton('Approve') !== undefined) return 'approvable';
    if (text.includes('holding: quiet')) return 'holding';
    return /: (planning|quieting)/.test(text) ? 'going' : 'other';
  }

  /** Resolves when the channel shows one of these; says what it shows instead after `withinMs`. */
  async until(withinMs: number, ...wanted: readonly Saw[]): Promise<void> {
    try {
      await this.#slack.until(() => wanted.includes(this.sees()), withinMs);
    } catch {
      const card = this.card();
      const shown = card === undefined ? 'no card' : `"${current(card).text}"`;
      throw new Error(`within ${withinMs / 1_000} s the channel should show ${wanted.join(' or ')}; it shows ${shown}`);
    }
  }

  card(): Message | undefined {
    return this.#messages().findLast((m) => current(m).metadata?.event_payload['key'] === 'card');
  }

  /** Messages of maint that are in the channel twice. */
  twice(): readonly string[] {
    const seen = new Map<string, number>();
    for (const message of this.#messages()) {
      const { metadata } = current(message);
      if (metadata === null || message.deletedAt !== null) continue;
      const { run, key } = metadata.event_payload;
      const mark = `${String(run)} ${String(key)}`;
      seen.set(mark, (seen.get(mark) ?? 0) + 1);
    }
    return [...seen].flatMap(([mark, times]) => (times > 1 ? [`${mark} (${times} times)`] : []));
  }

  #over(): boolean {
    return ['back', 'restored'].includes(this.sees());
  }

  #messages(): readonly Message[] {
    return this.#slack.messages.list({ channel: CHANNEL, ephemeral: false });
  }

  /** In this maintenance: the card itself, or its thread. */
  #withButton(label: string): Message | undefined {
    const card = this.card();
    return this.#messages().findLast(
      (m) =>
        card !== undefined &&
        (m.ts === card.ts || m.threadTs === card.ts) &&
        buttonsIn(current(m).blocks).some(({ element }) => element.text.text === label),
    );
  }

  async #press(label: string, user: string): Promise<void> {
    const message = this.#withButton(label);
    if (message === undefined) return;
    await this.#slack.click({ user, channel: CHANNEL, messageTs: message.ts, label });
  }

  async #insist(act: () => Promise<unknown>, done: () => boolean): Promise<void> {
    const deadline = performance.now() + 90_000;
    while (!done()) {
      if (performance.now() > deadline) throw new Error('nothing came of what people typed and pressed, for 90 s');
      // Not acknowledged: no bot was there, or it died at it.
      await act().catch(() => {});
      await this.#slack.until(done, AGAIN_MS).catch(() => {});
    }
  }
}
