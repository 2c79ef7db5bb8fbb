const DASHES = /[\p{Pd}\u2212\u00AD\u2043]/gu;

/** Normalises a typed number or prefix: NFKC, upper case, any dash or space becomes one `-`. Idempotent. */
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
 * The printed number of a certificate: the prefix as the LMS writes it, a dash, and the sequence: `INT-26-000042`.
 * @param prefix the release's `numberPrefix`
 * @param sequence positive integer within the prefix; more than six digits are kept
 * @throws RangeError when `sequence` is not a positive safe integer
 */
export function formatNumber(prefix: string, sequence: number): string {
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new RangeError('sequence must be a positive integer');
  return `${prefix}${/\p{Pd}$/u.test(prefix) ? '' : '-'}${String(sequence).padStart(6, '0')}`;
}

/** Cyrillic and Greek capitals that look like Latin ones; a printed prefix does not show its alphabet. */
const ALIKE = 'АВЕКМНОРСТУХІЈЅԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ';
const LATIN = 'ABEKMHOPCTYXIJSQWABEZHIKMNOPTYX';
/** Words and signs that people write before a number; whole words only where no letter is next to them. */
const MARKERS = /[№#]|(?<![\p{L}])(?:N[°O]|N|NR|NUM|NUMBER|НОМЕР)(?!\p{L})\s*[.°:]?/gu;

/**
 * The search key of a number, for any way of typing it: without `№` and `No.`, dashes and spaces; case, width and
 * look-alike alphabets do not matter. Idempotent; empty when nothing is left. Numbers of two prefixes may share a key
 * (`A-2` and `A-26`), so only key and surname together identify a certificate.
 */
export function foldNumber(input: string): string {
  for (let key = input; ; ) {
    const next = key
      .replace(/№/gu, '#')
      .normalize('NFKC')
      .toUpperCase()
      .normalize('NFKC')
      .replace(MARKERS, '')
      .replace(/[^\p{L}\p{M}\p{N}]/gu, '')
      .replace(/[\u0370-\u052F]/gu, (letter) => LATIN[ALIKE.indexOf(letter)] ?? letter);
    if (next === key) return key;
    key = next;
  }
}
