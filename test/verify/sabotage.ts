import { readFile, writeFile } from 'node:fs/promises';
import type { Check } from './judge.ts';
import { type Dictionary, type PdfObjects, readObjects, type Value } from './pdf-objects.ts';
import { type Change, rewrite } from './rewrite.ts';
import type { Specimen } from './specimen.ts';

/** A way to damage a valid diploma, and the checks that must then fail. It proves that each check can fail. */
export interface Sabotage {
  name: string;
  harms: readonly Check[];
  /** True if all other checks must still pass. */
  nothingElse?: true;
  make(sound: Specimen, other: Specimen, target: string): Promise<Partial<Specimen>>;
}

/** Flips one bit in the middle of a stream, as stored in the file. */
async function flipInStream(path: string, reference: Value | undefined, target: string): Promise<void> {
  const bytes = Buffer.from(await readFile(path));
  const head = bytes.indexOf(`\n${String(reference).replace(/ R$/, ' obj')}`);
  const from = bytes.indexOf('stream', head) + 'stream\r\n'.length;
  const middle = Math.floor((from + bytes.indexOf('endstream', from)) / 2);
  if (head < 0) throw new Error('no such stream');
  bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
  await writeFile(target, bytes);
}

const contentOf = (pdf: PdfObjects): Value | undefined => pdf.list(pdf.dictionary(pdf.pages[0])['/Contents'])[0];

function attachmentOf(pdf: PdfObjects): Value | undefined {
  return pdf.references.find((reference) => pdf.dictionary(reference)['/Type'] === '/EmbeddedFile');
}

/** Adds a new first page by an incremental update (ISO 32000-1, 7.5.6). */
async function update(path: string, pdf: PdfObjects, target: string): Promise<void> {
  const bytes = await readFile(path);
  const number = Number.parseInt(String(contentOf(pdf)), 10);
  const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(bytes.toString('latin1'))?.[1];
  const info = pdf.trailer['/Info'] === undefined ? '' : `/Info ${String(pdf.trailer['/Info'])} `;
  const object = `${number} 0 obj\n<< /Length 3 >>\nstream\nq Q\nendstream\nendobj\n`;
  const at = String(bytes.length + 1).padStart(10, '0');
  const xref = `xref\n0 1\n0000000000 65535 f \n${number} 1\n${at} 00000 n \n`;
  const trailer = `trailer\n<< /Size ${pdf.last + 1} /Root ${pdf.root} ${info}/Prev ${previous} >>\n`;
  const end = `startxref\n${bytes.length + 1 + object.length}\n%%EOF\n`;
  await writeFile(target, Buffer.concat([bytes, Buffer.from(`\n${object}${xref}${trailer}${end}`, 'latin1')]));
}

type Edit = (pdf: PdfObjects) => Record<string, Change>;

/** Changes objects and rewrites the file, which always breaks its seal. */
function edited(name: string, harms: readonly Check[], edit: Edit): Sabotage {
  return {
    name,
    harms,
    async make({ path }, _, target) {
      const pdf = await readObjects(path);
      await rewrite(pdf, path, target, edit(pdf));
      return { path: target };
    },
  };
}

/** Applies one change to every object of a kind. */
function each(kind: (dictionary: Dictionary) => boolean, turn: (dictionary: Dictionary) => Dictionary): Edit {
  return (pdf) =>
    Object.fromEntries(
      pdf.references
        .filter((reference) => pdf.bytes(reference) === null && kind(pdf.dictionary(reference)))
        .map((reference): [string, Change] => [reference, { value: turn(pdf.dictionary(reference)) }]),
    );
}

function dropping(...keys: string[]): (dictionary: Dictionary) => Dictionary {
  return (dictionary) => Object.fromEntries(Object.entries(dictionary).filter(([key]) => !keys.includes(key)));
}

const ofType =
  (key: string, type: string) =>
  (dictionary: Dictionary): boolean =>
    dictionary[key] === type;

const withScript: Edit = (pdf) => {
  const action = { '/S': '/JavaScript', '/JS': 'u:app.alert(1)' };
  return { [pdf.root]: { value: { ...pdf.dictionary(pdf.root), '/OpenAction': action } } };
};

const stretched: Edit = (pdf) => {
  const content = String(contentOf(pdf));
  const operators =
    pdf
      .bytes(content)
      ?.toString('latin1')
      .replace(/\bBT\b/g, 'BT 104 Tz') ?? '';
  const dict = dropping('/Filter', '/DecodeParms', '/Length')(pdf.dictionary(content));
  return { [content]: { stream: { dict, data: Buffer.from(operators, 'latin1').toString('base64') } } };
};

const backwards = each(ofType('/S', '/Document'), (dictionary) => ({
  ...dictionary,
  '/K': Array.isArray(dictionary['/K']) ? [...dictionary['/K']].reverse() : null,
}));

/**
 * Writes the text of each code into a ToUnicode range with an array. This is legal, but Ghostscript 10.00 cannot save
 * such a file again.
 */
const letteredByArrays: Edit = (pdf) =>
  Object.fromEntries(
    pdf.references
      .filter((reference) => pdf.dictionary(reference)['/Subtype'] === '/Type0')
      .map((face): [string, Change] => {
        const table = String(pdf.dictionary(face)['/ToUnicode']);
        const text = pdf.bytes(table)?.toString('latin1') ?? '';
        const data = text.replaceAll('bfchar', 'bfrange').replace(/^(<\w{4}>) (<\w+>)$/gm, '$1 $1 [$2]');
        const dict = dropping('/Filter', '/DecodeParms', '/Length')(pdf.dictionary(table));
        return [table, { stream: { dict, data: Buffer.from(data, 'latin1').toString('base64') } }];
      }),
  );

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'one byte of the page changed',
    harms: ['pdfsig', 'cms'],
    async make({ path }, _, target) {
      await flipInStream(path, contentOf(await readObjects(path)), target);
      return { path: target };
    },
  },
  {
    name: 'one byte of an attachment changed',
    harms: ['pdfsig', 'cms', 'attachments'],
    async make({ path }, _, target) {
      await flipInStream(path, attachmentOf(await readObjects(path)), target);
      return { path: target };
    },
  },
  {
    name: 'bytes appended',
    harms: ['pdfsig'],
    async make({ path }, _, target) {
      await writeFile(target, Buffer.concat([await readFile(path), Buffer.from('\n% more\n')]));
      return { path: target };
    },
  },
  {
    name: 'another first page by incremental update',
    harms: ['pdfsig', 'text', 'glyphs', 'code'],
    async make({ path }, _, target) {
      await update(path, await readObjects(path), target);
      return { path: target };
    },
  },
  {
    name: 'the end cut off',
    harms: ['syntax', 'pdfsig'],
    async make({ path }, _, target) {
      const bytes = await readFile(path);
      await writeFile(target, bytes.subarray(0, bytes.length - 200));
      return { path: target };
    },
  },
  {
    name: "another one's diploma",
    harms: ['attachments', 'reading', 'text', 'code', 'glyphs'],
    make: async (_, other, target) => {
      await writeFile(target, await readFile(other.path));
      return { path: target };
    },
  },
  { ...edited('written anew, nothing changed', ['pdfsig', 'cms'], () => ({})), nothingElse: true },
  edited('a script that runs on opening', ['archival', 'part3'], withScript),
  edited('structure backwards', ['reading'], backwards),
  edited('table headers without scope', ['tags'], each(ofType('/S', '/TH'), dropping('/A'))),
  edited('letters four per cent wider', ['glyphs'], stretched),
  edited('letters told by ranges with arrays', ['resaved'], letteredByArrays),
  edited('no way back to letters', ['text', 'faces'], each(ofType('/Subtype', '/Type0'), dropping('/ToUnicode'))),
  edited(
    'faces not embedded',
    ['faces', 'archival', 'part3'],
    each(ofType('/Type', '/FontDescriptor'), dropping('/FontFile2')),
  ),
];

export interface Damaged {
  sabotage: Sabotage;
  specimen: Specimen;
  /** Checks to run: those that must fail, or all when the others must pass. */
  checks?: readonly Check[];
}

/** Damaged copies of a valid diploma, with the checks that each must break. */
export async function sabotaged(sound: Specimen, other: Specimen, dir: string): Promise<Damaged[]> {
  return Promise.all(
    SABOTAGES.map(async (sabotage, index) => {
      const changes = await sabotage.make(sound, other, `${dir}/sabotage-${index + 1}.pdf`);
      const scope = sabotage.nothingElse ? {} : { checks: sabotage.harms };
      return { sabotage, specimen: { ...sound, ...changes }, ...scope };
    }),
  );
}

/** Checks that accepted a damaged diploma, or failed without reason. */
export function unfit({ harms, nothingElse }: Sabotage, failed: ReadonlySet<Check>): Check[] {
  const blind = harms.filter((check) => !failed.has(check));
  return nothingElse ? [...blind, ...[...failed].filter((check) => !harms.includes(check))] : blind;
}
