import { roomFor } from '../type/fit.ts';
import type { Part, Stack } from './layout-schema.ts';
import { placeholdersOf } from './placeholders.ts';
import { type PreparedTemplate, ruleOf } from './prepared-template.ts';
import { STRETCH } from './stretch.ts';
import type { TemplateDefinition } from './template-definition.ts';
import type { TemplateSource } from './template-source.ts';

interface Box {
  name: string;
  path: PropertyKey[];
  left: number;
  top: number;
  right: number;
  bottom: number;
  when?: string | undefined;
  unless?: string | undefined;
}

const boxOf = (name: string, path: PropertyKey[], x: number, top: number, width: number, bottom: number): Box => ({
  name,
  path,
  left: x,
  top,
  right: x + width,
  bottom,
});

const stackBox = (name: string, path: PropertyKey[], { x, top, width, bottom, when, unless }: Stack): Box => ({
  ...boxOf(name, path, x, top, width, bottom),
  when,
  unless,
});

/** Whether no diploma shows both. */
const exclude = (a: Box, b: Box): boolean =>
  (a.when !== undefined && a.when === b.unless) || (a.unless !== undefined && a.unless === b.when);

function firstBoxes({ first }: TemplateDefinition): Box[] {
  const { qr, stacks } = first;
  return [
    ...stacks.map((stack, index) => stackBox(`stack ${index + 1}`, ['first', 'stacks', index], stack)),
    boxOf('the QR code', ['first', 'qr'], qr.x, qr.top, qr.side, qr.top + qr.side),
  ];
}

function followingBoxes({ following }: TemplateDefinition): Box[] {
  const { head, stacks = [], qr, closing = [], table, footer } = following;
  return [
    ...(head === undefined ? [] : [stackBox('the head', ['following', 'head'], head)]),
    ...stacks.map((stack, index) => stackBox(`stack ${index + 1}`, ['following', 'stacks', index], stack)),
    ...(qr === undefined ? [] : [boxOf('the QR code', ['following', 'qr'], qr.x, qr.top, qr.side, qr.top + qr.side)]),
    ...closing.map((stack, index) => stackBox(`closing stack ${index + 1}`, ['following', 'closing', index], stack)),
    boxOf('the table', ['following', 'table'], table.x, table.top, table.width, table.bottom),
    stackBox('the footer', ['following', 'footer'], footer),
  ];
}

/** Boxes outside the frame of the page, and overlapping boxes. */
function placeFaults(source: TemplateSource, boxes: readonly Box[], page: Box): string[] {
  const faults: string[] = [];
  for (const [index, box] of boxes.entries()) {
    if (box.top >= box.bottom) {
      faults.push(
        source.fault(
          box.path,
          `bottom ${box.bottom} is not below top ${box.top}: measure both from the top of the page`,
        ),
      );
    }
    if (box.left < page.left || box.top < page.top || box.right > page.right || box.bottom > page.bottom) {
      const reach = `reaches from ${box.left}, ${box.top} to ${box.right}, ${box.bottom}`;
      const room = `${page.left}, ${page.top} to ${page.right}, ${page.bottom}`;
      faults.push(
        source.fault(
          box.path,
          `${reach}, outside the printable area of the page (${room}): move it or make it smaller`,
        ),
      );
    }
    for (const other of boxes.slice(index + 1)) {
      if (box.left >= other.right || other.left >= box.right || box.top >= other.bottom || other.top >= box.bottom)
        continue;
      if (exclude(box, other)) continue;
      faults.push(source.fault(other.path, `${other.name} overlaps ${box.name}: move one of them`));
    }
  }
  return faults;
}

/** The maximum height of a part, or why it is invalid. */
function worstHeight(template: PreparedTemplate, part: Part, width: number): { height: number } | { fault: string } {
  if (part.rule !== undefined) return { height: part.rule };
  if (part.image !== undefined) {
    const { file, from } = template.definition.images[part.image] ?? {};
    return { height: file == null && from == null ? 0 : (part.height ?? 0) };
  }
  if (part.art !== undefined) {
    const art = template.art(part.art);
    const wide = part.width ?? 0;
    return wide > width
      ? { fault: `the image is ${wide} wide, but its stack is ${width} wide: make the image narrower` }
      : { height: (art.height / art.width) * wide };
  }
  const text = template.definition.texts[part.text ?? ''] ?? '';
  const style = template.style(part.style ?? '');
  if (placeholdersOf(text).length > 0) return { height: roomFor(ruleOf(style), style.fit) };
  const fitted = template.fit(text, part.style ?? '', width, true);
  if (fitted !== null && fitted.size >= ruleOf(style).floor) return { height: fitted.height };
  return {
    fault: `"${text}" does not fit into ${width} points in style "${part.style}": shorten the text, or give it more space`,
  };
}

/** A stack must have room for the maximum heights of its parts, so that texts never overlap. */
function stackFaults(source: TemplateSource, template: PreparedTemplate, path: PropertyKey[], stack: Stack): string[] {
  const faults: string[] = [];
  const squeeze = stack.stand === 'spread' ? STRETCH.least : 1;
  let most = 0;
  /** By fact: heights of the parts that need it, and of those that stand in its place. */
  const either = new Map<string, { when: number; unless: number }>();
  for (const [index, part] of stack.parts.entries()) {
    const worst = worstHeight(template, part, stack.width);
    if ('fault' in worst) faults.push(source.fault([...path, 'parts', index], worst.fault));
    else {
      const height = worst.height + part.gap * squeeze;
      const word = part.when ?? part.unless;
      if (word === undefined) most += height;
      else {
        const sums = either.get(word) ?? { when: 0, unless: 0 };
        sums[part.when === undefined ? 'unless' : 'when'] += height;
        either.set(word, sums);
      }
    }
  }
  for (const { when, unless } of either.values()) most += Math.max(when, unless);
  const room = stack.bottom - stack.top;
  if (most > room + 0.01) {
    const text = `its parts need up to ${Math.ceil(most)} points, but the box has ${room}: make the box higher, or make sizes, lines or gaps smaller`;
    faults.push(source.fault(path, text));
  }
  return faults;
}

/** All layout faults of a template: places and sizes. */
export function layoutFaults(source: TemplateSource, template: PreparedTemplate): string[] {
  const { definition, page } = template;
  const { first, following } = definition;
  const inside = (margin: number): Box =>
    boxOf('the page', [], margin, margin, page.width - 2 * margin, page.height - margin);
  const { table } = following;
  const titleWidth = table.width - table.hoursWidth - table.gutter;
  const art = (['first', 'following'] as const).flatMap((pages) =>
    definition[pages].art.flatMap((name, index) => {
      const { width, height } = template.art(name);
      if (Math.abs(width / height - page.width / page.height) < 0.002) return [];
      const text = `its viewBox is ${width} by ${height}, which has other proportions than the page (${page.width} by ${page.height})`;
      return [source.fault([pages, 'art', index], `${text}: draw it in the size of the page`)];
    }),
  );
  return [
    ...art,
    ...placeFaults(source, firstBoxes(definition), inside(first.margin)),
    ...placeFaults(source, followingBoxes(definition), inside(following.margin)),
    ...(titleWidth < 100
      ? [source.fault(['following', 'table', 'hoursWidth'], 'leaves less than 100 points for titles: make it narrower')]
      : []),
    ...first.stacks.flatMap((stack, index) => stackFaults(source, template, ['first', 'stacks', index], stack)),
    ...(following.head === undefined ? [] : stackFaults(source, template, ['following', 'head'], following.head)),
    ...(['stacks', 'closing'] as const).flatMap((field) =>
      (following[field] ?? []).flatMap((stack, index) =>
        stackFaults(source, template, ['following', field, index], stack),
      ),
    ),
    ...stackFaults(source, template, ['following', 'footer'], following.footer),
  ];
}
