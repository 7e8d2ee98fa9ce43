// How much text a message's blocks carry in all, which Slack limits beside the limits of each block.

/** The length of all `text` strings in blocks, however deep. */
export function measure(part: unknown): number {
  if (typeof part !== 'object' || part === null) return 0;
  if (Array.isArray(part)) return part.reduce<number>((sum, inner) => sum + measure(inner), 0);
  return Object.entries(part).reduce(
    (sum, [key, value]) => sum + (key === 'text' && typeof value === 'string' ? value.length : measure(value)),
    0,
  );
}
