// The dyno sizes that Heroku sells, by the names that its API shows.

import { createHash } from 'node:crypto';

const SIZES = [
  'Eco',
  'Basic',
  'Standard-1X',
  'Standard-2X',
  'Performance-M',
  'Performance-L',
  'Performance-L-RAM',
  'Performance-XL',
  'Performance-2XL',
  'Private-S',
  'Private-M',
  'Private-L',
  'dyno-1c-0.5gb',
  'dyno-2c-1gb',
  'dyno-1c-4gb',
  'dyno-2c-8gb',
];

/** The size of this name, however it is capitalised, or null. */
export function findSize(name: string): string | null {
  return SIZES.find((size) => size.toLowerCase() === name.toLowerCase()) ?? null;
}

export function knownSize(name: string): string {
  const size = findSize(name);
  if (size === null) throw new Error(`Expected a dyno size (${SIZES.join(', ')}), got ${name}`);
  return size;
}

export function dynoSize(name: string): { id: string; name: string } {
  const hex = createHash('sha256').update(name).digest('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return { id, name };
}
