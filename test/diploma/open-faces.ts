import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Face, parseFace } from '../../src/diploma/type/faces.ts';

/** Faces of the repository that together hold every script that it prints. */
const FILES = [
  'NotoSerifDisplay-Medium.ttf',
  'NotoSerifGeorgian-Regular.ttf',
  'NotoSerifArmenian-Regular.ttf',
  'NotoNaskhArabic-Medium.ttf',
  'NotoSerifHebrew-Medium.ttf',
  'NotoSerifDevanagari-Medium.ttf',
  'NotoSerifThai-Regular.ttf',
];

/** Where a face of the repository lies. */
export function facePath(name: string): string {
  return resolve('templates/fonts', name);
}

/** The repository's faces as a chain of fall-back. */
export function openChain(): Face[] {
  return FILES.map((name) => parseFace(name, readFileSync(facePath(name))));
}
