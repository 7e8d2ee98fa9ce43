// A command as Slack would send it over HTTP, for requests that a test signs, or forges, by itself.
let triggers = 0;

/** Typed by ada in #ops, each with a trigger of its own. */
export function typed(text: string, more: Readonly<Record<string, string>> = {}): string {
  triggers += 1;
  return new URLSearchParams({
    command: '/maint',
    text,
    team_id: 'T0SANDBOX',
    user_id: 'U0ADA',
    user_name: 'ada',
    channel_id: 'C0OPS',
    api_app_id: 'A0MAINT',
    response_url: 'http://127.0.0.1:9/nobody',
    trigger_id: `forged.${triggers}`,
    ...more,
  }).toString();
}
