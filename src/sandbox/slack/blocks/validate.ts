// Says what Slack would say to blocks and views: the schema of blocks.ts, then the rules that cross blocks. The words of
// the complaints and their JSON pointers are Slack's own, as its answers carry them.
import type { z } from 'zod';
import { anyBlock, anyView, type Block, type Element, type View } from './blocks.ts';
import { measure } from './measure.ts';

export type Surface = 'message' | 'modal' | 'home';
export type Checked<T> = { ok: true; value: T } | { ok: false; complaints: readonly string[] };

const most = { message: 50, modal: 100, home: 100 } as const;

export function checkBlocks(raw: unknown, surface: Surface): Checked<readonly Block[]> {
  const parsed = anyBlock.array().safeParse(raw);
  if (!parsed.success) return { ok: false, complaints: complaintsOf(parsed.error, raw, '/blocks') };
  const complaints = acrossBlocks(parsed.data, surface, '/blocks');
  return complaints.length > 0 ? { ok: false, complaints } : { ok: true, value: parsed.data };
}

export function checkView(raw: unknown): Checked<View> {
  const parsed = anyView.safeParse(raw);
  if (!parsed.success) return { ok: false, complaints: complaintsOf(parsed.error, raw, '/view') };
  const view = parsed.data;
  const complaints = acrossBlocks(view.blocks, view.type, '/view/blocks');
  if (view.type === 'modal' && view.submit === undefined) {
    view.blocks.forEach((block, i) => {
      if (block.type !== 'input') return;
      complaints.push(at(`/view/blocks/${i}/input`, 'must define `submit` to use an `input` block in modals'));
    });
  }
  return complaints.length > 0 ? { ok: false, complaints } : { ok: true, value: view };
}

function at(pointer: string, complaint: string): string {
  return `${complaint} [json-pointer:${pointer}]`;
}

function acrossBlocks(blocks: readonly Block[], surface: Surface, base: string): string[] {
  const complaints: string[] = [];
  if (blocks.length > most[surface]) complaints.push(at(base, `no more than ${most[surface]} items allowed`));
  const seen = new Set<string>();
  let focused = 0;
  blocks.forEach((block, i) => {
    const pointer = `${base}/${i}`;
    if (block.block_id !== undefined) {
      if (seen.has(block.block_id)) {
        complaints.push(at(`${pointer}/block_id`, `\`block_id\` "${block.block_id}" already exists for another block`));
      }
      seen.add(block.block_id);
    }
    complaints.push(...inBlock(block, surface, pointer));
    for (const { element } of elementsOf(block)) {
      if ('focus_on_load' in element && element.focus_on_load === true) focused += 1;
    }
  });
  if (focused > 1) complaints.push(at(base, 'only one element may have `focus_on_load`'));
  if (blocks.filter((block) => block.type === 'table').length > 1) complaints.push(at(base, 'only one table allowed'));
  if (measure(blocks.filter((block) => block.type === 'markdown')) > 12_000) {
    complaints.push(at(base, 'markdown must be less than 12001 characters in all'));
  }
  return complaints;
}

function inBlock(block: Block, surface: Surface, pointer: string): string[] {
  const complaints: string[] = [];
  switch (block.type) {
    case 'section':
      if (block.text === undefined && block.fields === undefined) {
        complaints.push(at(`${pointer}/type`, 'must define either `text` or `fields`'));
      }
      break;
    case 'image':
      complaints.push(...inImage(block, pointer));
      break;
    case 'markdown':
    case 'table':
      if (surface !== 'message') complaints.push(at(`${pointer}/type`, `unsupported type: ${block.type}`));
      break;
    case 'context':
      block.elements.forEach((element, i) => {
        if (element.type === 'image') complaints.push(...inImage(element, `${pointer}/elements/${i}`));
      });
      break;
    default:
  }
  // Slack wants action ids to differ within a block only: a "refresh" button may be in two rows of one message.
  const seen = new Set<string>();
  for (const { element, path } of elementsOf(block)) {
    complaints.push(...inElement(element, `${pointer}${path}`));
    if (!('action_id' in element) || element.action_id === undefined) continue;
    const { action_id } = element;
    if (seen.has(action_id)) {
      complaints.push(
        at(`${pointer}${path}/action_id`, `\`action_id\` "${action_id}" already exists for another element`),
      );
    }
    seen.add(action_id);
  }
  return complaints;
}

function inImage(image: { image_url?: unknown; slack_file?: unknown }, pointer: string): string[] {
  const given = [image.image_url, image.slack_file].filter((source) => source !== undefined).length;
  return given === 1 ? [] : [at(pointer, 'must define exactly one of `image_url` and `slack_file`')];
}

function inElement(element: Element, pointer: string): string[] {
  const complaints: string[] = [];
  switch (element.type) {
    case 'image':
      return inImage(element, pointer);
    case 'static_select':
    case 'multi_static_select': {
      if ((element.options === undefined) === (element.option_groups === undefined)) {
        return [at(pointer, 'must define exactly one of `options` and `option_groups`')];
      }
      const options = element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];
      const initial =
        element.type === 'static_select'
          ? element.initial_option === undefined
            ? []
            : [element.initial_option]
          : (element.initial_options ?? []);
      complaints.push(...amongOptions(initial, options, pointer));
      break;
    }
    case 'radio_buttons':
      complaints.push(
        ...amongOptions(element.initial_option === undefined ? [] : [element.initial_option], element.options, pointer),
      );
      break;
    case 'checkboxes':
      complaints.push(...amongOptions(element.initial_options ?? [], element.options, pointer));
      break;
    default:
  }
  return complaints;
}

type Choosable = { value: string; text: { text: string } };

function amongOptions(initial: readonly Choosable[], options: readonly Choosable[], pointer: string): string[] {
  const known = (choice: Choosable) =>
    options.some((option) => option.value === choice.value && option.text.text === choice.text.text);
  return initial.every(known) ? [] : [at(pointer, 'initial options must match one of the options exactly')];
}

/** The interactive elements (and accessory images) of a block with their place below it. */
export function elementsOf(block: Block): { element: Element; path: string }[] {
  switch (block.type) {
    case 'actions':
      return block.elements.map((element, i) => ({ element, path: `/elements/${i}` }));
    case 'section':
      return block.accessory === undefined ? [] : [{ element: block.accessory, path: '/accessory' }];
    case 'input':
      return [{ element: block.element, path: '/element' }];
    default:
      return [];
  }
}

function complaintsOf(error: z.ZodError, raw: unknown, base: string): string[] {
  return error.issues.flatMap((issue) => inSlacksWords(issue, valueAt(raw, issue.path), base));
}

function inSlacksWords(issue: z.core.$ZodIssue, got: unknown, base: string): string[] {
  const pointer = [base, ...issue.path.map(String)].join('/');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => at(pointer, `invalid additional property: ${key}`));
    case 'too_big':
      return [
        issue.origin === 'string'
          ? at(pointer, `must be less than ${Number(issue.maximum) + 1} characters`)
          : at(pointer, `no more than ${issue.maximum} items allowed`),
      ];
    case 'too_small':
      return [
        issue.origin === 'string'
          ? at(pointer, `must be more than ${Number(issue.minimum) - 1} characters`)
          : at(pointer, `no fewer than ${issue.minimum} items allowed`),
      ];
    case 'invalid_union':
      if (issue.path.at(-1) === 'type' && issue.errors.length === 0) {
        return got === undefined ? missing(issue.path, base) : [at(pointer, `unsupported type: ${String(got)}`)];
      }
      return [at(pointer, 'failed to match all allowed schemas')];
    case 'invalid_type':
      return got === undefined ? missing(issue.path, base) : [at(pointer, `must provide ${article(issue.expected)}`)];
    case 'invalid_value':
      return got === undefined ? missing(issue.path, base) : [at(pointer, 'must be a valid enum value')];
    default:
      return [at(pointer, 'failed to match schema')];
  }
}

function missing(path: readonly PropertyKey[], base: string): string[] {
  const pointer = [base, ...path.slice(0, -1).map(String)].join('/');
  return [at(pointer, `missing required field: ${String(path.at(-1))}`)];
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}
