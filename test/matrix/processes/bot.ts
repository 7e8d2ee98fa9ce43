// A real process of the bot, `node src/main.ts`, as Heroku or a person at a terminal would start, stop and kill it. Every
// one that is started is ended by its pid, whatever becomes of who started it.
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds of real time since it was told to end; since it was started where nobody told it. */
  readonly after: number;
}

const ROOT = join(import.meta.dirname, '../../..');
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export class Bot {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #exited: Promise<Exit>;
  readonly #up: Promise<void>;
  #told = performance.now();

  constructor(env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [join(ROOT, 'src/main.ts')], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? tmpdir(),
        // Compiled once for all of them.
        NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/maint/compiled'),
        PORT: '0',
        LOG_LEVEL: 'info',
        // By the machine's time, which is not moved.
        MAINT_OBSERVE: '0',
        MAINT_CANARY: '0',
        MAINT_WATCH: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const child = this.#child;
    living.add(child);
    const { promise: up, resolve, reject } = Promise.withResolvers<void>();
    this.#up = up;
    up.catch(() => {});
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#lines.push(...text.split('\n').filter((line) => line !== ''));
        if (text.includes('maint is up')) resolve();
      });
    }
    this.#exited = new Promise((settle) => {
      child.once('close', (code, signal) => {
        living.delete(child);
        reject(new Error(`the bot ended with ${code ?? signal} before it was up: ${this.said().slice(0, 600)}`));
        settle({ code, signal, after: performance.now() - this.#told });
      });
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('Expected a process, it could not be started');
    return this.#child.pid;
  }

  get running(): boolean {
    return living.has(this.#child);
  }

  /** Resolves when it says that it is up. */
  up(): Promise<void> {
    return this.#up;
  }

  exited(): Promise<Exit> {
    return this.#exited;
  }

  signal(signal: NodeJS.Signals): void {
    this.#told = performance.now();
    this.#child.kill(signal);
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.running) return;
    this.signal('SIGKILL');
    await this.#exited;
  }

  /** Its log, both streams. */
  said(): string {
    return this.#lines.join('\n');
  }
}
