import type { Bidi } from 'bidi-js';
import * as bidiModule from 'bidi-js';

// The package's types describe an ES default export, but Node loads the CommonJS file.
const bidi = (bidiModule as unknown as { default: () => Bidi }).default();

/** Characters that can make the visual order differ from the written order. */
const MAY_TURN =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Embedding levels per UTF-16 unit (UAX #9), or null when all text reads from left to right. */
export function embeddingLevels(text: string): Uint8Array | null {
  return MAY_TURN.test(text) ? bidi.getEmbeddingLevels(text, 'auto').levels : null;
}

/** The mirrored character for right-to-left text, such as a bracket; else the same character. */
export function mirrored(character: string): string {
  return bidi.getMirroredCharacter(character) ?? character;
}

/** Rule L2 of the Unicode bidirectional algorithm: from the highest level down, reverse every run at or above it. */
export function visualOrder<T extends { level: number }>(list: readonly T[]): T[] {
  const ordered = [...list];
  for (let level = Math.max(0, ...list.map((one) => one.level)); level >= 1; level -= 1) {
    let from = 0;
    while (from < ordered.length) {
      let to = from;
      while (to < ordered.length && (ordered[to]?.level ?? 0) >= level) to += 1;
      if (to > from) ordered.splice(from, to - from, ...ordered.slice(from, to).reverse());
      from = to + 1;
    }
  }
  return ordered;
}
