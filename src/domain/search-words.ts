import { foldName } from './certificate-number.ts';

/** Letters that a keyboard of a neighbouring language lacks, and what is typed for them: «Сарсенбаева» finds Сәрсенбаева. */
const TYPED_FOR: Readonly<Record<string, string>> = {
  ...{ ә: 'а', ғ: 'г', қ: 'к', ң: 'н', ө: 'о', ұ: 'у', ү: 'у', һ: 'х', і: 'и', ҳ: 'х', ҷ: 'ч' },
  ...{ ə: 'e', ı: 'i' },
};

/**
 * Words by which a person is found, and by which people search: case, apostrophes, diacritics and letters of national
 * alphabets folded, in any script, without repeats. Only letters and digits are left, so that a word needs no quoting anywhere. Idempotent.
 */
export function searchWords(text: string): string[] {
  const plain = foldName(text).normalize('NFKD').replace(/\p{M}/gu, '');
  const typed = plain.replace(/[әғқңөұүһіҳҷəı]/gu, (letter) => TYPED_FOR[letter] ?? letter);
  return [...new Set(typed.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''))];
}
