import type { LookFace } from '../../ports/page-look.ts';
import { sha256, type TemplateBundle } from '../template/template.ts';
import { sharedFace } from '../type/faces.ts';
import { SubsetSource } from '../type/subset-source.ts';
import { packWoff2 } from '../type/woff2.ts';

/** Letters of the diplomas' languages by script; names in others have the reader's own faces. */
const SCRIPTS: { name: string; letters: string; sample: RegExp }[] = [
  {
    name: 'latin',
    // English, Azerbaijani, Uzbek, Turkmen, Turkish, German, Romanian and French.
    letters: `${between(0x20, 0x7e)}\u00a0«»ÄÇÉÈÊËÀÂÎÏÔÖÙÛÜÝßàâäçèéêëîïôöùûüýĂăĞğİıŇňŞşȘșȚțŽžƏəʻʼ–—‘’“”„…№`,
    sample: /[A-Za-z]/,
  },
  {
    name: 'cyrillic',
    // Russian, Ukrainian, Belarusian, Kazakh, Kyrgyz, Tajik, Uzbek, Tatar and Mongolian.
    letters: `${between(0x410, 0x44f)}ЁёІіЇїЄєЎўҐґҒғҚқҢңҮүҰұҲҳҶҷҺһӘәӢӣӨөӮӯЖҖҗ`,
    sample: /\p{Script=Cyrillic}/u,
  },
  { name: 'armenian', letters: between(0x531, 0x58a), sample: /\p{Script=Armenian}/u },
  { name: 'georgian', letters: between(0x10d0, 0x10ff), sample: /\p{Script=Georgian}/u },
];

function between(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)).join('');
}

/** As CSS writes them: `U+20-7e,U+a0`. */
function rangesOf(codePoints: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const codePoint of [...codePoints].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && codePoint <= run[1] + 1) run[1] = codePoint;
    else runs.push([codePoint, codePoint]);
  }
  return runs.map(([from, to]) => `U+${from.toString(16)}${to > from ? `-${to.toString(16)}` : ''}`).join(',');
}

/** Increase it when files are made differently, because their names must change with their contents. */
const EDITION = 1;

/** The display face of a template for the public pages, a file per script. Files are made at their first request. */
export function pageFaces({ definition, faces }: TemplateBundle): LookFace[] {
  const chain = definition.faces.display.flatMap((name) => faces.filter((face) => face.name === name));
  return SCRIPTS.flatMap(({ name, letters, sample }) => {
    const codePoints = [...letters].map((letter) => letter.codePointAt(0) ?? 0);
    const middle = codePoints[codePoints.length >> 1] ?? 0;
    const face = chain.find((one) => sharedFace(one).font.hasGlyphForCodePoint(middle));
    if (face === undefined) return [];
    let made: Promise<Buffer> | null = null;
    return {
      name: `${name}.${sha256(`${EDITION} ${face.sha256} ${letters}`).slice(0, 16)}.woff2`,
      type: 'font/woff2',
      range: rangesOf(codePoints),
      sample,
      read: () => (made ??= packWoff2(new SubsetSource(face.bytes).charactersOnly(codePoints))),
    };
  });
}
