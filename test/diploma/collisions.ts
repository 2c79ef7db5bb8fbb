import type { Fragment } from './pdf-reader.ts';

/** Width of an A4 landscape page, in points. */
const LANDSCAPE = 841.89;
/**
 * Ink above and below the baseline as multiples of the type size: Latin, Cyrillic and similar; and scripts with
 * marks.
 */
const PLAIN = { above: 0.74, below: 0.22 };
const TALL = { above: 1.04, below: 0.4 };
const MARKED = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}\p{Script=Thai}]/u;

interface InkBox {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** The box that a piece of text occupies; points from the bottom left corner of the page. */
export function inkBox({ text, x, y, width, size }: Fragment): InkBox {
  const { above, below } = MARKED.test(text) ? TALL : PLAIN;
  return { left: x, right: x + width, bottom: y - size * below, top: y + size * above };
}

/** Pairs of overlapping text pieces, and pieces nearer than `inset` points to an edge of the page of this width. */
export function collisions(page: Fragment[], inset: number, pageWidth = LANDSCAPE): string[] {
  const outside = page.filter((one) => {
    const box = inkBox(one);
    return box.left < inset || box.right > pageWidth - inset || box.bottom < inset;
  });
  const touching = page.flatMap((a, index) =>
    page
      .slice(index + 1)
      .filter((b) => {
        const [p, q] = [inkBox(a), inkBox(b)];
        return p.left < q.right - 0.5 && q.left < p.right - 0.5 && p.bottom < q.top && q.bottom < p.top;
      })
      .map((b) => `${a.text} × ${b.text}`),
  );
  return [...outside.map((one) => `outside: ${one.text}`), ...touching];
}
