import type { Face } from './faces.ts';
import { type ShapedLine, shapeLine } from './shaped-line.ts';
import type { FitRule } from './template-definition.ts';

/** A text fitted to a box: its size in points and its lines. */
export interface FittedText {
  size: number;
  lines: ShapedLine[];
}

/** Lines of a text set in several lines stand this many sizes apart. */
export const LEADING = 1.26;
/** A name in two lines is never larger than this, in points, so that both lines stay in its box. */
const TWO_LINE_NAME_MAX = 29;
/** Where even the floor does not do, a text other than a name goes on shrinking to this size, in points. */
const LAST_RESORT = 6;

const floorTo = (size: number): number => Math.floor(size * 4) / 4;

/** Splits a text of several words into the two lines whose longer one is shortest. */
function balance(text: string, chain: readonly Face[]): ShapedLine[] {
  const words = text.split(' ');
  const splits = words.slice(1).map((_, index) => {
    const lines = [words.slice(0, index + 1).join(' '), words.slice(index + 1).join(' ')];
    return lines.map((line) => shapeLine(line, chain));
  });
  const widest = (lines: ShapedLine[]): number => Math.max(...lines.map((line) => line.width));
  return splits.reduce((best, lines) => (widest(lines) < widest(best) ? lines : best), splits[0] ?? []);
}

/**
 * Fits a name: one line from the rule's largest size down to its floor, then two balanced lines, then null.
 * A name is never cut and never broken inside a word.
 */
export function fitName(name: string, chain: readonly Face[], width: number, rule: FitRule): FittedText | null {
  const line = shapeLine(name, chain);
  const single = floorTo(Math.min(rule.max, width / line.width));
  if (single >= rule.floor) return { size: single, lines: [line] };
  if (rule.lines < 2) return null;
  const lines = balance(line.text, chain);
  if (lines.length < 2) return null;
  const size = floorTo(Math.min(rule.max, TWO_LINE_NAME_MAX, width / Math.max(...lines.map((half) => half.width))));
  return size >= rule.floor ? { size, lines } : null;
}

/** Breaks a word that is wider than the line, after a sign of punctuation where there is one, else between letters. */
function breakWord(word: string, chain: readonly Face[], limit: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (rest !== '' && shapeLine(rest, chain).width > limit) {
    const letters = rest.match(/\P{M}\p{M}*/gu) ?? [rest];
    let [low, high] = [1, letters.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (shapeLine(letters.slice(0, middle).join(''), chain).width <= limit) low = middle;
      else high = middle - 1;
    }
    const head = letters.slice(0, low).join('');
    const stop = Math.max(...['/', '-', '.', '_', '?', '&', '='].map((sign) => head.lastIndexOf(sign))) + 1;
    const cut = stop > head.length / 2 ? stop : head.length;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** Breaks a text into lines no wider than `width` points at the given size. */
export function wrap(text: string, chain: readonly Face[], width: number, size: number): ShapedLine[] {
  const limit = width / size;
  const whole = shapeLine(text, chain);
  if (whole.width <= limit) return [whole];
  const words = text
    .split(/[ \n\t]+/u)
    .filter((word) => word !== '')
    .flatMap((word) => (word.length < 8 ? [word] : breakWord(word, chain, limit)));
  const space = shapeLine(' ', chain).width;
  const lines: string[] = [];
  let used = 0;
  for (const word of words) {
    const wide = shapeLine(word, chain).width;
    const last = lines.at(-1);
    if (last !== undefined && used + space + wide <= limit) {
      lines[lines.length - 1] = `${last} ${word}`;
      used += space + wide;
    } else {
      lines.push(word);
      used = wide;
    }
  }
  return lines.map((line) => shapeLine(line, chain));
}

/**
 * Fits running text: as large as the rule allows in at most its number of lines, down to its floor; past the floor it
 * goes on in smaller type rather than lose a word, as long as the lines stand in the height of the rule's box.
 * @returns null when even the smallest type does not fit
 */
export function fitParagraph(text: string, chain: readonly Face[], width: number, rule: FitRule): FittedText | null {
  const height = rule.max * LEADING * rule.lines;
  const length = shapeLine(text, chain).width;
  for (let size = rule.max; size >= LAST_RESORT; size -= 0.5) {
    const allowed = size >= rule.floor ? rule.lines : Math.floor(height / (size * LEADING));
    // Spaces at breaks are dropped, so a little less than the whole length may do; far more never will.
    if (length * size * 0.8 > width * allowed) continue;
    const lines = wrap(text, chain, width, size);
    if (lines.length <= allowed) return { size, lines };
  }
  return null;
}
