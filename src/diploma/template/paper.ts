import type { Placement } from '../pdf/tagged-document.ts';
import { pageSize } from './page-size.ts';
import type { TemplateDefinition } from './template-definition.ts';

/** What office printers may leave white at each edge: 9 mm, in points. */
const UNPRINTED = 25.5;

/** A sheet of paper, and how the template's page is placed on it; null: it is the template's own size. */
export interface PaperSheet {
  size: { width: number; height: number };
  placement: Placement | null;
}

/**
 * The sheet for diplomas of a country. A template of another size is made smaller, never larger, until what may be
 * printed of its page fits what may be printed of the sheet, and stands in the middle.
 */
export function paperFor(definition: Pick<TemplateDefinition, 'page' | 'countries'>, country: string): PaperSheet {
  const { page, countries } = definition;
  const own = pageSize(definition);
  const wanted = countries?.[country]?.paper ?? page.size;
  if (wanted === page.size) return { size: own, placement: null };
  const size = pageSize({ page: { ...page, size: wanted } });
  const printable = (side: number): number => side - 2 * UNPRINTED;
  const scale = Math.min(
    1,
    printable(size.width) / printable(own.width),
    printable(size.height) / printable(own.height),
  );
  const rounded = Math.floor(scale * 10_000) / 10_000;
  const middle = (sheet: number, drawn: number): number => Math.round((sheet - drawn * rounded) * 500) / 1000;
  return {
    size,
    placement: { scale: rounded, x: middle(size.width, own.width), top: middle(size.height, own.height) },
  };
}
