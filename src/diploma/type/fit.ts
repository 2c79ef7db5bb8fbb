import type { FitRule } from '../template/layout-schema.ts';
import type { Face } from './faces.ts';
import { type ShapedLine, shapeLine } from './shaped-line.ts';

/** A text fitted to a box: its lines in one size, their height and position, in points. */
export interface FittedText {
  size: number;
  lines: readonly ShapedLine[];
  /** Distance from the top of the block to the first baseline. */
  ascent: number;
  /** Distance from baseline to baseline. */
  leading: number;
  height: number;
}

/** A rule with the letter spacing of its style, in points; `balanced`: lines of about the same length. */
export type SpacedRule = FitRule & { spacing?: number; balanced?: boolean };

/** Line height, and the parts above and below the baseline, as multiples of the type size. */
interface Measure {
  leading: number;
  ascent: number;
  descent: number;
}
export const PLAIN: Measure = { leading: 1.26, ascent: 0.8, descent: 0.2 };
/** Marks of Arabic, Thai and Devanagari need more room above and below than Latin and Cyrillic letters. */
const TALL: Measure = { leading: 1.55, ascent: 1.06, descent: 0.42 };
/** In points. A text that does not fit at its floor shrinks further, down to this size; a name does not. */
const LAST_RESORT = 6;

const measureOf = (lines: readonly ShapedLine[]): Measure =>
  lines.some((line) => line.actualText !== 'none') ? TALL : PLAIN;

function blockHeight(size: number, lines: number, { leading, ascent, descent }: Measure): number {
  return size * (ascent + descent + (lines - 1) * leading);
}

function block(size: number, lines: readonly ShapedLine[]): FittedText {
  const measure = measureOf(lines);
  const height = blockHeight(size, lines.length, measure);
  return { size, lines, ascent: size * measure.ascent, leading: size * measure.leading, height };
}

/** Upper limit in points for the height of a text fitted by a rule. */
export function roomFor(rule: FitRule, fit: 'text' | 'name' | 'optional'): number {
  if (fit !== 'name') return PLAIN.leading * Math.max(rule.max, (rule.wrapped ?? rule.max) * rule.lines);
  const wrapped = rule.lines > 1 ? blockHeight(rule.wrapped ?? rule.max, 2, PLAIN) : 0;
  return Math.max(rule.max, wrapped);
}

const floorTo = (size: number): number => Math.floor(size * 4) / 4;

/** Width that letter spacing adds to a line, in points; joined letters get none. */
function spread({ joined, count }: ShapedLine, spacing: number): number {
  return joined ? 0 : spacing * (count - 1);
}

/** The largest size at which a line fits `width`, letter spacing included. */
function sizeFor(line: ShapedLine, width: number, spacing: number): number {
  return (width - spread(line, spacing)) / line.width;
}

/** Splits a text of several words into two lines so that the longer one is as short as possible. */
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
 * Fits a name: one line from the largest size down to the floor, then two balanced lines, else null. A name is never
 * cut and never broken inside a word.
 */
export function fitName(name: string, chain: readonly Face[], width: number, rule: SpacedRule): FittedText | null {
  const { spacing = 0 } = rule;
  const room = roomFor(rule, 'name');
  const fitted = (lines: readonly ShapedLine[], max: number): FittedText | null => {
    const tallest = room / blockHeight(1, lines.length, measureOf(lines));
    const size = floorTo(Math.min(max, tallest, ...lines.map((line) => sizeFor(line, width, spacing))));
    return size >= rule.floor ? block(size, lines) : null;
  };
  const line = shapeLine(name, chain);
  const single = fitted([line], rule.max);
  if (single !== null || rule.lines < 2) return single;
  const lines = balance(line.text, chain);
  return lines.length < 2 ? null : fitted(lines, rule.wrapped ?? rule.max);
}

/** Breaks a word that is wider than the line: after punctuation if possible, else between letters. */
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

/** Breaks a text into lines of at most `limit` points at size 1. */
function wrap(text: string, chain: readonly Face[], limit: number): ShapedLine[] {
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

/** The same number of lines in the narrowest measure that holds them, so that no last line is a single word. */
function evened(lines: ShapedLine[], text: string, chain: readonly Face[], limit: number): ShapedLine[] {
  let best = lines;
  for (let [low, high] = [limit / 2, limit]; high - low > limit / 64; ) {
    const middle = (low + high) / 2;
    const tried = wrap(text, chain, middle);
    if (tried.length > lines.length) low = middle;
    else [best, high] = [tried, middle];
  }
  return best;
}

/**
 * Fits running text: as large as the rule allows in its number of lines, down to its floor. Below the floor it
 * shrinks further before a word is lost, as long as the lines fit the height of the rule.
 * @returns null when even the smallest size does not fit
 */
export function fitParagraph(text: string, chain: readonly Face[], width: number, rule: SpacedRule): FittedText | null {
  const { spacing = 0 } = rule;
  const room = roomFor(rule, 'text');
  const whole = shapeLine(text, chain);
  const measure = measureOf([whole]);
  for (let size = rule.max; size >= LAST_RESORT; size -= 0.5) {
    const most = Math.floor((room / size - measure.ascent - measure.descent) / measure.leading + 1 + 1e-9);
    const lineLimit = size <= (rule.wrapped ?? rule.max) ? rule.lines : 1;
    const allowed = size >= rule.floor ? Math.min(lineLimit, most) : most;
    const length = whole.width * size + spread(whole, spacing);
    // Line breaks drop spaces, so slightly less than the whole length may suffice, but never much less.
    if (length * 0.8 > width * allowed) continue;
    if (length <= width && allowed >= 1) return block(size, [whole]);
    // Letter spacing takes an equal share of every line, so reduce the width by that share.
    const lines = wrap(text, chain, (width / size) * (spacing > 0 ? (whole.width * size) / length : 1));
    const wide = Math.max(...lines.map((line) => line.width * size + spread(line, spacing)));
    if (lines.length > allowed || wide > width + 0.01) continue;
    return block(size, rule.balanced === true ? evened(lines, text, chain, width / size) : lines);
  }
  return null;
}
