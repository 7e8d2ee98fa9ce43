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

describe('npm run demo', () => {
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
