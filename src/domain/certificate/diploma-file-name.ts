import anyAscii from 'any-ascii';
import type { DiplomaFacts } from './diploma-facts.ts';

/** Maximum lengths of both parts; the file name stays far below the 255 bytes that file systems allow. */
const LONGEST_NAME = 60;
const LONGEST_NUMBER = 60;

const LATIN =
  /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*\p{Script=Latin}[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u;
const APOSTROPHES = /['`\u00B4\u02B9-\u02BF\u02C8\u2018-\u201B\u2032]/gu;

/**
 * The file name of a certificate without extension: `Diploma-<latin name>-<number>`, or `Diploma-<number>` without a
 * Latin name. Only ASCII letters, digits and dashes, at most 140. Different numbers always give different names, also
 * on case-insensitive file systems.
 */
export function diplomaFileName({
  number,
  holderName,
  latinName,
}: Pick<DiplomaFacts, 'number' | 'holderName' | 'latinName'>): string {
  const latin = [latinName, holderName].find((name) => name !== null && LATIN.test(name)) ?? '';
  const name = shortened(plain(latin.replace(APOSTROPHES, '')), LONGEST_NAME);
  return ['Diploma', name, plainNumber(number)].filter((part) => part !== '').join('-');
}

/** ASCII letters and digits; everything between them becomes one dash. */
function plain(text: string): string {
  return anyAscii(text.normalize('NFC'))
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Cuts between words if possible. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most + 1);
  return cut.slice(0, cut.lastIndexOf('-') > most / 2 ? cut.lastIndexOf('-') : most);
}

/**
 * The number unchanged if it is plain ASCII. Otherwise its transliteration, which may equal that of another number
 * («ПК», "PK"); therefore six letters derived from the number are appended. A plain number ends with digits, so the
 * two kinds cannot be confused.
 */
function plainNumber(number: string): string {
  if (number.length <= LONGEST_NUMBER && /^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/.test(number)) return number;
  const sequence = /\d*$/.exec(number)?.[0] ?? '';
  const whole = plain(number.slice(0, number.length - sequence.length));
  const prefix = whole.slice(0, LONGEST_NUMBER - sequence.length).replace(/-$/, '');
  return [prefix, sequence, tagOf(number)].filter((part) => part !== '').join('-');
}

/** Six letters that depend on the text (FNV-1a, 32 bits; not secret). */
function tagOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const unit of text.normalize('NFC').split('')) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193) >>> 0;
  let tag = '';
  for (let left = 6; left > 0; left -= 1) {
    tag += String.fromCharCode(97 + (hash % 26));
    hash = Math.floor(hash / 26);
  }
  return tag;
}
