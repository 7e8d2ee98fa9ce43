// What a Web API method answers when it refuses: Slack's error code and whatever comes with it. An HTTP 200 with
// `ok: false`, but for `ratelimited`, which is a 429 with Retry-After.

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly extra: Readonly<Record<string, unknown>>;
  /** Seconds, for `ratelimited` only. */
  readonly retryAfter: number | null;

  constructor(code: string, options: { extra?: Record<string, unknown>; retryAfter?: number } = {}) {
    super(code);
    this.code = code;
    this.extra = options.extra ?? {};
    this.retryAfter = options.retryAfter ?? null;
  }
}

/** A refusal that says where the arguments are wrong, in the two places where Slack says it. */
export function refusedFor(code: string, complaints: readonly string[]): Refusal {
  return new Refusal(code, {
    extra: {
      errors: complaints,
      response_metadata: { messages: complaints.map((complaint) => `[ERROR] ${complaint}`) },
    },
  });
}
