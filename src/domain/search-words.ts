import { foldName } from './certificate-number.ts';

/**
 * Words by which a person is found, and by which people search: case, apostrophes and diacritics folded, in any script,
 * without repeats. Only letters and digits are left, so that a word needs no quoting anywhere. Idempotent.
 */
export function searchWords(text: string): string[] {
  const plain = foldName(text).normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ı', 'i');
  return [...new Set(plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''))];
}
