import { copyOf, type Pdfium } from '../check/pdfium.ts';
import { withPdf } from '../check/pdfium-document.ts';
import { encodePng } from '../check/pdfium-picture.ts';
import { linePng } from './line-png.ts';

const WHITE = 0xffffffff;
/** FPDF_REVERSE_BYTE_ORDER: red comes first, as in PNG. */
const RED_FIRST = 0x10;

/**
 * Paints a page of a PDF as a PNG; `width` in pixels, `index` from 0.
 * @throws Error when the file cannot be opened or the image is too large
 */
export function paintPage(pdfium: Pdfium, bytes: Uint8Array, width: number, index = 0): Buffer {
  return withPdf(pdfium, bytes, (document) =>
    document.page(index, (page) => {
      const height = Math.round((width * page.size.height) / page.size.width);
      const bitmap = pdfium.FPDFBitmap_Create(width, height, 0);
      if (bitmap === 0) throw new Error(`PDFium has no room for ${width} × ${height} pixels`);
      try {
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
        page.paintOn(bitmap, { left: 0, top: 0, width, height }, RED_FIRST);
        const pixels = copyOf(pdfium, pdfium.FPDFBitmap_GetBuffer(bitmap), width * height * 4);
        return linePng(pixels, width, height) ?? encodePng(pdfium, bitmap, width, height);
      } finally {
        pdfium.FPDFBitmap_Destroy(bitmap);
      }
    }),
  );
}
