import { qrPath } from './qr.ts';
import type { Sheet } from './sheet.ts';
import { paintStack } from './stack.ts';
import { textWithFacts } from './template/wording.ts';

/** The first page of the diploma, which people frame. */
export function drawFirstPage(sheet: Sheet): void {
  const { document, facts, template, words } = sheet;
  const { first, texts, format } = template.definition;
  document.addPage();
  document.layer(template.layer('first'));
  for (const stack of first.stacks) paintStack(sheet, stack);
  const { x, top, side, alt } = first.qr;
  const picture = textWithFacts(texts[alt] ?? '', words) ?? facts.lookupUrl;
  document.figure(document.root, picture, [x, top, side, side], qrPath(facts.lookupUrl, x, top, side, format > 3));
}
