// What can go wrong, told apart by what has to happen next. Every message says what was expected, what was found and,
// as `remedy`, what a person can do about it.

/**
 * - `retryable`: the same call may succeed later without anybody doing anything (a reset, a 503, an empty bucket).
 * - `fatal`: it will not succeed however often it is sent (a deleted app, a refused value).
 * - `needs-human`: it will succeed once a person has done something (a revoked token, a missing permission).
 */
export type TroubleKind = 'retryable' | 'fatal' | 'needs-human';

export class Trouble extends Error {
  override readonly name: string = 'Trouble';
  readonly kind: TroubleKind;
  /** What a person can do; a full sentence. */
  readonly remedy: string;
  /** Whether the request may have taken effect although no clear answer came. */
  readonly unclear: boolean;
  /** For `retryable`: do not try again for that many milliseconds from now. */
  readonly notBefore: number;
  /** Not of this call alone: nothing at all can be done until it is mended. */
  readonly wide: boolean;

  constructor(
    kind: TroubleKind,
    message: string,
    options: { remedy: string; unclear?: boolean; notBefore?: number; wide?: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.remedy = options.remedy;
    this.unclear = options.unclear ?? false;
    this.notBefore = options.notBefore ?? 0;
    this.wide = options.wide ?? false;
  }
}

/** An error's message as a clause, to be part of a longer sentence. */
export function clause(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/[.\s]+$/, '');
}

/** The lease on a run is gone or too short for the call: another process may be driving it. Drop the run, touch nothing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** For a value that a switch has proved impossible. */
export function unreachable(value: never): never {
  throw new Error(`Expected no other case, got ${JSON.stringify(value)} (${typeof value})`);
}
