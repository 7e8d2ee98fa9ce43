// Finds the button or the choice that a person means in what is shown, by what it says or by its action id. What is not
// there is an error that names what is.
import type { Block, Element } from './blocks/blocks.ts';
import type { Button } from './blocks/elements.ts';
import { elementsOf } from './blocks/validate.ts';
import { isPickable, type Pickable } from './values.ts';

/** At least one of them. The label of a button is its text; of a choice its placeholder, or the label of its input. */
export interface Which {
  readonly label?: string;
  readonly actionId?: string;
  readonly blockId?: string;
  /** The value that a button carries. */
  readonly value?: string;
}

interface Place {
  readonly blockId: string;
  readonly actionId: string;
}

export interface Shown<E extends Element> extends Place {
  readonly element: E;
}

export function buttonsIn(blocks: readonly Block[]): Shown<Button>[] {
  return shown(blocks).flatMap(({ element, block: _, ...place }) =>
    element.type === 'button' ? [{ ...place, element }] : [],
  );
}

export function findButton(blocks: readonly Block[], which: Which): Shown<Button> {
  const buttons = buttonsIn(blocks);
  const fits = buttons.filter(
    ({ element, actionId, blockId }) =>
      (which.label === undefined || sameLabel(element.text.text, which.label)) &&
      (which.actionId === undefined || actionId === which.actionId) &&
      (which.blockId === undefined || blockId === which.blockId) &&
      (which.value === undefined || element.value === which.value),
  );
  return only(
    fits,
    `a button ${described(which)}`,
    buttons.map(({ element, actionId }) => `[ ${element.text.text} ] (${actionId})`),
  );
}

export function findChoice(blocks: readonly Block[], which: Which): Shown<Pickable> {
  const choices = shown(blocks).flatMap(({ element, block, ...place }) =>
    isPickable(element) ? [{ ...place, element, label: labelOf(element, block) }] : [],
  );
  const fits = choices.filter(
    ({ actionId, blockId, label }) =>
      (which.label === undefined || (label !== null && sameLabel(label, which.label))) &&
      (which.actionId === undefined || actionId === which.actionId) &&
      (which.blockId === undefined || blockId === which.blockId),
  );
  return only(
    fits,
    `something to choose ${described(which)}`,
    choices.map(({ actionId, label }) => (label === null ? actionId : `${label} (${actionId})`)),
  );
}

/** The choice in an input that a submission's key means: its action id, block id or label. */
export function findInput(blocks: readonly Block[], key: string): Shown<Pickable> {
  const keyed = [{ actionId: key }, { blockId: key }, { label: key }];
  for (const which of keyed) {
    try {
      return findChoice(blocks, which);
    } catch {}
  }
  return findChoice(blocks, { label: key });
}

function shown(blocks: readonly Block[]): (Shown<Element> & { block: Block })[] {
  return blocks.flatMap((block) =>
    elementsOf(block).map(({ element }) => ({
      element,
      block,
      blockId: block.block_id ?? '',
      actionId: 'action_id' in element ? (element.action_id ?? '') : '',
    })),
  );
}

/** A person at a prompt types `click approve` as well. */
function sameLabel(label: string, typed: string): boolean {
  return label.toLowerCase() === typed.toLowerCase();
}

function labelOf(element: Pickable, block: Block): string | null {
  if (block.type === 'input') return block.label.text;
  if ('placeholder' in element && element.placeholder !== undefined) return element.placeholder.text;
  if (block.type === 'section' && block.text !== undefined) return block.text.text;
  return null;
}

function only<T>(fits: readonly T[], wanted: string, there: readonly string[]): T {
  const [first, ...others] = fits;
  const names = there.length === 0 ? 'nothing of the kind' : there.join(', ');
  if (first === undefined) throw new Error(`Expected ${wanted}; there is ${names}`);
  if (others.length > 0) throw new Error(`Expected one of ${wanted}, got ${fits.length}; there is ${names}`);
  return first;
}

function described(which: Which): string {
  return Object.entries(which)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `with ${key} "${String(value)}"`)
    .join(' and ');
}
