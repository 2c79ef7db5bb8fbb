import type { X509Certificate } from 'node:crypto';
import decodeQR from 'qr/decode.js';
import { openPdfium, type Pdfium } from './pdfium.ts';
import { type PdfiumDocument, withPdf } from './pdfium-document.ts';
import type { Box, PageCharacter, PageElement, PdfiumPage } from './pdfium-page.ts';
import { sealFault } from './self-check-seal.ts';

/** What a finished diploma must show to whoever opens it; told by the facts, never by the drawing. */
export interface Expected {
  /** The QR code must read exactly so. */
  lookupUrl: string;
  /** Texts that must be found, and what each is called where one is missing. */
  texts: readonly { what: string; text: string }[];
  leastPages: number;
  /** Every attachment of the file; `holds` are texts that its JSON must contain as whole values. */
  attachments: readonly { name: string; bytes: Uint8Array; holds: readonly string[] }[];
  /** Deflated line work that every diploma of the template holds byte for byte. */
  unchanging: readonly Buffer[];
  /** Whose seal must close the file; null: there must be none. */
  sealedBy: X509Certificate | null;
}

/** A diploma that may not leave: which check found it, and one line without personal data. */
export interface SelfCheckFault {
  check: 'file' | 'pages' | 'text' | 'glyphs' | 'faces' | 'qr' | 'attachments' | 'seal';
  detail: string;
}

/** Below this nothing is gained by not reading it. */
const WORTH_SPARING = 1024;

/** Line work that was once read together with a diploma that was in order. */
const known = new WeakSet<Buffer>();

/** The thread's own PDFium; one that failed inside is dropped, and the next check starts afresh. */
let opened: Promise<Pdfium> | null = null;

/**
 * Opens a finished diploma as its readers will, with a library other than the one that drew it (PDFium; the QR code by
 * `qr`, the seal by OpenSSL), and compares what it finds with the facts. Null when everything is there.
 *
 * Costs a few milliseconds. Of the pictures only the QR code is painted. A template's line work, most of what a page is
 * made of, is read with the first diploma of a thread; in later ones the same bytes are found, and not read again.
 */
export async function selfCheck(pdf: Uint8Array, expected: Expected): Promise<SelfCheckFault | null> {
  opened ??= openPdfium();
  const pdfium = await opened;
  try {
    const spared = sparedIn(pdf, expected.unchanging);
    const fault = withPdf(pdfium, pdf, (document) => documentFault(document, pdf, expected), spared);
    if (fault === null) for (const one of expected.unchanging) known.add(one);
    return fault;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // A trap inside WebAssembly: what that instance would answer next is anybody's guess.
    if (error.name === 'RuntimeError') opened = null;
    return { check: 'file', detail: `the file cannot be read: ${error.message}` };
  }
}

/** Where known line work lies in the file. */
function sparedIn(pdf: Uint8Array, unchanging: readonly Buffer[]): number[] {
  const file = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  return unchanging
    .filter((one) => one.length >= WORTH_SPARING && known.has(one))
    .map((one) => file.indexOf(one))
    .filter((offset) => offset >= 0);
}

function documentFault(document: PdfiumDocument, pdf: Uint8Array, expected: Expected): SelfCheckFault | null {
  const count = document.pageCount;
  if (count < expected.leastPages)
    return { check: 'pages', detail: `the file has ${count} pages where ${expected.leastPages} are the least` };
  const read = Array.from({ length: count }, (_, index) => document.page(index, (page) => readPage(page, index + 1)));
  const codes = read.flatMap((page) => page.codes);
  return (
    read.find((page) => page.fault !== null)?.fault ??
    textFault(read.map((page) => page.text).join('\n'), expected.texts) ??
    qrFault(codes, expected.lookupUrl) ??
    attachmentFault(document, expected.attachments) ??
    sealFault(document.signatures(), pdf, expected.sealedBy)
  );
}

interface ReadPage {
  fault: SelfCheckFault | null;
  /** The text layer, then the texts that structure gives in place of glyphs; folded. */
  text: string;
  /** What the pictures on it read as QR codes. */
  codes: string[];
}

function readPage(page: PdfiumPage, number: number): ReadPage {
  const elements = page.elements();
  const { characters, embedded } = page.text();
  const spoken = elements.filter((element) => element.actualText !== '');
  const text = [characters.map((one) => one.text).join(''), ...spoken.map((element) => element.actualText)].join('\n');
  const fault = glyphFault(characters, spoken, number) ?? (embedded ? null : faceFault(number));
  return { fault, text: fold(text), codes: codesOf(page, elements) };
}

const faceFault = (page: number): SelfCheckFault => ({
  check: 'faces',
  detail: `page ${page}: a face is not embedded`,
});

/**
 * A glyph without a character cannot be searched or read aloud. Allowed are parts of letters (dots, marks) where the
 * structure gives the whole text; never `.notdef`, the empty box, which is glyph 0.
 */
function glyphFault(
  characters: readonly PageCharacter[],
  spoken: readonly PageElement[],
  page: number,
): SelfCheckFault | null {
  const covered = new Set(spoken.flatMap((element) => element.markedContents));
  const isLost = ({ text, unmapped, markedContent }: PageCharacter): boolean =>
    text === '\0' || text === '\ufffd' || (unmapped && !covered.has(markedContent));
  const lost = characters.filter(isLost).length;
  return lost === 0 ? null : { check: 'glyphs', detail: `page ${page}: glyphs without a character: ${lost}` };
}

/** What counts as the same text: spaces, line ends, hyphens and marks of direction are matters of setting. */
export function fold(text: string): string {
  return text.normalize('NFKC').replace(/[\p{Z}\p{Cc}\p{Cf}\p{Pd}]/gu, '');
}

function textFault(found: string, texts: Expected['texts']): SelfCheckFault | null {
  const missing = texts.find(({ text }) => !found.includes(fold(text)));
  return missing === undefined ? null : { check: 'text', detail: `not found in the text: ${missing.what}` };
}

/** Pixels: enough for three a module of a code of this many bytes; then finer, for one that needs it. */
const SIDES = [(bytes: number) => 100 + bytes / 2, (bytes: number) => 200 + bytes, (bytes: number) => 400 + 2 * bytes];
/** Of the picture's side: the quiet zone around it is seen as it is on the page. */
const MARGIN = 0.12;

/** Reads every picture that could be a QR code: where one lies is told by the tagged figure's own ink. */
function codesOf(page: PdfiumPage, elements: readonly PageElement[]): string[] {
  const figures = elements.filter((element) => element.type === 'Figure' && element.markedContents.length > 0);
  return figures.flatMap((figure) => {
    const box = page.boxOf(figure.markedContents);
    const code = box === null ? null : codeIn(page, box, figure.alt.length);
    return code === null ? [] : [code];
  });
}

function codeIn(page: PdfiumPage, box: Box, bytes: number): string | null {
  const [width, height] = [box.right - box.left, box.top - box.bottom];
  if (width <= 0 || Math.abs(width - height) > 0.05 * width) return null;
  const margin = MARGIN * width;
  const area = {
    left: box.left - margin,
    bottom: box.bottom - margin,
    right: box.right + margin,
    top: box.top + margin,
  };
  for (const side of SIDES) {
    const picture = page.render(area, side(bytes) / (width + 2 * margin));
    try {
      // The limit of time would make the answer depend on how busy the machine is.
      return decodeQR(picture, { format: 'BGRX', timeLimit: Number.MAX_SAFE_INTEGER });
    } catch {
      // Not read at this size.
    }
  }
  return null;
}

function qrFault(codes: readonly string[], lookupUrl: string): SelfCheckFault | null {
  if (codes.length === 0) return { check: 'qr', detail: 'no QR code can be read' };
  if (codes.every((code) => code === lookupUrl)) return null;
  return { check: 'qr', detail: 'a QR code reads as something else than the lookup address' };
}

function attachmentFault(document: PdfiumDocument, expected: Expected['attachments']): SelfCheckFault | null {
  const found = document.attachments();
  if (found.length !== expected.length)
    return { check: 'attachments', detail: `${found.length} attachments where ${expected.length} belong` };
  for (const { name, bytes, holds } of expected) {
    const one = found.find((attachment) => attachment.name === name);
    if (one === undefined) return { check: 'attachments', detail: `there is no attachment ${name}` };
    if (!one.bytes.equals(bytes)) return { check: 'attachments', detail: `${name} is not what was attached` };
    const values = jsonValues(one.bytes);
    if (!holds.every((text) => values.has(text)))
      return { check: 'attachments', detail: `${name} does not hold number and name of the diploma` };
  }
  return null;
}

/** Every text in a JSON document, or in the claims of a JWT; none where it is neither. */
function jsonValues(bytes: Buffer): Set<string> {
  const values = new Set<string>();
  const text = bytes.toString('utf8');
  const claims = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text.trim())?.[1];
  try {
    JSON.parse(claims === undefined ? text : Buffer.from(claims, 'base64url').toString('utf8'), (_key, value) => {
      if (typeof value === 'string') values.add(value);
      return value as unknown;
    });
  } catch {
    return new Set();
  }
  return values;
}
