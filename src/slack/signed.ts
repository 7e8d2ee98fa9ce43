// Lets through what Slack has signed, and nothing else: in front of Bolt, which would answer 401 to the rest and tell
// nobody. It is checked here and nowhere else. Signature time is the machine's own, never the domain's.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answer, BODY_MS, bodyReader } from '../body.ts';

/** Bodies that are read at the same time. */
const MOST_AT_ONCE = 64;
/** The same for those without a signature, which are read only to see whether Slack looks at the certificate. */
const MOST_UNSIGNED = 4;
/** Bytes. */
const CERTIFICATE_CHECK = 1_000;
/** Slack: "If the timestamp is more than five minutes from local time, it could be a replay attack". */
const OFF_SECONDS = 300;
const SIGNATURE = 'x-slack-signature';
const STAMP = 'x-slack-request-timestamp';
const NO_SIGNATURE = 'it has no signature';
const WRONG_SIGNATURE = 'its signature is wrong';
const FORM = 'application/x-www-form-urlencoded';

export interface SignedOptions {
  readonly secret: string;
  readonly path: string;
  /** Gets what is signed, its body read already as `rawBody`, and nothing else. */
  readonly signed: RequestListener;
  /** Gets whatever is for other paths, unread. */
  readonly others: RequestListener;
  /** `why`: one of a few sentences, never anything that came from outside. */
  readonly refused: (why: string) => void;
  /** Milliseconds for a whole body. */
  readonly bodyMs?: number;
}

export function signedOnly({
  secret,
  path,
  signed,
  others,
  refused,
  bodyMs = BODY_MS,
}: SignedOptions): RequestListener {
  const read = bodyReader(MOST_AT_ONCE, bodyMs);
  // Apart from the others: what nobody has signed must not push out what Slack has.
  const readUnsigned = bodyReader(MOST_UNSIGNED, bodyMs);

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, why: string): void => {
      refused(why);
      answer(response, status);
    };
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
    // What can be refused without its body is: nothing of it is waited for, or kept.
    const amiss = amissWith(request);
    const mayBeCheck = type === FORM && Number(request.headers['content-length']) < CERTIFICATE_CHECK;
    if (amiss !== null && !(amiss === NO_SIGNATURE && mayBeCheck)) return refuse(401, amiss);
    const body = await (amiss === null ? read : readUnsigned)(request);
    if (body === 'gone') return;
    if (body === 'dropped') return refuse(408, 'its body had not come when many others did');
    if (body === 'late') return refuse(408, 'its body did not end');
    if (body === 'too big') return refuse(413, 'its body is larger than a megabyte');
    // "This happens from time to time": Slack looks whether the certificate is good, unsigned.
    if (mayBeCheck && isCertificateCheck(body)) return answer(response, 200);
    if (amiss !== null) return refuse(401, amiss);
    if (!isSigned(request, body, secret)) return refuse(401, WRONG_SIGNATURE);
    if (!isReadable(type, body)) return refuse(400, 'it is signed, but nothing that Slack sends');
    signed(Object.assign(request, { rawBody: body }), response);
  }

  return (request, response) => {
    if (request.method !== 'POST' || request.url?.split('?')[0] !== path) return others(request, response);
    // A connection that breaks is nobody's fault here.
    receive(request, response).catch(() => response.destroy());
  };
}

/** What its headers alone tell against it; null where its body decides. */
function amissWith({ headers }: IncomingMessage): string | null {
  const { [SIGNATURE]: signature, [STAMP]: stamp } = headers;
  if (typeof signature !== 'string' || typeof stamp !== 'string') return NO_SIGNATURE;
  if (!/^v0=[0-9a-f]{64}$/u.test(signature)) return WRONG_SIGNATURE;
  const off = Math.abs(Date.now() / 1_000 - Number(stamp));
  return /^\d+$/u.test(stamp) && off <= OFF_SECONDS ? null : 'its time stamp is more than five minutes off';
}

function isSigned({ headers }: IncomingMessage, body: Buffer, secret: string): boolean {
  const hmac = createHmac('sha256', secret).update(`v0:${headers[STAMP]}:`).update(body);
  const [given, right] = [Buffer.from(String(headers[SIGNATURE])), Buffer.from(`v0=${hmac.digest('hex')}`)];
  return given.length === right.length && timingSafeEqual(given, right);
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
