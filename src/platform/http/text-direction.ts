/** Letters that are written from right to left, and the characters of Unicode that change the direction of writing. */
const DIRECTION =
  /[\u0590-\u08FF\u200F\u202A-\u202E\u2066-\u2069\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_EMBEDDING = '\u202C';
const POP_ISOLATE = '\u2069';

/** Whether a text may show its neighbours in another order. */
export const hasDirection = (text: string): boolean => DIRECTION.test(text);

/**
 * Closes what a text opens, and leaves out what closes something outside of it: even `<bdi>` is left by a single
 * closing character, because browsers make it of the same characters.
 */
export function closeDirections(text: string): string {
  const open: string[] = [];
  const kept = text.replace(CONTROLS, (sign) => {
    if (sign === POP_EMBEDDING) return open.at(-1) === POP_EMBEDDING ? (open.pop() ?? '') : '';
    if (sign === POP_ISOLATE) {
      const at = open.lastIndexOf(POP_ISOLATE);
      return at === -1 ? '' : open.splice(at).reverse().join('');
    }
    open.push(sign >= '\u2066' ? POP_ISOLATE : POP_EMBEDDING);
    return sign;
  });
  return kept + open.reverse().join('');
}

/** A text as part of a longer one, without markup. */
export const isolateDirection = (text: string): string =>
  hasDirection(text) ? `${FIRST_STRONG_ISOLATE}${closeDirections(text)}${POP_ISOLATE}` : text;
