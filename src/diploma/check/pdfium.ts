import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { init, type WrappedPdfiumModule } from '@embedpdf/pdfium';

/** PDFium as compiled to WebAssembly, one instance: its memory grows to the largest document it met and stays there. */
export type Pdfium = WrappedPdfiumModule;

/** As much of WebAssembly as is used; neither Node's types nor the library's tell of it. */
interface Wasm {
  instantiate(wasm: Uint8Array, imports: Imports): Promise<{ instance: object; module: object }>;
}
interface Imports {
  /** Grows the memory to so many bytes; 0: it did not. */
  env: { emscripten_resize_heap(size: number): number };
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };

/**
 * Starts an instance of its own; about 50 ms and 20 MB.
 * @param mostBytes to which its memory may grow, for files of strangers; a file that needs more cannot be read
 */
export async function openPdfium(mostBytes = Number.POSITIVE_INFINITY): Promise<Pdfium> {
  const wasm = await readFile(createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm'));
  const instantiateWasm = (imports: Imports, receive: (instance: object, module: object) => void): object => {
    const grow = imports.env.emscripten_resize_heap;
    imports.env.emscripten_resize_heap = (size) => (size >>> 0 > mostBytes ? 0 : grow(size));
    void WebAssembly.instantiate(wasm, imports).then(({ instance, module }) => receive(instance, module));
    return {};
  };
  // What it would print when it gives up it also throws.
  const pdfium = await init({ instantiateWasm, printErr: () => undefined } as Parameters<typeof init>[0]);
  pdfium.PDFiumExt_Init();
  return pdfium;
}

/** Bytes lent to PDFium for a call; always given back. */
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

/** PDFium's memory; ask anew after every call, since it moves when it grows. */
export function memoryOf(pdfium: Pdfium): Uint8Array {
  return (pdfium.pdfium as unknown as { HEAPU8: Uint8Array }).HEAPU8;
}

/** A copy of some of PDFium's memory. */
export function copyOf(pdfium: Pdfium, address: number, size: number): Buffer {
  return Buffer.from(memoryOf(pdfium).slice(address, address + size));
}

/** A text (UTF-16, closed by a zero) of a function that says how many bytes it would write. */
export function readText(pdfium: Pdfium, read: (address: number, size: number) => number): string {
  const size = read(0, 0);
  if (size <= 2) return '';
  return lend(pdfium, size, (address) => {
    read(address, size);
    return copyOf(pdfium, address, size - 2).toString('utf16le');
  });
}

/** Bytes of a function that says how many it would write. */
export function readBytesOf(pdfium: Pdfium, read: (address: number, size: number) => number): Buffer {
  const size = read(0, 0);
  return lend(pdfium, size, (address) => {
    read(address, size);
    return copyOf(pdfium, address, size);
  });
}
