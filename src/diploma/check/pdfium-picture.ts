import { copyOf, lend, type Pdfium } from './pdfium.ts';
import { withPdf } from './pdfium-document.ts';

const WHITE = 0xffffffff;
/** FPDF_REVERSE_BYTE_ORDER: red comes first, as in PNG. */
const RED_FIRST = 0x10;
const COMPRESSION = 6;

/**
 * Paints all pages of a PDF into one PNG, one page below the other.
 * @param dotsPerInch resolution; a point is 1/72 inch
 * @throws Error when the file cannot be opened or the image is too large
 */
export function picturePages(pdfium: Pdfium, bytes: Uint8Array, dotsPerInch: number): Buffer {
  const pixels = (points: number) => Math.round((points * dotsPerInch) / 72);
  return withPdf(pdfium, bytes, (document) => {
    const sizes = Array.from({ length: document.pageCount }, (_, index) => document.page(index, (page) => page.size));
    const width = Math.max(...sizes.map((size) => pixels(size.width)));
    const height = sizes.reduce((sum, size) => sum + pixels(size.height), 0);
    const bitmap = pdfium.FPDFBitmap_Create(width, height, 0);
    if (bitmap === 0) throw new Error(`PDFium has no memory for ${width} × ${height} pixels`);
    try {
      pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
      let top = 0;
      for (const [index, size] of sizes.entries()) {
        const [wide, high] = [pixels(size.width), pixels(size.height)];
        document.page(index, (page) => page.paintOn(bitmap, { left: 0, top, width: wide, height: high }, RED_FIRST));
        top += high;
      }
      return encodePng(pdfium, bitmap, width, height);
    } finally {
      pdfium.FPDFBitmap_Destroy(bitmap);
    }
  });
}

/** Encodes a bitmap (four bytes per pixel, red first) as a true-colour PNG. */
export function encodePng(pdfium: Pdfium, bitmap: number, width: number, height: number): Buffer {
  return lend(pdfium, 4, (pointer) => {
    const [data, stride] = [pdfium.FPDFBitmap_GetBuffer(bitmap), pdfium.FPDFBitmap_GetStride(bitmap)];
    const size = pdfium.EPDF_PNG_EncodeRGBA(data, width, height, stride, COMPRESSION, pointer);
    if (size <= 0) throw new Error('the image could not be written as PNG');
    const address = pdfium.pdfium.getValue(pointer, 'i32');
    try {
      return copyOf(pdfium, address, size);
    } finally {
      pdfium.pdfium.wasmExports.free(address);
    }
  });
}
