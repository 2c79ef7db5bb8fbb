import { paintedPage } from './painted-glyphs.ts';
import type { Dictionary, PdfObjects, Value } from './pdf-objects.ts';
import type { Expected } from './specimen.ts';
import { runWell } from './tools.ts';

/** A structure element in reading order, with its text for screen readers. */
interface Element {
  type: string;
  /** Own text and that of its descendants, from the file or as poppler extracts it from glyphs. */
  texts: readonly string[];
}

/** White space is ignored, because line breaks do not belong to the text. */
const dense = (text: string): string =>
  text.normalize('NFC').replace(/[\s\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, '');

const TYPE_LINE = /^( *)([A-Z][A-Za-z0-9]*)(?: "[^"]*")?(?: <[^>]*>)?(?: \((?:block|inline)\))?:?$/;

/** Elements listed by `pdfinfo -struct-text`. */
function listedElements(listing: string): { type: string; depth: number; text: string }[] {
  const elements: { type: string; depth: number; text: string }[] = [];
  for (const line of listing.split('\n')) {
    const [, indent = '', type = ''] = TYPE_LINE.exec(line) ?? [];
    if (type !== '') {
      if (type !== 'Object') elements.push({ type, depth: indent.length, text: '' });
      continue;
    }
    const text = /^( *)"(.*)"$/.exec(line);
    if (text === null) continue;
    const depth = text[1]?.length ?? 0;
    // The text belongs to the last element with smaller indentation, and to all its ancestors.
    let limit = depth;
    for (let at = elements.length - 1; at >= 0 && limit > 0; at -= 1) {
      const element = elements[at];
      if (element === undefined || element.depth >= limit) continue;
      element.text += text[2] ?? '';
      limit = element.depth;
    }
  }
  return elements;
}

/** Structure elements in order, without texts. */
function treeElements(pdf: PdfObjects, value: Value, found: Dictionary[] = []): Dictionary[] {
  for (const kid of pdf.list(value)) {
    const element = pdf.dictionary(kid);
    if (typeof element['/S'] !== 'string') continue;
    found.push(element);
    treeElements(pdf, element['/K'] ?? null, found);
  }
  return found;
}

/**
 * Reads the structure from the file and from poppler.
 * @throws Error when the two differ
 */
async function elementsOf(pdf: PdfObjects, path: string): Promise<Element[]> {
  const tree = treeElements(pdf, pdf.dictionary(pdf.dictionary(pdf.root)['/StructTreeRoot'])['/K'] ?? null);
  const listed = listedElements(await runWell('pdfinfo', ['-struct-text', path]));
  const types = tree.map((element) => String(element['/S']).slice(1));
  if (types.join(' ') !== listed.map(({ type }) => type).join(' '))
    throw new Error(`poppler reads other elements than the file holds: ${listed.length} and ${types.length}`);
  const told = new Map(pdf.pages.map((page) => [page, paintedPage(pdf, page).told]));
  return tree.map((dictionary, index) => ({
    type: types[index] ?? '',
    texts: [pdf.text(dictionary['/ActualText']) ?? listed[index]?.text ?? '', spansOf(pdf, dictionary, told)],
  }));
}

/** Replacement texts of spans inside an element; poppler omits them from its listing. */
function spansOf(pdf: PdfObjects, element: Dictionary, told: ReadonlyMap<string, ReadonlyMap<number, string>>): string {
  const page = told.get(String(element['/Pg']));
  const marks = pdf.list(element['/K']).filter((kid) => typeof kid === 'number');
  return marks.map((mark) => page?.get(mark) ?? '').join('');
}

function orderFault(elements: readonly Element[], { facts, template }: Expected): string | null {
  const wanted: [string, string | null][] = [
    ['H1', null],
    ['name', facts.holderName],
    ['course', facts.courseTitle],
    ['number', facts.number],
    ['TH', null],
    ...facts.programme.map(({ title }): [string, string] => ['module', title]),
  ];
  let from = 0;
  for (const [what, text] of wanted) {
    const at = elements.findIndex(
      (element, index) =>
        index >= from &&
        element.type !== 'Document' &&
        (text === null ? element.type === what : element.texts.some((told) => dense(told).includes(dense(text)))),
    );
    if (at < 0) return `${what} is not where it is read in order (template ${template.id})`;
    from = at + 1;
  }
  return null;
}

/**
 * `pdfinfo -struct-text` in reading order: heading, name, course, number, then the programme as a table; the name in
 * its true letters for every script.
 */
export async function readingFault(pdf: PdfObjects, path: string, expected: Expected): Promise<string | null> {
  const elements = await elementsOf(pdf, path);
  if (elements.filter(({ type }) => type === 'H1').length !== 1) return 'there is not exactly one H1';
  if (elements.find(({ type }) => type === 'H1')?.texts[0]?.trim() === '') return 'the H1 has no text';
  return orderFault(elements, expected);
}

function scopeOf(pdf: PdfObjects, element: Dictionary): Value | undefined {
  return pdf
    .list(element['/A'])
    .map((attributes) => pdf.dictionary(attributes)['/Scope'])
    .find((scope) => scope !== undefined);
}

function tagFaults(pdf: PdfObjects, elements: readonly Dictionary[]): string[] {
  const of = (type: string): Dictionary[] => elements.filter((element) => element['/S'] === type);
  const without = (type: string, has: (element: Dictionary) => boolean): number =>
    of(type).filter((element) => !has(element)).length;
  const says = (element: Dictionary): boolean => (pdf.text(element['/Alt']) ?? '').trim() !== '';
  return [
    of('/Table').length === 0 ? 'no table' : '',
    of('/TH').length === 0 ? 'no table headers' : '',
    without('/TH', (element) => scopeOf(pdf, element) !== undefined) > 0 ? 'a table header without scope' : '',
    without('/Figure', says) > 0 ? 'a figure without a text for it' : '',
    of('/Figure').length === 0 ? 'the code is no figure' : '',
    of('/Link').length === 0 ? 'no link' : '',
  ].filter((fault) => fault !== '');
}

function pageFaults(pdf: PdfObjects, page: string): string[] {
  const dictionary = pdf.dictionary(page);
  const annotations = pdf.list(dictionary['/Annots']).map((annotation) => pdf.dictionary(annotation));
  const mute = annotations.filter(
    (annotation) => annotation['/Subtype'] === '/Link' && (pdf.text(annotation['/Contents']) ?? '') === '',
  );
  const loose = paintedPage(pdf, page).glyphs.filter((glyph) => glyph.marked === null);
  return [
    dictionary['/Tabs'] === '/S' ? '' : 'the order of tabs is not that of the structure',
    mute.length > 0 ? 'a link without a description' : '',
    annotations.some((annotation) => annotation['/StructParent'] === undefined && annotation['/Subtype'] === '/Link')
      ? 'a link outside the structure'
      : '',
    loose.length > 0 ? `${loose.length} glyphs are neither tagged nor artifacts` : '',
  ].filter((fault) => fault !== '');
}

/**
 * Requirements of PDF/UA-1 that no available validator checks: language, title, table headers with scope, alternative
 * texts.
 */
export function tagsFault(pdf: PdfObjects, { facts }: Expected): string | null {
  const catalogue = pdf.dictionary(pdf.root);
  const xmp = pdf.bytes(catalogue['/Metadata'])?.toString('utf8') ?? '';
  const elements = treeElements(pdf, pdf.dictionary(catalogue['/StructTreeRoot'])['/K'] ?? null);
  const language = pdf.text(catalogue['/Lang']);
  const faults = [
    language === facts.language ? '' : `the language is ${language}`,
    pdf.dictionary(catalogue['/MarkInfo'])['/Marked'] === true ? '' : 'not marked as tagged',
    pdf.dictionary(catalogue['/ViewerPreferences'])['/DisplayDocTitle'] === true ? '' : 'the title is not displayed',
    /<pdfuaid:part>1</.test(xmp) ? '' : 'PDF/UA-1 is not declared',
    /<pdfaid:part>3</.test(xmp) && /<pdfaid:conformance>A</.test(xmp) ? '' : 'PDF/A-3a is not declared',
    ...tagFaults(pdf, elements),
    ...pdf.pages.flatMap((page) => pageFaults(pdf, page)),
  ].filter((fault) => fault !== '');
  return faults.length === 0 ? null : [...new Set(faults)].join('; ');
}
