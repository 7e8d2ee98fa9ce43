// What a message may carry: text, blocks and metadata, refused as Slack refuses them. Shared by the chat methods and
// response URLs.
import { z } from 'zod';
import type { Block } from '../blocks/blocks.ts';
import { measure } from '../blocks/measure.ts';
import { checkBlocks } from '../blocks/validate.ts';
import type { Metadata } from '../messages.ts';
import { Refusal, refusedFor } from '../refusal.ts';

/** Slack cuts longer text off, or refuses it where it is far too long. */
const longestText = 40_000;

const metadata = z.object({ event_type: z.string().min(1), event_payload: z.record(z.string(), z.unknown()) });

/** Undefined where none were given; a list that came as something else is refused. */
export function checkedBlocks(raw: unknown, textOfAllBlocks: number): readonly Block[] | undefined {
  if (raw === undefined || raw === null || raw === '') return undefined;
  if (!Array.isArray(raw)) throw new Refusal('invalid_blocks_format');
  const checked = checkBlocks(raw, 'message');
  if (!checked.ok) throw refusedFor('invalid_blocks', checked.complaints);
  if (measure(checked.value) > textOfAllBlocks) throw new Refusal('msg_blocks_too_long');
  return checked.value;
}

export function checkedText(text: string | undefined): string | undefined {
  if (text !== undefined && text.length > longestText) throw new Refusal('msg_too_long');
  return text;
}

/** Undefined where none was given (an update then keeps what there is), null for the empty object, which removes it. */
export function checkedMetadata(raw: unknown): Metadata | null | undefined {
  if (raw === undefined || raw === null || raw === '') return undefined;
  if (typeof raw !== 'object' || Array.isArray(raw)) throw new Refusal('metadata_must_be_sent_as_a_json_object');
  if (Object.keys(raw).length === 0) return null;
  const parsed = metadata.safeParse(raw);
  if (!parsed.success) throw new Refusal('invalid_metadata_format');
  if (JSON.stringify(raw).length > 8_000) throw new Refusal('metadata_too_large');
  return parsed.data;
}
