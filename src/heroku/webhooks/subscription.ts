// Where Heroku tells maint of changes during a run, and the secret that it signs with. Both follow from the run's id and
// the token, so nothing of it is stored (I8), and any process of the same maint can check what comes in.
import { createHmac, timingSafeEqual } from 'node:crypto';

export const WEBHOOKS_PATH = '/heroku/webhooks/';

/** How a run's subscription is made; null where maint has no public address. */
export interface Subscription {
  url(run: string): string;
  secret(run: string): string;
}

/** `origin`: the public address of maint, such as `https://maint.example.com`. */
export function subscription(origin: string, apiKey: string): Subscription {
  const secret = secretsOf(apiKey);
  return { url: (run) => `${origin}${webhookPath(run)}.${fingerprint(secret(run))}`, secret };
}

/** Of the secret that a subscription was made with: with another token it cannot be checked any more. */
function fingerprint(secret: string): string {
  return createHmac('sha256', secret).update('which secret').digest('hex').slice(0, 8);
}

export function webhookPath(run: string): string {
  return `${WEBHOOKS_PATH}${run}`;
}

/** Whether a subscription belongs to this run, at whichever address maint had when it was made. */
export function isOf(run: string, url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.split('.')[0] === webhookPath(run);
}

/** The token itself signs nothing: whoever learns one of these secrets learns neither it nor another run's. */
export function secretsOf(apiKey: string): (run: string) => string {
  const key = createHmac('sha256', apiKey).update('maint webhooks').digest();
  return (run) => createHmac('sha256', key).update(`webhook:${run}`).digest('hex');
}

/** `given`: the header `Heroku-Webhook-Hmac-SHA256`, base64 of the HMAC-SHA256 of the raw body. */
export function isSigned(body: Buffer, given: string, secret: string): boolean {
  const right = createHmac('sha256', secret).update(body).digest();
  const claimed = Buffer.from(given, 'base64');
  return claimed.length === right.length && timingSafeEqual(claimed, right);
}
