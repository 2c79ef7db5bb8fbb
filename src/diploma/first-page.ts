import type { Sheet } from './sheet.ts';
import { paintQr, paintStack } from './stack.ts';

/** The first page of the diploma, which people frame. */
export function drawFirstPage(sheet: Sheet): void {
  const { document, template } = sheet;
  const { first } = template.definition;
  document.addPage();
  document.layer(template.layer('first'));
  for (const stack of first.stacks) paintStack(sheet, stack);
  paintQr(sheet, first.qr);
}
