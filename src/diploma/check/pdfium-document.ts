import { lend, memoryOf, type Pdfium, readBytesOf, readText } from './pdfium.ts';
import { PdfiumPage } from './pdfium-page.ts';

export interface FoundAttachment {
  name: string;
  bytes: Buffer;
}

export interface Signature {
  /** Pairs of offset and length, as the file states them. */
  byteRange: number[];
  /** The whole of `/Contents`, padding included. */
  contents: Buffer;
}

/** An open file. Of no use after {@link withPdf} has returned. */
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

  /** Opens a page (counted from 0) and closes it. @throws Error when it cannot be opened */
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
      // Of the range PDFium counts the integers, not the bytes.
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

/** Nothing, deflated (RFC 1950); readers ignore what follows it in a stream. */
const EMPTY = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];

/**
 * Opens a file from memory, lends it, and gives everything back.
 * @param spared offsets of deflated streams that PDFium is to take for empty, since reading them would tell nothing new
 * @throws Error when it is no PDF that PDFium opens
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
    if (document === 0) throw new Error(`no PDF that can be opened (code ${pdfium.FPDF_GetLastError()})`);
    try {
      return use(new PdfiumDocument(pdfium, document));
    } finally {
      pdfium.FPDF_CloseDocument(document);
    }
  });
}
