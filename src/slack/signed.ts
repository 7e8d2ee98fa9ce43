// Lets through what Slack has signed, and nothing else: in front of Bolt, which would answer 401 to the rest and tell
// nobody. Signature time is the machine's own, never the domain's.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answer, BODY_MS, bodyOf } from '../body.ts';

/** Bodies that are read at the same time: what strangers can make us keep in memory is bounded. */
const MOST_AT_ONCE = 64;
/** Slack: "If the timestamp is more than five minutes from local time, it could be a replay attack". */
const OFF_SECONDS = 300;
const FORM = 'application/x-www-form-urlencoded';

export interface SignedOptions {
  readonly secret: string;
  readonly path: string;
  /** Gets what is signed, its body read already as `rawBody`, and whatever is for other paths. */
  readonly next: RequestListener;
  /** `why`: one of a few sentences, never anything that came from outside. */
  readonly refused: (why: string) => void;
  /** Milliseconds for a whole body. */
  readonly bodyMs?: number;
}

export function signedOnly({ secret, path, next, refused, bodyMs = BODY_MS }: SignedOptions): RequestListener {
  let reading = 0;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, why: string): void => {
      refused(why);
      answer(response, status);
    };
    if (reading >= MOST_AT_ONCE) return answer(response, 503);
    reading += 1;
    const body = await bodyOf(request, bodyMs).finally(() => {
      reading -= 1;
    });
    if (body === 'gone') return;
    if (body === 'late') return refuse(408, 'its body did not end');
    if (body === 'too big') return refuse(413, 'its body is larger than a megabyte');
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
    // "This happens from time to time": Slack looks whether the certificate is good, unsigned.
    if (type === FORM && body.length < 1_000 && isCertificateCheck(body)) return answer(response, 200);
    const wrong = unsigned(request, body, secret);
    if (wrong !== null) return refuse(401, wrong);
    if (!isReadable(type, body)) return refuse(400, 'it is signed, but nothing that Slack sends');
    next(Object.assign(request, { rawBody: body }), response);
  }

  return (request, response) => {
    if (request.method !== 'POST' || request.url?.split('?')[0] !== path) return next(request, response);
    // A connection that breaks is nobody's fault here.
    receive(request, response).catch(() => response.destroy());
  };
}

/** Why it does not come from Slack, or not now; null where it does. */
function unsigned({ headers }: IncomingMessage, body: Buffer, secret: string): string | null {
  const signature = headers['x-slack-signature'];
  const stamp = headers['x-slack-request-timestamp'];
  if (typeof signature !== 'string' || typeof stamp !== 'string') return 'it has no signature';
  const expected = `v0=${createHmac('sha256', secret).update(`v0:${stamp}:`).update(body).digest('hex')}`;
  const [given, right] = [Buffer.from(signature), Buffer.from(expected)];
  if (given.length !== right.length || !timingSafeEqual(given, right)) return 'its signature is wrong';
  const off = Math.abs(Date.now() / 1_000 - Number(stamp));
  return /^\d+$/u.test(stamp) && off <= OFF_SECONDS ? null : 'its time stamp is more than five minutes off';
}

function isCertificateCheck(body: Buffer): boolean {
  return new URLSearchParams(body.toString()).get('ssl_check') === '1';
}

/** As Bolt reads it: a form, with JSON in it for what was pressed, or JSON. */
function isReadable(type: string | undefined, body: Buffer): boolean {
  const text = body.toString();
  const json = type === FORM ? new URLSearchParams(text).get('payload') : text;
  if (type !== FORM && type !== 'application/json') return false;
  if (json === null) return true;
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
}
