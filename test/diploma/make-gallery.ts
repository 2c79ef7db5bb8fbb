import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyOf, memoryOf, openPdfium } from '../../src/diploma/check/pdfium.ts';
import { withPdf } from '../../src/diploma/check/pdfium-document.ts';
import { encodePng } from '../../src/diploma/check/pdfium-picture.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { sampleFacts } from '../../src/diploma/preview/sample-facts.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import { ROOT } from '../support/documents.ts';
import { TEMPLATES_DIR } from './sample-facts.ts';

/**
 * `npm run gallery`: draws the first page of every template with invented facts into one picture, a row for each family
 * and page format, a column for each language.
 */
const PICTURE = join(ROOT, 'docs/pictures/gallery.png');
/** In pixels. */
const CELL = { width: 300, gap: 12 };
const GREY = 0xffd9d9d9;
const WHITE = 0xffffffff;
/** FPDF_REVERSE_BYTE_ORDER: red comes first, as in PNG. */
const RED_FIRST = 0x10;

/** PDFium paints no line thinner than a pixel: pages are painted larger, so that hairlines keep their weight. */
const FINE = 4;

const pdfium = await openPdfium();
const rows = new Map<string, { width: number; height: number; pdf: Buffer }[]>();
for (const bundle of await loadTemplates(TEMPLATES_DIR)) {
  const template = new PreparedTemplate(bundle);
  const pdf = await drawDiploma(
    sampleFacts(bundle, { kind: 'own' }, () => true),
    template,
    null,
  );
  const height = Math.round((CELL.width * template.page.height) / template.page.width);
  const family = bundle.id.replace(/-[^-]*$/, '');
  rows.set(family, [...(rows.get(family) ?? []), { width: CELL.width, height, pdf }]);
}
const heights = [...rows.values()].map((cells) => Math.max(...cells.map(({ height }) => height)));
const width = CELL.gap + Math.max(...[...rows.values()].map((cells) => cells.length)) * (CELL.width + CELL.gap);
const height = CELL.gap + heights.reduce((sum, one) => sum + one + CELL.gap, 0);
const bitmap = pdfium.FPDFBitmap_Create(width, height, 0);
if (bitmap === 0) throw new Error(`PDFium has no room for ${width} × ${height} pixels`);
pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, GREY);
let top = CELL.gap;
for (const [index, cells] of [...rows.values()].entries()) {
  for (const [column, cell] of cells.entries()) {
    const box = { left: CELL.gap + column * (CELL.width + CELL.gap), top, width: cell.width, height: cell.height };
    const pixels = finely(cell.pdf, box.width, box.height);
    const memory = memoryOf(pdfium);
    const [start, stride] = [pdfium.FPDFBitmap_GetBuffer(bitmap), pdfium.FPDFBitmap_GetStride(bitmap)];
    for (let row = 0; row < box.height; row += 1)
      memory.set(
        pixels.subarray(row * box.width * 4, (row + 1) * box.width * 4),
        start + (box.top + row) * stride + box.left * 4,
      );
  }
  top += (heights[index] ?? 0) + CELL.gap;
}
const png = encodePng(pdfium, bitmap, width, height);
await writeFile(PICTURE, png);
process.stdout.write(`${PICTURE}: ${width} × ${height} pixels, ${Math.round(png.length / 1024)} KB\n`);

/** The first page, painted `FINE` times as large and averaged; four bytes a pixel. */
function finely(pdf: Buffer, width: number, height: number): Uint8Array {
  const [wide, high] = [width * FINE, height * FINE];
  const large = pdfium.FPDFBitmap_Create(wide, high, 0);
  if (large === 0) throw new Error(`PDFium has no room for ${wide} × ${high} pixels`);
  try {
    pdfium.FPDFBitmap_FillRect(large, 0, 0, wide, high, WHITE);
    const box = { left: 0, top: 0, width: wide, height: high };
    withPdf(pdfium, pdf, (document) => document.page(0, (page) => page.paintOn(large, box, RED_FIRST)));
    const source = copyOf(pdfium, pdfium.FPDFBitmap_GetBuffer(large), wide * high * 4);
    const averaged = new Uint8Array(width * height * 4);
    for (let index = 0; index < averaged.length; index += 1) {
      const [x, y, channel] = [(index >> 2) % width, Math.floor((index >> 2) / width), index % 4];
      let sum = 0;
      for (let dy = 0; dy < FINE; dy += 1)
        for (let dx = 0; dx < FINE; dx += 1) sum += source[((y * FINE + dy) * wide + x * FINE + dx) * 4 + channel] ?? 0;
      averaged[index] = Math.round(sum / FINE ** 2);
    }
    return averaged;
  } finally {
    pdfium.FPDFBitmap_Destroy(large);
  }
}
