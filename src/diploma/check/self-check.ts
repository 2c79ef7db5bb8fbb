import type { X509Certificate } from 'node:crypto';
import decodeQR, { _QRScanner as QRScanner } from 'qr/decode.js';
import { openPdfium, type Pdfium } from './pdfium.ts';
import { type PdfiumDocument, withPdf } from './pdfium-document.ts';
import type { Bitmap, Box, PageCharacter, PageElement, PdfiumPage } from './pdfium-page.ts';
import { sealFault } from './self-check-seal.ts';

/** What a finished diploma must show to a reader. It is computed from the facts, never from the drawing. */
export interface Expected {
  /** Text that the QR code must contain. */
  lookupUrl: string;
  /** Texts that must be found; `what` names the text in the fault message. */
  texts: readonly { what: string; text: string }[];
  leastPages: number;
  /** All attachments of the file; `holds` are texts that its JSON must contain as whole values. */
  attachments: readonly { name: string; bytes: Uint8Array; holds: readonly string[] }[];
  /** Deflated line art that every diploma of the template contains byte for byte. */
  unchanging: readonly Buffer[];
  /** Certificate that must have sealed the file; null: the file must have no seal. */
  sealedBy: X509Certificate | null;
}

/** Why a diploma must not be published: the failed check, and one line without personal data. */
export interface SelfCheckFault {
  check: 'file' | 'pages' | 'text' | 'glyphs' | 'faces' | 'qr' | 'attachments' | 'seal';
  detail: string;
}

/** Shorter streams are not skipped: they save no time. Line art of 20 KB may be 400 bytes when it is deflated. */
const WORTH_SPARING = 128;

/** Line art that this thread has already checked once, together with a correct diploma. */
const known = new WeakSet<Buffer>();

/** The thread's own PDFium. After an internal failure it is dropped, and the next check starts a new one. */
let opened: Promise<Pdfium> | null = null;

/**
 * Opens a finished diploma in the same way as a reader, and compares it with the facts. It uses other libraries than
 * the ones that drew it: PDFium for pages, `qr` for the QR code, OpenSSL for the seal. Takes a few milliseconds. Of the
 * images it paints only the QR code. Line art is most of a page; it is read once per thread and template, and later
 * only compared byte by byte.
 * @returns the first fault, or null when everything is there
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
    // A trap inside WebAssembly leaves the instance in an unknown state.
    if (error.name === 'RuntimeError') opened = null;
    return { check: 'file', detail: `the file cannot be read: ${error.message}` };
  }
}

/** Offsets of known line art in the file. */
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
    return { check: 'pages', detail: `the file has ${count} pages, but needs at least ${expected.leastPages}` };
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
  /** The text layer and the replacement texts of the structure, normalised by {@link fold}. */
  text: string;
  /** Contents of the QR codes on the page. */
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
  detail: `page ${page}: a font is not embedded`,
});

/**
 * A glyph without a character cannot be searched or read aloud. Parts of letters (dots, marks) are allowed when the
 * structure gives the whole text. The empty box `.notdef` (glyph 0) is never allowed.
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

/**
 * Normalises a text for comparison: removes spaces, line ends, hyphens and direction marks, which depend on layout
 * only.
 */
export function fold(text: string): string {
  return text.normalize('NFKC').replace(/[\p{Z}\p{Cc}\p{Cf}\p{Pd}]+/gu, '');
}

function textFault(found: string, texts: Expected['texts']): SelfCheckFault | null {
  const missing = texts.find(({ text }) => !found.includes(fold(text)));
  return missing === undefined ? null : { check: 'text', detail: `not found in the text: ${missing.what}` };
}

/** Image sides in pixels to try, by the length of the code in bytes: about three pixels per module, then finer. */
const SIDES = [(bytes: number) => 85 + bytes / 2.4, (bytes: number) => 170 + bytes, (bytes: number) => 340 + 2 * bytes];
/** Share of the image's side. The quiet zone belongs to the image; a little more shows what touches its edge. */
const MARGIN = 0.02;

/** Reads every image that could be a QR code; the ink of the tagged figure tells its place. */
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
    const code = decoded(page.render(area, side(bytes) / (width + 2 * margin)));
    if (code !== null) return code;
  }
  return null;
}

/**
 * I420 begins with the grey of each pixel, and of it only the grey is read. With a time limit the result would depend on
 * the load of the machine.
 */
const READING = { format: 'I420', timeLimit: Number.MAX_SAFE_INTEGER } as const;
/** Side in pixels of the largest picture that the kept scanner reads. */
const SCANNED = 256;
let scanner: QRScanner | null = null;

/** The picture that was read last. The code of the second page mostly gives the same picture, to the pixel. */
let lastRead: { picture: Bitmap; code: string | null } | null = null;

function decoded(picture: Bitmap): string | null {
  if (lastRead === null || !isSame(lastRead.picture, picture)) lastRead = { picture, code: scanned(picture) };
  return lastRead.code;
}

const isSame = (one: Bitmap, other: Bitmap): boolean =>
  one.width === other.width && one.height === other.height && Buffer.compare(one.data, other.data) === 0;

/** Reads a picture with a scanner that is kept, because making one takes as long as reading. */
function scanned(picture: Bitmap): string | null {
  try {
    if (picture.width > SCANNED || picture.height > SCANNED) return decodeQR(picture, READING);
    scanner ??= new QRScanner({ ...READING, maxSize: { width: SCANNED, height: SCANNED } });
    scanner.addImage(picture, READING.format);
    const [code] = scanner.decode();
    return typeof code === 'string' ? code : null;
  } catch {
    return null;
  }
}

function qrFault(codes: readonly string[], lookupUrl: string): SelfCheckFault | null {
  if (codes.length === 0) return { check: 'qr', detail: 'no QR code can be read' };
  if (codes.every((code) => code === lookupUrl)) return null;
  return { check: 'qr', detail: 'a QR code contains something other than the lookup address' };
}

function attachmentFault(document: PdfiumDocument, expected: Expected['attachments']): SelfCheckFault | null {
  const found = document.attachments();
  if (found.length !== expected.length)
    return { check: 'attachments', detail: `the file has ${found.length} attachments instead of ${expected.length}` };
  for (const { name, bytes, holds } of expected) {
    const one = found.find((attachment) => attachment.name === name);
    if (one === undefined) return { check: 'attachments', detail: `there is no attachment ${name}` };
    if (!one.bytes.equals(bytes))
      return { check: 'attachments', detail: `${name} differs from the file that was attached` };
    const values = jsonValues(one.bytes);
    if (!holds.every((text) => values.has(text)))
      return { check: 'attachments', detail: `${name} does not contain the number and name of the diploma` };
  }
  return null;
}

/** All text values in a JSON document or in the claims of a JWT; empty when it is neither. */
function jsonValues(bytes: Buffer): Set<string> {
  const values = new Set<string>();
  const text = bytes.toString('utf8');
  const claims = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text.trim())?.[1];
  try {
    addTexts(JSON.parse(claims === undefined ? text : Buffer.from(claims, 'base64url').toString('utf8')), values);
  } catch {
    return new Set();
  }
  return values;
}

function addTexts(value: unknown, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) addTexts(one, texts);
}
