import { writeFile } from 'node:fs/promises';
import type { Dictionary, PdfObjects, Value } from './pdf-objects.ts';
import { runWell } from './tools.ts';

/** A new value of an object, or a stream with its bytes in base64. */
export interface Change {
  value?: Value;
  stream?: { dict: Dictionary; data: string };
}

/** Writes a copy of a file with some objects changed or added (by reference); all others stay unchanged. */
export async function rewrite(
  pdf: PdfObjects,
  original: string,
  target: string,
  changes: Record<string, Change>,
): Promise<void> {
  const objects = Object.fromEntries(Object.entries(changes).map(([key, change]) => [`obj:${key}`, change]));
  const numbers = Object.keys(changes).map((key) => Number.parseInt(key, 10));
  const head = {
    jsonversion: 2,
    pdfversion: '1.7',
    pushedinheritedpageresources: false,
    calledgetallpages: false,
    maxobjectid: Math.max(pdf.last, ...numbers),
  };
  const file = { version: 2, parameters: { decodelevel: 'none' }, qpdf: [head, objects] };
  await writeFile(`${target}.json`, JSON.stringify(file));
  const form = ['--object-streams=disable', '--newline-before-endstream', '--deterministic-id'];
  await runWell('qpdf', [original, `--update-from-json=${target}.json`, ...form, target]);
}
