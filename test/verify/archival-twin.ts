import type { Dictionary, PdfObjects } from './pdf-objects.ts';
import { type Change, rewrite } from './rewrite.ts';

/**
 * Features that PDF/A-3 allows and PDF/A-1 does not. Preflight supports only PDF/A-1b; without these features it can
 * check the rest.
 */
const LATER_THAN_A1 = ['/AF', '/AcroForm'];

function without(dictionary: Dictionary, keys: readonly string[]): Dictionary {
  return Object.fromEntries(Object.entries(dictionary).filter(([key]) => !keys.includes(key)));
}

/** Metadata that declare PDF/A-1b; PDF/UA is irrelevant for the validator. */
function metadataOfA1(xmp: string): string {
  return xmp
    .replace('<pdfaid:part>3</pdfaid:part>', '<pdfaid:part>1</pdfaid:part>')
    .replace('<pdfaid:conformance>A</pdfaid:conformance>', '<pdfaid:conformance>B</pdfaid:conformance>');
}

/** One bit for every glyph of a TrueType face (`maxp.numGlyphs`); PDF/A-1 requires it, later parts discourage it. */
function glyphSet(face: Buffer): Buffer {
  const tables = face.readUInt16BE(4);
  const entry = Array.from({ length: tables }, (_, index) => 12 + index * 16).find(
    (at) => face.toString('latin1', at, at + 4) === 'maxp',
  );
  if (entry === undefined) throw new Error('an embedded face has no maxp table');
  const glyphs = face.readUInt16BE(face.readUInt32BE(entry + 8) + 4);
  const bits = Buffer.alloc(Math.ceil(glyphs / 8));
  for (let glyph = 0; glyph < glyphs; glyph += 1) bits[glyph >> 3] = (bits[glyph >> 3] ?? 0) | (0x80 >> (glyph & 7));
  return bits;
}

function changesOf(pdf: PdfObjects): Record<string, Change> {
  const changes: Record<string, Change> = {};
  const catalogue = pdf.dictionary(pdf.root);
  const names = pdf.dictionary(catalogue['/Names']);
  changes[pdf.root] = {
    value: { ...without(catalogue, LATER_THAN_A1), '/Names': without(names, ['/EmbeddedFiles']) },
  };
  const metadata = String(catalogue['/Metadata']);
  const xmp = pdf.bytes(metadata)?.toString('utf8') ?? '';
  changes[metadata] = {
    stream: { dict: pdf.dictionary(metadata), data: Buffer.from(metadataOfA1(xmp)).toString('base64') },
  };
  for (const page of pdf.pages) {
    const dictionary = pdf.dictionary(page);
    const kept = pdf
      .list(dictionary['/Annots'])
      .filter((annotation) => pdf.dictionary(annotation)['/Subtype'] !== '/Widget');
    changes[page] = { value: { ...without(dictionary, ['/AF']), '/Annots': kept } };
  }
  let next = pdf.last + 1;
  for (const reference of pdf.references) {
    const descriptor = pdf.dictionary(reference);
    const face = pdf.bytes(descriptor['/FontFile2']);
    if (descriptor['/Type'] !== '/FontDescriptor' || face === null) continue;
    changes[`${next} 0 R`] = { stream: { dict: {}, data: glyphSet(face).toString('base64') } };
    changes[reference] = { value: { ...descriptor, '/CIDSet': `${next} 0 R` } };
    next += 1;
  }
  return changes;
}

/**
 * Writes a copy of a diploma that declares PDF/A-1b: the same pages, faces, images, colours and structure, object by
 * object, without attachments and seal.
 */
export async function writeArchivalTwin(pdf: PdfObjects, original: string, twin: string): Promise<void> {
  await rewrite(pdf, original, twin, changesOf(pdf));
}
