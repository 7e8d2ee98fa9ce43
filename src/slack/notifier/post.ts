// One message to Slack, and what became of it, told apart by what has to happen next. The client is the notifier's own and
// tries nothing again by itself: waiting is the notifier's business, and an answer to a person's click never waits for it.
import { createHash } from 'node:crypto';
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
  type WebClientOptions,
} from '@slack/web-api';
import { z } from 'zod';
import type { Drawn } from '../views/blocks.ts';
import { cutEscaped, escaped, said } from '../views/text.ts';
import { reasonOf } from '../words.ts';

export type Failure =
  /** This channel takes no message from us. */
  | { readonly is: 'channel'; readonly why: string }
  /** The message, or the thread, is not there any more. */
  | { readonly is: 'gone'; readonly why: string }
  /** Slack does not take this content. */
  | { readonly is: 'content'; readonly why: string }
  /** Not before so many milliseconds. Nothing was done. */
  | { readonly is: 'slow'; readonly ms: number }
  /** Slack cannot be asked now. `unclear`: it may have been done all the same. */
  | { readonly is: 'down'; readonly why: string; readonly unclear: boolean };

export type Posted = { readonly is: 'posted'; readonly channel: string; readonly ts: string } | Failure;
export type Updated = { readonly is: 'updated' } | Failure;
export type Uploaded = { readonly is: 'uploaded'; readonly file: string } | Failure;
export type Shared = { readonly is: 'shared' } | Failure;
export type Found = { readonly is: 'found'; readonly ts: string } | { readonly is: 'absent' } | Failure;

/** Which message of which run: sent along as metadata, and looked for when it is not known whether it arrived. */
export interface Mark {
  readonly run: string;
  readonly key: string;
}

export interface Place {
  readonly channel: string;
  /** The card of the run, for what goes into its thread. */
  readonly thread: string | null;
  readonly broadcast: boolean;
}

export interface Post {
  post(place: Place, mark: Mark, drawn: Drawn): Promise<Posted>;
  update(channel: string, ts: string, mark: Mark, drawn: Drawn): Promise<Updated>;
  find(place: Pick<Place, 'channel' | 'thread'>, mark: Mark): Promise<Found>;
  /** Nobody sees it before it is shared. */
  upload(name: string, text: string): Promise<Uploaded>;
  share(place: Place, file: string, title: string): Promise<Shared>;
  findFile(place: Pick<Place, 'channel' | 'thread'>, file: string): Promise<Found>;
}

/** Every call is answered, or given up, within this; real time. */
const CALL = 8_000;
const EVENT_TYPE = 'maint_message';
/** A message found `sending` is at most one crash old: so many pages of 200 are far more than were posted since. */
const PAGES = 5;

export function createPost(botToken: string, options: WebClientOptions): Post {
  const client = new WebClient(botToken, {
    ...options,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL,
  });
  const metadata = (mark: Mark) => ({ event_type: EVENT_TYPE, event_payload: { ...mark } });

  return {
    async post({ channel, thread, broadcast }, mark, drawn) {
      try {
        const answer = await client.chat.postMessage({
          channel,
          text: drawn.text,
          blocks: [...drawn.blocks],
          metadata: metadata(mark),
          unfurl_links: false,
          unfurl_media: false,
          ...(thread === null ? {} : broadcast ? { thread_ts: thread, reply_broadcast: true } : { thread_ts: thread }),
        });
        if (answer.ts === undefined) return { is: 'down', why: 'Slack answered without a ts', unclear: true };
        return { is: 'posted', channel: answer.channel ?? channel, ts: answer.ts };
      } catch (error) {
        return failureOf(error);
      }
    },

    async update(channel, ts, mark, drawn) {
      try {
        await client.chat.update({
          channel,
          ts,
          text: drawn.text,
          blocks: [...drawn.blocks],
          metadata: metadata(mark),
        });
        return { is: 'updated' };
      } catch (error) {
        return failureOf(error);
      }
    },

    find: (place, mark) => look(place, (message) => isOurs(message, mark)),
    findFile: (place, file) => look(place, (message) => hasFile(message, file)),

    async upload(name, text) {
      const bytes = new TextEncoder().encode(text);
      try {
        const answer = await client.files.getUploadURLExternal({ filename: name, length: bytes.length });
        if (answer.upload_url === undefined || answer.file_id === undefined) return halfAnswered;
        const signal = AbortSignal.timeout(CALL);
        const sent = await fetch(answer.upload_url, { method: 'POST', body: bytes, signal, redirect: 'error' });
        if (!sent.ok) return { is: 'down', why: `HTTP ${sent.status}`, unclear: false };
        return { is: 'uploaded', file: answer.file_id };
      } catch (error) {
        // The address takes a file from whoever has it: no error that could quote it is repeated.
        const failure = failureOf(error);
        return failure.is === 'down' && !(error instanceof WebAPIPlatformError) ? halfAnswered : failure;
      }
    },

    async share({ channel, thread }, file, title) {
      const files: [{ id: string; title: string }] = [{ id: file, title }];
      try {
        await client.files.completeUploadExternal(
          thread === null ? { files, channel_id: channel } : { files, channel_id: channel, thread_ts: thread },
        );
        return { is: 'shared' };
      } catch (error) {
        return failureOf(error);
      }
    },
  };

  async function look(
    { channel, thread }: Pick<Place, 'channel' | 'thread'>,
    wanted: (message: unknown) => boolean,
  ): Promise<Found> {
    let cursor: string | undefined;
    try {
      for (let page = 0; page < PAGES; page += 1) {
        const common = {
          channel,
          limit: 200,
          include_all_metadata: true,
          ...(cursor === undefined ? {} : { cursor }),
        };
        const answer =
          thread === null
            ? await client.conversations.history(common)
            : await client.conversations.replies({ ...common, ts: thread });
        const ts = Stamped.safeParse(answer.messages?.find(wanted));
        if (ts.success) return { is: 'found', ts: ts.data.ts };
        cursor = answer.response_metadata?.next_cursor;
        if (cursor === undefined || cursor === '') break;
      }
      return { is: 'absent' };
    } catch (error) {
      return failureOf(error);
    }
  }
}

const halfAnswered: Failure = { is: 'down', why: 'Slack took no file', unclear: false };

const Stamped = z.object({ ts: z.string() });
const WithFiles = z.object({ files: z.array(z.object({ id: z.string() })) });
const Ours = z.object({
  metadata: z.object({
    event_type: z.literal(EVENT_TYPE),
    event_payload: z.object({ run: z.string(), key: z.string() }),
  }),
});

function isOurs(message: unknown, mark: Mark): boolean {
  const parsed = Ours.safeParse(message);
  if (!parsed.success) return false;
  const { run, key } = parsed.data.metadata.event_payload;
  return run === mark.run && key === mark.key;
}

function hasFile(message: unknown, file: string): boolean {
  const parsed = WithFiles.safeParse(message);
  return parsed.success && parsed.data.files.some(({ id }) => id === file);
}

const noChannel = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'user_not_found',
  'no_permission',
  'messages_tab_disabled',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'channel_type_not_supported',
  'method_not_supported_for_channel_type',
]);
const notThere = new Set(['message_not_found', 'thread_not_found', 'cant_update_message', 'edit_window_closed']);
const notTaken = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'too_many_attachments',
  'markdown_text_conflict',
  'cannot_parse_attachment',
  'invalid_metadata_format',
  'metadata_too_large',
]);

function failureOf(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError) return { is: 'slow', ms: error.retryAfter * 1000 };
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    const details = error.data.response_metadata?.messages?.slice(0, 3).join('; ') ?? '';
    const why = details === '' ? code : `${code}: ${details}`;
    if (noChannel.has(code)) return { is: 'channel', why };
    if (notThere.has(code)) return { is: 'gone', why };
    if (notTaken.has(code)) return { is: 'content', why };
    // A revoked token, a missing scope, trouble of Slack's own: it can pass, and nothing is given up for it. Only trouble
    // inside Slack can have come after the message was posted.
    return {
      is: 'down',
      why,
      unclear: code === 'internal_error' || code === 'fatal_error' || code === 'request_timeout',
    };
  }
  if (error instanceof WebAPIHTTPError) return { is: 'down', why: `HTTP ${error.statusCode}`, unclear: true };
  if (error instanceof WebAPIRequestError) return { is: 'down', why: reasonOf(error.original), unclear: true };
  return { is: 'down', why: reasonOf(error), unclear: true };
}

/** Equal for messages that look the same. */
export function hashOf(drawn: Drawn): string {
  return createHash('sha256')
    .update(JSON.stringify([drawn.text, drawn.blocks]))
    .digest('base64url')
    .slice(0, 22);
}

/** The same words without any blocks, for content that Slack did not take: better plain than not at all. */
export function plainly(drawn: Drawn): Drawn {
  return { text: cutEscaped([drawn.text, ...texts(drawn.blocks)].join('\n'), 12_000), blocks: [] };
}

function texts(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  if (Array.isArray(part)) return part.flatMap(texts);
  if ('type' in part && part.type === 'actions') return [];
  const literal = 'type' in part && (part.type === 'text' || part.type === 'plain_text');
  return Object.entries(part).flatMap(([key, value]) => {
    if (key !== 'text' || typeof value !== 'string') return texts(value);
    if (!literal) return [value];
    return [part.type === 'text' ? fenced(value) : said(value, 300)];
  });
}

/** What blocks show literally, Slack interprets in a text: commands stay as they are, and nobody is called. */
function fenced(text: string): string {
  // Nothing escapes a fence within a fence.
  if (text.includes('```')) return 'A command that Slack cannot show like this; the terminal prints it.';
  return `\`\`\`\n${escaped(text)}\n\`\`\``;
}
