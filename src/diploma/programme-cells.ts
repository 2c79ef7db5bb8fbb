import type { FaceRole } from './template/face-roles.ts';
import type { FitRule } from './template/layout-schema.ts';
import type { PreparedTemplate } from './template/prepared-template.ts';
import type { TemplateDefinition } from './template/template-definition.ts';

export type Table = TemplateDefinition['following']['table'];
export type Density = Table['densities'][number];
export type RowKind = 'head' | 'module' | 'total';

/** Maximum number of lines of a module's title. */
export const MODULE_LINES = 6;

/** Whether a module's title fits its cell in every density of the table. */
export function moduleFits(title: string, template: PreparedTemplate): boolean {
  const { table } = template.definition.following;
  return [...table.densities, ...(table.flow === undefined ? [] : [table.flow])].every((density) => {
    const { face, rule } = cellOf(table, 'module', density);
    return template.fitRow(title, face, titleWidthOf(table), rule) !== null;
  });
}

export const titleWidthOf = (table: Table): number => table.width - table.hoursWidth - table.gutter;

export function cellOf(table: Table, kind: RowKind, density: Density): { face: FaceRole; rule: FitRule } {
  const { face, scale } = table.rows[kind];
  const size = Math.round(density.size * scale * 4) / 4;
  return { face, rule: { max: size, floor: size - 1, lines: MODULE_LINES } };
}
