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

/** Capitals that look like Latin ones, Cyrillic and Greek: nobody sees on paper which alphabet a prefix is in. */
const ALIKE = 'АВЕКМНОРСТУХІЈЅԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ';
const LATIN = 'ABEKMHOPCTYXIJSQWABEZHIKMNOPTYX';
/** What people write before a number; in full words only where no letter stands beside it. */
const MARKERS = /[№#]|(?<![\p{L}])(?:N[°O]|N|NR|NUM|NUMBER|НОМЕР)(?!\p{L})\s*[.°:]?/gu;

/**
 * What a number is found by, however it is typed: without `№` and `No.`, dashes and spaces, in any case, width and
 * look-alike alphabet. Idempotent; empty where nothing is left. Numbers of two prefixes may have one (`A-2` and `A-26`): only
 * together with the surname it says whose it is.
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
