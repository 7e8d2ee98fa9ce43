// A message or view as plain text that reads well in a terminal: what the demo shows in place of Slack's window. Pure; it
// shows a message as it reads now, and its earlier versions too where it is given one of them.
import type { Block, Element, RichElement, RichText, View } from './blocks/blocks.ts';
import type { AnyText } from './blocks/objects.ts';
import { elementsOf } from './blocks/validate.ts';
import { current, type Message, type Version } from './messages.ts';
import { emojied, type Names, readable } from './mrkdwn.ts';

export type { Names } from './mrkdwn.ts';

export interface RenderOptions {
  /** To show people, channels and groups by name; their ids are shown without. */
  readonly names?: Names;
  /** Longer lines are broken between words: 100 by default. */
  readonly width?: number;
  /** Another version than the one that is shown now. */
  readonly version?: Version;
}

interface Look {
  readonly names: Names | null;
  readonly width: number;
}

const defaultWidth = 100;

/** Replies in a thread are set in. The first line says who speaks, and to whom where not everybody sees it. */
export function renderMessage(message: Message, options: RenderOptions = {}): string {
  const indent = message.threadTs === null ? '' : '    ';
  const look = { names: options.names ?? null, width: (options.width ?? defaultWidth) - indent.length - 2 };
  const shown = options.version ?? current(message);
  const author = look.names?.findUser(message.user)?.name ?? message.user;
  const only = message.onlyFor === null ? null : (look.names?.findUser(message.onlyFor)?.name ?? message.onlyFor);
  const notes = [
    ...(message.threadTs === null ? [] : ['in thread']),
    ...(only === null ? [] : [`only ${only} sees this`]),
    ...(message.deletedAt === null ? [] : ['deleted']),
  ];
  const lines = [`${author}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`];
  const body =
    shown.blocks.length > 0
      ? shown.blocks.flatMap((block) => renderBlock(block, look))
      : shown.text === ''
        ? []
        : wrapped(readable(shown.text, look.names), look.width);
  lines.push(...body.map((line) => `  ${line}`));
  for (const file of message.files) lines.push(`  <file ${file}>`);
  return lines.map((line) => `${indent}${line}`.trimEnd()).join('\n');
}

/** A modal or Home tab, with the complaints of the last submission beside their inputs. */
export function renderView(
  open: { readonly view: View; readonly errors?: Readonly<Record<string, string>> },
  options: Pick<RenderOptions, 'names' | 'width'> = {},
): string {
  const look = { names: options.names ?? null, width: (options.width ?? defaultWidth) - 2 };
  const { view } = open;
  const lines = [view.type === 'modal' ? `=== ${view.title.text} ===` : '=== Home ==='];
  for (const block of view.blocks) {
    lines.push(...renderBlock(block, look).map((line) => `  ${line}`));
    const error = open.errors?.[block.block_id ?? ''];
    if (error !== undefined) lines.push(`    ! ${error}`);
  }
  if (view.type === 'modal') {
    const buttons = [view.close?.text ?? 'Cancel', ...(view.submit === undefined ? [] : [view.submit.text])];
    lines.push(`  ${buttons.map(label).join('  ')}`);
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

function renderBlock(block: Block, look: Look): string[] {
  switch (block.type) {
    case 'header':
      return [`*** ${emojied(block.text.text)} ***`];
    case 'divider':
      return ['-'.repeat(Math.min(40, look.width))];
    case 'section': {
      const text = block.text === undefined ? [] : said(block.text, look);
      return [...text, ...renderFields(block.fields ?? [], look), ...renderElements(block, look)];
    }
    case 'context': {
      const parts = block.elements.map((element) =>
        element.type === 'image' ? `[${element.alt_text}]` : plain(element, look),
      );
      return wrapped(parts.join('  '), look.width - 2).map((line) => `· ${line}`.replace(/^· $/, '·'));
    }
    case 'actions':
      return renderElements(block, look);
    case 'input': {
      const optional = block.optional === true ? ' (optional)' : '';
      const hint = block.hint === undefined ? [] : [`  ${block.hint.text}`];
      return [`${block.label.text}${optional}: ${renderElement(block.element)}`, ...hint];
    }
    case 'image':
      return [`<picture: ${block.title?.text ?? block.alt_text}>`];
    case 'markdown':
      return wrapped(emojied(block.text), look.width);
    case 'rich_text':
      return renderRich(block, look);
    case 'table':
      return renderTable(
        block.rows.map((row) =>
          row.map((cell) => (cell.type === 'rich_text' ? renderRich(cell, look).join(' ') : cell.text)),
        ),
      );
  }
}

function said(text: AnyText, look: Look): string[] {
  return wrapped(plain(text, look), look.width);
}

function plain(text: AnyText, look: Look): string {
  return text.type === 'mrkdwn' ? readable(text.text, look.names) : emojied(text.text);
}

/** Fields stand in two columns where they fit, as in Slack. */
function renderFields(fields: readonly AnyText[], look: Look): string[] {
  const cells = fields.map((field) => plain(field, look).split('\n'));
  const lefts = cells.filter((_, i) => i % 2 === 0).flat();
  const wide = Math.max(0, ...lefts.map((line) => line.length));
  const rights = cells.filter((_, i) => i % 2 === 1).flat();
  if (wide + 3 + Math.max(0, ...rights.map((line) => line.length)) > look.width) {
    return cells.flat().flatMap((line) => wrapped(line, look.width));
  }
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += 2) {
    const [left = [], right = []] = [cells[i], cells[i + 1]];
    for (let row = 0; row < Math.max(left.length, right.length); row += 1) {
      lines.push(`${(left[row] ?? '').padEnd(wide)}   ${right[row] ?? ''}`.trimEnd());
    }
  }
  return lines;
}

function renderElements(block: Block, look: Look): string[] {
  const elements = elementsOf(block).map(({ element }) => renderElement(element));
  const lines: string[] = [];
  for (const element of elements) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 2 + element.length > look.width) lines.push(element);
    else lines[lines.length - 1] = `${last}  ${element}`;
  }
  return lines;
}

function renderElement(element: Element): string {
  switch (element.type) {
    case 'button':
      return label(emojied(element.text.text));
    case 'image':
      return `<picture: ${element.alt_text}>`;
    case 'overflow':
      return `( ... ${element.options.map(({ text }) => text.text).join(' / ')} )`;
    case 'checkboxes':
      return element.options
        .map(
          ({ text, value }) =>
            `[${element.initial_options?.some((one) => one.value === value) ? 'x' : ' '}] ${text.text}`,
        )
        .join('  ');
    case 'radio_buttons':
      return element.options
        .map(({ text, value }) => `(${element.initial_option?.value === value ? 'o' : ' '}) ${text.text}`)
        .join('  ');
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return `[ ${element.initial_value ?? element.placeholder?.text ?? ''} ]`;
    case 'static_select':
      return `( ${element.initial_option?.text.text ?? element.placeholder?.text ?? 'choose'} v )`;
    case 'datepicker':
      return `( ${element.initial_date ?? element.placeholder?.text ?? 'date'} v )`;
    case 'timepicker':
      return `( ${element.initial_time ?? element.placeholder?.text ?? 'time'} v )`;
    case 'datetimepicker':
      return '( date and time v )';
    default:
      return `( ${element.placeholder?.text ?? 'choose'} v )`;
  }
}

function label(text: string): string {
  return `[ ${text} ]`;
}

function renderRich(block: RichText, look: Look): string[] {
  return block.elements.flatMap((part) => renderRichPart(part, look));
}

function renderRichPart(part: RichText['elements'][number], look: Look): string[] {
  switch (part.type) {
    case 'rich_text_list': {
      const indent = '  '.repeat(part.indent ?? 0);
      const point = (i: number) => (part.style === 'ordered' ? `${i + 1}.` : '-');
      return part.elements.map((item, i) => `${indent}${point(i)} ${inline(item.elements, look)}`);
    }
    case 'rich_text_quote':
      return inline(part.elements, look)
        .split('\n')
        .map((line) => `> ${line}`);
    case 'rich_text_preformatted':
      return ['```', ...inline(part.elements, look).split('\n'), '```'];
    case 'rich_text_section':
      return wrapped(inline(part.elements, look), look.width);
  }
}

function inline(elements: readonly RichElement[], look: Look): string {
  return elements.map((element) => inlinePart(element, look)).join('');
}

function inlinePart(element: RichElement, look: Look): string {
  switch (element.type) {
    case 'text':
      return element.text;
    case 'link':
      return element.text === undefined ? element.url : `${element.text} (${element.url})`;
    case 'user':
      return readable(`<@${element.user_id}>`, look.names);
    case 'usergroup':
      return readable(`<!subteam^${element.usergroup_id}>`, look.names);
    case 'channel':
      return readable(`<#${element.channel_id}>`, look.names);
    case 'broadcast':
      return `@${element.range}`;
    case 'emoji':
      return emojied(`:${element.name}:`);
    case 'date':
      return element.fallback ?? new Date(element.timestamp * 1_000).toISOString();
  }
}

function renderTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' | ')
      .trimEnd(),
  );
}

/** Breaks lines between words, but for preformatted ones: a command must stay in one piece to be copied. */
function wrapped(text: string, width: number): string[] {
  let preformatted = false;
  return text.split('\n').flatMap((line) => {
    const fences = line.split('```').length - 1;
    const asIs = preformatted || fences > 0;
    if (fences % 2 === 1) preformatted = !preformatted;
    return asIs || line.length <= width ? [line] : broken(line, width);
  });
}

function broken(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    if (space <= 0) break;
    lines.push(rest.slice(0, space));
    rest = rest.slice(space + 1);
  }
  return [...lines, rest];
}
