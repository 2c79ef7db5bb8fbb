const DASHES = /[\p{Pd}\u2212\u00AD\u2043]/gu;

/**
 * One form for every way of typing a number or a number prefix: NFKC, upper case, any dash or space is one `-`.
 * Idempotent.
 */
export function normaliseNumber(input: string): string {
  return input
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(DASHES, '-')
    .replace(/\s+/gu, '-')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
}

/**
 * The human number of a certificate as it is printed: the prefix as the LMS writes it, a dash, the sequence; `INT-26-000042`.
 * @param prefix the release's `numberPrefix`
 * @param sequence positive integer within the prefix; more than six digits are kept whole
 * @throws RangeError when `sequence` is no positive safe integer
 */
export function formatNumber(prefix: string, sequence: number): string {
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new RangeError('sequence must be a positive integer');
  return `${prefix}${/\p{Pd}$/u.test(prefix) ? '' : '-'}${String(sequence).padStart(6, '0')}`;
}

/**
 * Everything that keyboards and transliterations use for an apostrophe (Uzbek oʻ gʻ, Ukrainian ’, Hawaiian ʻ, O'Brien):
 * ASCII ' and `, acute, modifier letters U+02B9–02BF and U+02C8, quotes U+2018–201B, primes, fullwidth, saltillo,
 * Armenian and Hebrew marks.
 */
const APOSTROPHES =
  /['`\u00B4\u02B9-\u02BF\u02C8\u02CA\u02CB\u2018-\u201B\u2032\u2035\uFF07\uFF40\uA78B\uA78C\u055A\u05F3]|\u0313|\u0315/gu;
const HYPHENS = /[\p{Pd}\u2212\u00AD]/gu;

/** NFKC, case folding (dotted and dotless i are one) and no apostrophes; words by one space, hyphens without spaces. */
export function foldName(text: string): string {
  return text
    .replace(APOSTROPHES, '')
    .normalize('NFKC')
    .replace(APOSTROPHES, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('i\u0307', 'i')
    .replaceAll('ς', 'σ')
    .normalize('NFKC')
    .replace(HYPHENS, '-')
    .replace(/\s*-\s*/gu, '-')
    .trim()
    .replace(/\s+/gu, ' ');
}

function matchesName(wanted: string, name: string): boolean {
  const words = foldName(name).split(' ');
  const length = wanted.split(' ').length;
  for (let start = 0; start + length <= words.length; start += 1) {
    if (words.slice(start, start + length).join(' ') === wanted) return true;
  }
  return length === 1 && words.some((word) => word.split('-').includes(wanted));
}

/**
 * Whether `surname` is a word of either form of a name, after NFKC, case and apostrophe folding. A hyphenated word
 * matches whole and by each part; a surname of several words matches neighbouring words.
 */
export function surnameMatches(surname: string, fullName: string, latinName: string | null): boolean {
  const wanted = foldName(surname);
  if (!/[\p{L}\p{N}]/u.test(wanted)) return false;
  return matchesName(wanted, fullName) || (latinName !== null && matchesName(wanted, latinName));
}
