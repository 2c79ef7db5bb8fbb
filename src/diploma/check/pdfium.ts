import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { init, type WrappedPdfiumModule } from '@embedpdf/pdfium';

/** An instance of PDFium (WebAssembly). Its memory grows with the largest document and never shrinks. */
export type Pdfium = WrappedPdfiumModule;

/** The part of the WebAssembly API that is used here; neither Node's types nor the library's types declare it. */
interface Wasm {
  instantiate(wasm: Uint8Array, imports: Imports): Promise<{ instance: object; module: object }>;
}
interface Imports {
  /** Grows the memory to `size` bytes; returns 0 on failure. */
  env: { emscripten_resize_heap(size: number): number };
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };

/** Functions of a self-check; they take and return only numbers. */
const DIRECT = [
  'FPDFAttachment_GetFile',
  'FPDFAttachment_GetName',
  'FPDFBitmap_Create',
  'FPDFBitmap_CreateEx',
  'FPDFBitmap_Destroy',
  'FPDFBitmap_FillRect',
  'FPDFBitmap_GetBuffer',
  'FPDFBitmap_GetStride',
  'FPDFDoc_GetAttachment',
  'FPDFDoc_GetAttachmentCount',
  'FPDFFont_GetIsEmbedded',
  'FPDFPageObj_GetBounds',
  'FPDFPageObj_GetMarkedContentID',
  'FPDFPage_CountObjects',
  'FPDFPage_GetObject',
  'FPDFSignatureObj_GetByteRange',
  'FPDFSignatureObj_GetContents',
  'FPDFTextObj_GetFont',
  'FPDFText_ClosePage',
  'FPDFText_CountChars',
  'FPDFText_GetTextObject',
  'FPDFText_GetUnicode',
  'FPDFText_HasUnicodeMapError',
  'FPDFText_LoadPage',
  'FPDF_CloseDocument',
  'FPDF_ClosePage',
  'FPDF_GetPageCount',
  'FPDF_GetPageHeightF',
  'FPDF_GetPageWidthF',
  'FPDF_GetSignatureCount',
  'FPDF_GetSignatureObject',
  'FPDF_LoadPage',
  'FPDF_RenderPageBitmapWithMatrix',
  'FPDF_StructElement_CountChildren',
  'FPDF_StructElement_GetActualText',
  'FPDF_StructElement_GetAltText',
  'FPDF_StructElement_GetChildAtIndex',
  'FPDF_StructElement_GetMarkedContentIdAtIndex',
  'FPDF_StructElement_GetMarkedContentIdCount',
  'FPDF_StructElement_GetType',
  'FPDF_StructTree_Close',
  'FPDF_StructTree_CountChildren',
  'FPDF_StructTree_GetChildAtIndex',
  'FPDF_StructTree_GetForPage',
] as const satisfies readonly (keyof Pdfium)[];

/**
 * Starts a new PDFium instance; takes about 50 ms and 20 MB.
 * @param mostBytes memory limit in bytes, for untrusted files; a file that needs more cannot be read
 */
export async function openPdfium(mostBytes = Number.POSITIVE_INFINITY): Promise<Pdfium> {
  // The library keeps the function that it is given here, so that must not hold the file's 4.6 MB.
  let wasm: Buffer | null = await readFile(createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm'));
  const instantiateWasm = (imports: Imports, receive: (instance: object, module: object) => void): object => {
    const grow = imports.env.emscripten_resize_heap;
    imports.env.emscripten_resize_heap = (size) => (size >>> 0 > mostBytes ? 0 : grow(size));
    if (wasm === null) throw new Error('PDFium was started twice');
    void WebAssembly.instantiate(wasm, imports).then(({ instance, module }) => receive(instance, module));
    wasm = null;
    return {};
  };
  // PDFium also throws what it would print on an abort.
  const pdfium = await init({ instantiateWasm, printErr: () => undefined } as Parameters<typeof init>[0]);
  pdfium.PDFiumExt_Init();
  return withDirectCalls(pdfium);
}

/**
 * The library's wrappers check every call and make closures for it, and a self-check makes thousands of calls. These go
 * to WebAssembly directly; a truth value is then 0 or 1.
 */
function withDirectCalls(pdfium: Pdfium): Pdfium {
  const exported = pdfium.pdfium.wasmExports as unknown as Record<string, unknown>;
  return Object.assign(pdfium, Object.fromEntries(DIRECT.map((name) => [name, exported[name]])));
}

/** Allocates bytes in PDFium's memory for the duration of `use`, and always frees them. */
export function lend<T>(pdfium: Pdfium, size: number, use: (address: number) => T): T {
  const { malloc, free } = pdfium.pdfium.wasmExports;
  const address = malloc(Math.max(1, size));
  if (address === 0) throw new Error(`PDFium has no ${size} bytes of memory left`);
  try {
    return use(address);
  } finally {
    free(address);
  }
}

/** PDFium's memory. Call it again after every PDFium call, because the memory moves when it grows. */
export function memoryOf(pdfium: Pdfium): Uint8Array {
  return (pdfium.pdfium as unknown as { HEAPU8: Uint8Array }).HEAPU8;
}

/** Copies a range of PDFium's memory. */
export function copyOf(pdfium: Pdfium, address: number, size: number): Buffer {
  return Buffer.from(memoryOf(pdfium).subarray(address, address + size));
}

/** Room in bytes that is enough for most texts, so that PDFium is asked once. */
const MOST_TEXTS = 256;

/** Reads a zero-terminated UTF-16 text from a PDFium function that returns the required number of bytes. */
export function readText(pdfium: Pdfium, read: (address: number, size: number) => number): string {
  const readInto = (room: number): string | number =>
    lend(pdfium, room, (address) => {
      const size = read(address, room);
      if (size > room) return size;
      return size <= 2 ? '' : Buffer.from(memoryOf(pdfium).buffer, address, size - 2).toString('utf16le');
    });
  const text = readInto(MOST_TEXTS);
  return typeof text === 'string' ? text : String(readInto(text));
}

/** Reads bytes from a PDFium function that returns the required number of bytes. */
export function readBytesOf(pdfium: Pdfium, read: (address: number, size: number) => number): Buffer {
  const size = read(0, 0);
  return lend(pdfium, size, (address) => {
    read(address, size);
    return copyOf(pdfium, address, size);
  });
}
