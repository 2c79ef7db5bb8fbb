import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import type { PdfObjects } from './pdf-objects.ts';
import type { Expected } from './specimen.ts';
import { run, runWell } from './tools.ts';

/** `qpdf --check`: no error and no warning. */
export async function syntaxFault(path: string): Promise<string | null> {
  const { status, stdout, stderr } = await run('qpdf', ['--check', path]);
  return status === 0 ? null : `qpdf: ${(stderr || stdout).trim().slice(0, 300)}`;
}

/** `pdffonts`: every face is embedded as a subset with a ToUnicode table. */
export async function facesFault(path: string): Promise<string | null> {
  const rows = (await runWell('pdffonts', [path])).trim().split('\n').slice(2);
  if (rows.length === 0) return 'no face at all';
  const poor = rows.filter((row) => !/ yes +yes +yes +\d+ +\d+ *$/.test(row) || !/^[A-Z]{6}\+/.test(row));
  return poor.length === 0
    ? null
    : `not embedded, subset and with Unicode: ${poor.map((row) => row.split(' ')[0]).join(', ')}`;
}

const CONTROLS = /[\u200c-\u200f\u202a-\u202e\u2066-\u2069\u00ad]/gu;
const dense = (text: string): string => text.normalize('NFC').replace(CONTROLS, '').replace(/\s+/gu, '');
const bases = (text: string): string => dense(text).replace(/[\p{M}\u0640]/gu, '');

/** `pdftotext`: the name can be copied and searched, as far as its script allows. */
export async function textFault(path: string, { facts, script }: Expected): Promise<string | null> {
  const text = await runWell('pdftotext', ['-f', '1', '-l', '1', path, '-']);
  if (!dense(text).includes(dense(facts.number))) return 'the number is not in the text';
  if (facts.latinName !== null && !dense(text).includes(dense(facts.latinName)))
    return 'the Latin name is not in the text';
  const form = script.copied === 'bases' ? bases : dense;
  const parts = script.copied === 'words' ? facts.holderName.split(' ') : [facts.holderName];
  return parts.every((part) => form(text).includes(form(part))) ? null : 'the name is not in the text';
}

/**
 * Ghostscript re-saves the file, as printers and archives do; the name can still be copied, as far as its script
 * allows.
 */
export async function resavedFault(path: string, expected: Expected): Promise<string | null> {
  if (expected.script.survivesResaving === false) return null;
  const copy = path.replace(/\.pdf$/, '-resaved.pdf');
  await runWell('gs', ['-q', '-dNOPAUSE', '-dBATCH', '-dSAFER', '-sDEVICE=pdfwrite', `-sOutputFile=${copy}`, path]);
  try {
    return await textFault(copy, expected);
  } finally {
    await rm(copy);
  }
}

/** Position of the QR code in pixels at 150 dpi, with an inch around it, by the figure that names the address. */
function surroundings(pdf: PdfObjects, lookupUrl: string): string[] {
  const figure = pdf.references
    .map((reference) => pdf.dictionary(reference))
    .find((one) => one['/S'] === '/Figure' && pdf.text(one['/Alt'])?.includes(lookupUrl));
  const boxes = pdf.list(figure?.['/A']).map((attributes) => pdf.list(pdf.dictionary(attributes)['/BBox']).map(Number));
  const [left = 0, bottom = 0, right = 0, top = 0] = boxes.find((box) => box.length === 4) ?? [];
  const height = Number(pdf.list(pdf.dictionary(pdf.pages[0])['/MediaBox'])[3]);
  const pixels = (points: number): string => String(Math.max(0, Math.round((points * 150) / 72)));
  const [x, y, inch] = [left - 72, height - top - 72, 144];
  return ['-x', pixels(x), '-y', pixels(y), '-W', pixels(right - left + inch), '-H', pixels(top - bottom + inch)];
}

/**
 * `zbarimg` and jsQR: the QR code on the first page contains the lookup address, at the resolution of a poor scan.
 * @param pdf when given, only the surroundings of the code are drawn
 */
export async function codeFault(path: string, { facts }: Expected, pdf: PdfObjects | null): Promise<string | null> {
  const picture = path.replace(/\.pdf$/, '');
  const crop = pdf === null ? [] : surroundings(pdf, facts.lookupUrl);
  const form = ['-r', '150', '-f', '1', '-l', '1', '-gray', '-singlefile', '-png'];
  await runWell('pdftoppm', [...form, ...crop, path, picture]);
  const { stdout } = await run('zbarimg', ['-q', '--raw', '-Sdisable', '-Sqrcode.enable', `${picture}.png`]);
  const { width, height, data } = PNG.sync.read(await readFile(`${picture}.png`));
  await rm(`${picture}.png`);
  if (stdout.trim() !== facts.lookupUrl) return `zbarimg reads "${stdout.trim().slice(0, 100)}"`;
  const other = jsQR.default(new Uint8ClampedArray(data), width, height)?.data ?? 'nothing';
  return other === facts.lookupUrl ? null : `jsQR reads "${other.slice(0, 100)}"`;
}

/** `pdfdetach`: the attachments are exactly the two forms of the credential, byte for byte. */
export async function attachmentsFault(path: string, { attachments }: Expected): Promise<string | null> {
  const listed = [...(await runWell('pdfdetach', ['-list', path])).matchAll(/^\d+: (.*)$/gm)].map(
    ([, name = '']) => name,
  );
  const names = attachments.map(({ name }) => name);
  if ([...listed].sort().join() !== [...names].sort().join()) return `attached: ${listed.join(', ') || 'nothing'}`;
  const scratch = await mkdtemp(`${path}-attached-`);
  try {
    for (const { name, bytes } of attachments) {
      const file = join(scratch, 'attached');
      await run('pdfdetach', ['-savefile', name, '-o', file, path]);
      const found = await readFile(file).catch(() => null);
      if (found === null) return `${name} cannot be taken out`;
      if (!found.equals(bytes)) return `${name} is not the credential byte for byte`;
    }
    return null;
  } finally {
    await rm(scratch, { recursive: true });
  }
}
