import { inflateSync } from 'node:zlib';

/**
 * A small PDF reader for tests: the text that a person would copy from the file, and its position. It shares no code
 * with the libraries that draw.
 */

/** One painted piece of text; coordinates are points from the bottom left corner. */
export interface Fragment {
  text: string;
  x: number;
  /** Baseline, in points. */
  y: number;
  width: number;
  size: number;
}

export interface ReadFont {
  name: string;
  embedded: boolean;
  unicode: Map<number, string>;
  widths: number[];
}

export interface ReadPdf {
  pages: Fragment[][];
  fonts: ReadFont[];
  /** All `ActualText` values of structure elements. */
  actualTexts: string[];
  /** The XMP metadata stream. */
  xmp: string;
  /** Dictionaries of all objects, as written in the file. */
  dictionaries: string[];
  /** Decompressed contents of all streams. */
  streams: Buffer[];
}

interface PdfObject {
  dictionary: string;
  stream: Buffer | null;
}

function readObjects(bytes: Buffer): Map<number, PdfObject> {
  const source = bytes.toString('latin1');
  const objects = new Map<number, PdfObject>();
  for (const match of source.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)) {
    const from = match.index + match[0].length;
    const stream = source.indexOf('\nstream\n', from);
    const end = source.indexOf('\nendobj', from);
    if (stream < 0 || stream > end) {
      objects.set(Number(match[1]), { dictionary: source.slice(from, end), stream: null });
      continue;
    }
    const dictionary = source.slice(from, stream);
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1]);
    const raw = bytes.subarray(stream + 8, stream + 8 + length);
    objects.set(Number(match[1]), { dictionary, stream: dictionary.includes('/FlateDecode') ? inflateSync(raw) : raw });
  }
  for (const object of [...objects.values()]) if (object.dictionary.includes('/Type /ObjStm')) unpack(object, objects);
  return objects;
}

/** Unpacks an object stream: first object numbers and offsets, then the objects. */
function unpack({ dictionary, stream }: PdfObject, objects: Map<number, PdfObject>): void {
  const text = stream?.toString('latin1') ?? '';
  const first = Number(/\/First (\d+)/.exec(dictionary)?.[1]);
  const numbers = text.slice(0, first).trim().split(/\s+/).map(Number);
  for (let at = 0; at < numbers.length; at += 2) {
    const [id = 0, from = 0] = numbers.slice(at, at + 2);
    objects.set(id, {
      dictionary: text.slice(first + from, first + (numbers[at + 3] ?? text.length)).trim(),
      stream: null,
    });
  }
}

/** A PDF string in parentheses: UTF-16 when it starts with a byte order mark, else bytes. */
function decodeString(literal: string): string {
  const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
  const plain = literal.replace(/\\(.)/gs, (_, sign: string) => escapes[sign] ?? sign);
  const bytes = Buffer.from(plain, 'latin1');
  return bytes[0] === 0xfe && bytes[1] === 0xff ? bytes.subarray(2).swap16().toString('utf16le') : plain;
}

const LITERAL = String.raw`\(((?:\\.|[^\\()])*)\)`;

function readFont(objects: Map<number, PdfObject>, dictionary: string): ReadFont {
  const reference = (key: string, from: string): PdfObject | undefined =>
    objects.get(Number(new RegExp(`/${key} \\[?(\\d+) 0 R`).exec(from)?.[1]));
  const unicode = new Map<number, string>();
  const map = reference('ToUnicode', dictionary)?.stream?.toString('latin1') ?? '';
  for (const [, count = '', list = ''] of map.matchAll(/(\d+) beginbfchar\n(.*?)\nendbfchar/gs)) {
    const lines = list.split('\n');
    if (lines.length !== Number(count) || lines.length > 100) throw new Error('a section of the wrong length');
    for (const line of lines) {
      const [code = '', hex = ''] = line.match(/[0-9a-f]+/g) ?? [];
      const units = hex.match(/.{4}/g) ?? [];
      unicode.set(
        Number.parseInt(code, 16),
        units.map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join(''),
      );
    }
  }
  const descendant = reference('DescendantFonts', dictionary)?.dictionary ?? '';
  const descriptor = reference('FontDescriptor', descendant)?.dictionary ?? '';
  const widths = /\/W \[0 \[(.*?)\]/s.exec(descendant)?.[1]?.split(' ').map(Number) ?? [];
  const name = /\/BaseFont \/(\S+)/.exec(dictionary)?.[1] ?? '';
  return { name, embedded: (reference('FontFile2', descriptor)?.stream?.length ?? 0) > 0, unicode, widths };
}

/** @param height of the page, in points */
function readPage(content: string, fonts: Map<string, ReadFont>, height: number): Fragment[] {
  const fragments: Fragment[] = [];
  /** ActualText spans that are open at this point: of whole lines, and of glyphs within a line. */
  const actual: { text: string | null; within: boolean }[] = [];
  let [font, size, spacing, current]: [ReadFont | null, number, number, Fragment | null] = [null, 0, 0, null];
  const move = new RegExp(
    [
      String.raw`(BT|ET|EMC|BMC)\n`,
      String.raw`1 0 0 -1 (\S+) (\S+) Tm`,
      String.raw`/(F\d+) (\S+) Tf`,
      String.raw`(\S+) Tc`,
      String.raw`\[([^\]]*)\] TJ`,
      String.raw`/\S+ <<([\s\S]*?)>> BDC`,
    ].join('|'),
    'g',
  );
  for (const match of content.matchAll(move)) {
    const [, operator, x, y, face, points, extra, shown, marks] = match;
    if (operator === 'BMC') actual.push({ text: null, within: false });
    if (marks !== undefined) {
      const text = new RegExp(`/ActualText ${LITERAL}`).exec(marks)?.[1];
      actual.push({ text: text === undefined ? null : decodeString(text), within: current !== null });
      if (current !== null) current.text += text === undefined ? '' : decodeString(text);
    }
    if (operator === 'EMC') actual.pop();
    if (operator === 'BT') current = null;
    if (operator === 'ET' && current !== null) {
      fragments.push(current);
      current = null;
    }
    if (face !== undefined) [font, size] = [fonts.get(face) ?? null, Number(points)];
    if (extra !== undefined) spacing = Number(extra);
    if (x !== undefined && current === null)
      current = { text: '', x: Number(x), y: height - Number(y), width: 0, size: 0 };
    if (shown === undefined || current === null || font === null) continue;
    current.size = size;
    for (const [, hex, shift] of shown.matchAll(/<([0-9a-f]+)>|(-?[\d.]+)/g)) {
      if (shift !== undefined) current.width -= (Number(shift) / 1000) * size;
      for (const glyph of hex?.match(/.{4}/g) ?? []) {
        const id = Number.parseInt(glyph, 16);
        if (!actual.some((one) => one.within)) current.text += font.unicode.get(id) ?? '';
        current.width += ((font.widths[id] ?? 0) / 1000) * size + spacing;
      }
    }
    const told = actual.findLast((one) => !one.within && one.text !== null);
    if (told?.text !== undefined && told.text !== null) current.text = told.text;
  }
  return fragments;
}

/** Reads the text of every page through the fonts' ToUnicode tables. */
export function readPdf(bytes: Buffer): ReadPdf {
  const objects = readObjects(bytes);
  const of = (id: string | undefined): PdfObject => objects.get(Number(id)) ?? { dictionary: '', stream: null };
  const dictionaries = [...objects.values()].map((object) => object.dictionary);
  const kids = /\/Type \/Pages\n\/Count \d+\n\/Kids \[(.*?)\]/s.exec(dictionaries.join('\n'))?.[1] ?? '';
  const known = new Map<string, ReadFont>();
  const pages = [...kids.matchAll(/(\d+) 0 R/g)].map(([, page]) => {
    const { dictionary } = of(page);
    const resources = of(/\/Resources (\d+) 0 R/.exec(dictionary)?.[1]).dictionary;
    const listed = /\/Font <<([\s\S]*?)>>/.exec(resources)?.[1] ?? '';
    for (const [, name = '', id] of listed.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      if (!known.has(name)) known.set(name, readFont(objects, of(id).dictionary));
    }
    const height = Number(/\/MediaBox \[0 0 \S+ (\S+)\]/.exec(dictionary)?.[1]);
    return readPage(of(/\/Contents (\d+) 0 R/.exec(dictionary)?.[1]).stream?.toString('latin1') ?? '', known, height);
  });
  const streams = [...objects.values()].flatMap(({ stream }) => stream ?? []);
  const actualTexts = dictionaries.flatMap((dictionary) =>
    [...dictionary.matchAll(new RegExp(`/ActualText ${LITERAL}`, 'g'))].map(([, text = '']) => decodeString(text)),
  );
  const xmp = [...objects.values()].find((object) => object.dictionary.includes('/Subtype /XML'))?.stream;
  return { pages, fonts: [...known.values()], actualTexts, xmp: xmp?.toString('utf8') ?? '', dictionaries, streams };
}
