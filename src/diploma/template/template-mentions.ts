import type { Part } from './layout-schema.ts';
import type { TemplateDefinition } from './template-definition.ts';

/** Where a template prints a part; `path` leads to the value in its file. */
export interface PartPlace {
  path: PropertyKey[];
  part: Part;
  width: number;
  pages: 'first' | 'following' | 'footer';
}

/** All parts of all stacks of a template. */
export function partsOf({ first, following }: TemplateDefinition): PartPlace[] {
  const { head, stacks = [], closing = [], project, table, footer } = following;
  const of = (path: PropertyKey[], width: number, parts: readonly Part[], pages: PartPlace['pages']): PartPlace[] =>
    parts.map((part, index) => ({ path: [...path, 'parts', index], part, width, pages }));
  return [
    ...first.stacks.flatMap((stack, index) => of(['first', 'stacks', index], stack.width, stack.parts, 'first')),
    ...(head === undefined ? [] : of(['following', 'head'], head.width, head.parts, 'following')),
    ...stacks.flatMap(({ width, parts }, index) => of(['following', 'stacks', index], width, parts, 'following')),
    ...of(['following', 'project'], table.width, project.parts, 'following'),
    ...closing.flatMap(({ width, parts }, index) => of(['following', 'closing', index], width, parts, 'following')),
    ...of(['following', 'footer'], footer.width, footer.parts, 'footer'),
  ];
}

export interface Mention {
  path: PropertyKey[];
  name: string;
}

/** All mentions of image files. */
export function filesOf(definition: TemplateDefinition): Mention[] {
  const { first, following } = definition;
  const art = (path: PropertyKey[], names: readonly string[]): Mention[] =>
    names.map((name, index) => ({ path: [...path, index], name }));
  return [
    ...art(['first', 'art'], first.art),
    ...art(['following', 'art'], following.art),
    ...partsOf(definition).flatMap(({ path, part }) =>
      part.art === undefined ? [] : [{ path: [...path, 'art'], name: part.art }],
    ),
    ...Object.entries(definition.images).flatMap(([key, { file }]) =>
      file === null ? [] : [{ path: ['images', key, 'file'], name: file }],
    ),
  ];
}

/** All mentions of text keys, except the table's own. */
export function textsOf(definition: TemplateDefinition): Mention[] {
  return [
    ...partsOf(definition).flatMap(({ path, part }) =>
      part.text === undefined ? [] : [{ path: [...path, 'text'], name: part.text }],
    ),
    { path: ['first', 'qr', 'alt'], name: definition.first.qr.alt },
    ...(definition.following.qr === undefined
      ? []
      : [{ path: ['following', 'qr', 'alt'], name: definition.following.qr.alt }]),
    ...Object.entries(definition.images).flatMap(([key, { alt }]) =>
      alt === null ? [] : [{ path: ['images', key, 'alt'], name: alt }],
    ),
  ];
}

/** All mentions of palette colours. */
export function coloursOf(definition: TemplateDefinition): Mention[] {
  const { rows, rules } = definition.following.table;
  const table = ['following', 'table'];
  return [
    ...Object.entries(definition.styles).map(([key, { colour }]) => ({
      path: ['styles', key, 'colour'],
      name: colour,
    })),
    ...partsOf(definition).flatMap(({ path, part }) =>
      part.colour === undefined ? [] : [{ path: [...path, 'colour'], name: part.colour }],
    ),
    ...Object.entries(rows).map(([key, { colour }]) => ({ path: [...table, 'rows', key, 'colour'], name: colour })),
    ...Object.entries(rules).map(([key, { colour }]) => ({ path: [...table, 'rules', key, 'colour'], name: colour })),
  ];
}
