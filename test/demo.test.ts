import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** The demo as a person has it: a prompt to type at, and what it prints. */
class Demo {
  #printed = '';
  readonly #process = spawn(process.execPath, ['src/demo.ts', '--speed', '40'], {
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  readonly #waiting = new Set<() => void>();
  readonly ended = new Promise<number | null>((resolve) => this.#process.once('exit', resolve));

  constructor() {
    this.#process.stdout.on('data', (chunk: Buffer) => {
      this.#printed += chunk.toString();
      for (const look of this.#waiting) look();
    });
  }

  type(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** Resolves as soon as it has printed this after what was waited for last. */
  prints(text: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = text.exec(this.#printed);
        if (found === null) return;
        this.#printed = this.#printed.slice(found.index + found[0].length);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      this.ended.then((code) => reject(new Error(`Expected ${text}, the demo ended with ${code}: ${this.#printed}`)));
      look();
    });
  }
}

/** The demo as it is called with these options, to its end. */
async function called(...options: string[]): Promise<{ status: number | null; printed: string }> {
  const env = { PATH: process.env['PATH'] };
  const demo = spawn(process.execPath, ['src/demo.ts', ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const out of [demo.stdout, demo.stderr])
    out.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  const status = await new Promise<number | null>((resolve) => demo.once('close', resolve));
  return { status, printed };
}

describe('npm run demo', () => {
  it('plays a maintenance by itself with all that a hard one has, and the app is as before', async () => {
    // Slower than for people: a machine that is busy for a second must not be a minute late.
    const { status, printed } = await called('--script', '--speed', '10');
    for (const seen of [
      /Sidekiq.*\d+ waiting/u,
      /Judoscale brings dynos back by itself/u,
      /jobs still land: \d+ waiting, then \d+/u,
      /ada presses \[ Look again \]/u,
      /holding: quiet except Judoscale/u,
      /ended well \(exit status 0\)/u,
      /AddCurrencyToOrders: migrated/u,
      /\d+ jobs wait in Sidekiq/u,
      /grace presses \[ Go on slowly \]/u,
      /worker\.1: ActiveModel::UnknownAttributeError/u,
      /studio · restored/u,
      /autoscaling LATENCY_SCALE.*on, 2 to 5 web dynos.*off, 2 to 5 web dynos.*on, 2 to 5 web dynos/u,
      /Before and after are equal\./u,
    ]) {
      expect(printed).toMatch(seen);
    }
    expect(status).toBe(0);
  });

  it('says of an option that it does not know which one was meant', async () => {
    const { status, printed } = await called('--scrpt');
    expect(printed).toMatch(/got --scrpt: did you mean --script\?/u);
    expect(status).toBe(1);
  });

  it('gives a prompt at which a whole maintenance can be done, and says what it does not understand', async () => {
    const demo = new Demo();
    await demo.prints(/You are in #ops/);
    demo.type('/maint start shop for 30m');
    await demo.prints(/heroku ps:scale worker=4 --app shop/);
    await demo.prints(/holding: quiet/);
    demo.type('click Resume');
    await demo.prints(/\[ Approve \]/);
    demo.type('as grace');
    demo.type('click Approve');
    await demo.prints(/You press: Approve/);
    await demo.prints(/shop · restored/);
    demo.type('clack Approve');
    await demo.prints(/Expected \/maint …/);
    demo.type('click Approve');
    await demo.prints(/No message in #ops has a button "Approve" now/);
    demo.type('quit');
    expect(await demo.ended).toBe(0);
  });
});
