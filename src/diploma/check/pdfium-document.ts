import { lend, memoryOf, type Pdfium, readBytesOf, readText } from './pdfium.ts';
import { PdfiumPage } from './pdfium-page.ts';

export interface FoundAttachment {
  name: string;
  bytes: Buffer;
}

export interface Signature {
  /** `[offset, length]` pairs, as stated in the file. */
  byteRange: number[];
  /** All bytes of `/Contents`, padding included. */
  contents: Buffer;
}

/** An open PDF document; valid only inside the callback of {@link withPdf}. */
export class PdfiumDocument {
  readonly #pdfium: Pdfium;
  readonly #document: number;

  constructor(pdfium: Pdfium, document: number) {
    this.#pdfium = pdfium;
    this.#document = document;
  }

  get pageCount(): number {
    return this.#pdfium.FPDF_GetPageCount(this.#document);
  }

  /**
   * Opens a page (counted from 0), passes it to `use`, and closes it.
   * @throws Error when the page cannot be opened
   */
  page<T>(index: number, use: (page: PdfiumPage) => T): T {
    const page = this.#pdfium.FPDF_LoadPage(this.#document, index);
    if (page === 0) throw new Error(`page ${index + 1} cannot be opened`);
    try {
      return use(new PdfiumPage(this.#pdfium, page));
    } finally {
      this.#pdfium.FPDF_ClosePage(page);
    }
  }

  attachments(): FoundAttachment[] {
    const pdfium = this.#pdfium;
    const count = pdfium.FPDFDoc_GetAttachmentCount(this.#document);
    return Array.from({ length: count }, (_, index) => {
      const one = pdfium.FPDFDoc_GetAttachment(this.#document, index);
      const name = readText(pdfium, (address, size) => pdfium.FPDFAttachment_GetName(one, address, size));
      return { name, bytes: this.#fileOf(one) };
    });
  }

  #fileOf(attachment: number): Buffer {
    const pdfium = this.#pdfium;
    return lend(pdfium, 4, (length) => {
      const read = (address: number, size: number) => {
        if (!pdfium.FPDFAttachment_GetFile(attachment, address, size, length)) return 0;
        return pdfium.pdfium.getValue(length, 'i32');
      };
      return readBytesOf(pdfium, read);
    });
  }

  signatures(): Signature[] {
    const pdfium = this.#pdfium;
    const count = Math.max(0, pdfium.FPDF_GetSignatureCount(this.#document));
    return Array.from({ length: count }, (_, index) => {
      const one = pdfium.FPDF_GetSignatureObject(this.#document, index);
      // For the byte range, PDFium returns the number of integers, not of bytes.
      const numbers = pdfium.FPDFSignatureObj_GetByteRange(one, 0, 0);
      const byteRange = lend(pdfium, 4 * numbers, (address) => {
        pdfium.FPDFSignatureObj_GetByteRange(one, address, numbers);
        return Array.from({ length: numbers }, (_none, at) => pdfium.pdfium.getValue(address + 4 * at, 'i32'));
      });
      const contents = readBytesOf(pdfium, (address, size) => pdfium.FPDFSignatureObj_GetContents(one, address, size));
      return { byteRange, contents };
    });
  }
}

/** An empty deflated stream (RFC 1950). Readers ignore the bytes after it. */
const EMPTY = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];

/**
 * Opens a PDF from memory, passes it to `use`, and frees it afterwards.
 * @param spared offsets of deflated streams that PDFium shall treat as empty, to save the time of reading known
 * content
 * @throws Error when PDFium cannot open the file
 */
export function withPdf<T>(
  pdfium: Pdfium,
  bytes: Uint8Array,
  use: (document: PdfiumDocument) => T,
  spared: readonly number[] = [],
): T {
  return lend(pdfium, bytes.length, (address) => {
    memoryOf(pdfium).set(bytes, address);
    for (const offset of spared) memoryOf(pdfium).set(EMPTY, address + offset);
    const document = pdfium.FPDF_LoadMemDocument(address, bytes.length, '');
    if (document === 0) throw new Error(`not a PDF that can be opened (code ${pdfium.FPDF_GetLastError()})`);
    try {
      return use(new PdfiumDocument(pdfium, document));
    } finally {
      pdfium.FPDF_CloseDocument(document);
    }
  });
}
