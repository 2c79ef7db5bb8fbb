import type { Paper } from '../../domain/certificate/country-diploma.ts';
import type { TemplateDefinition } from './template-definition.ts';

/** Long and short side of a sheet, in points. */
const SHEETS: Readonly<Record<Paper, readonly [number, number]>> = { A4: [841.89, 595.28], Letter: [792, 612] };

/** Size of a page, in points. */
export function pageSize({ page }: Pick<TemplateDefinition, 'page'>): { width: number; height: number } {
  const [long, short] = SHEETS[page.size];
  return page.orientation === 'landscape' ? { width: long, height: short } : { width: short, height: long };
}
