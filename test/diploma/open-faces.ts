import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Face, parseFace } from '../../src/diploma/type/faces.ts';

/** Fonts of the repository that together cover all supported scripts. */
const FILES = [
  'NotoSerifDisplay-Medium.ttf',
  'NotoSerifGeorgian-Regular.ttf',
  'NotoSerifArmenian-Regular.ttf',
  'NotoNaskhArabic-Medium.ttf',
  'NotoSerifHebrew-Medium.ttf',
  'NotoSerifDevanagari-Medium.ttf',
  'NotoSerifThai-Regular.ttf',
];

/** Path of a font of the repository. */
export function facePath(name: string): string {
  return resolve('templates/fonts', name);
}

/** The repository's fonts as a fallback chain. */
export function openChain(): Face[] {
  return FILES.map((name) => parseFace(name, readFileSync(facePath(name))));
}
