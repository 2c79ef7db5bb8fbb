import type { Badge } from '../../ports/pictures.ts';
import { prepareLayer } from '../pdf/static-layer.ts';
import { TaggedDocument } from '../pdf/tagged-document.ts';
import { paint } from '../sheet.ts';
import type { FaceRole } from '../template/face-roles.ts';
import type { PreparedTemplate } from '../template/prepared-template.ts';
import { type Palette, placed, readSvg } from '../template/svg-art.ts';
import { type FittedText, fitParagraph, type SpacedRule } from '../type/fit.ts';
import { missingGlyphs } from '../type/shaped-line.ts';
import { weave } from './share-card-art.ts';

/** Side of the badge, in points. */
const SIZE = 400;
const CENTRE = SIZE / 2;
/** Heights in points: lower edge of the issuer, centre of the title, upper edge of the year. */
const LINES = { issuer: 150, title: 224, year: 301 } as const;

/**
 * Draws a badge as a PDF page, which the painter of diplomas turns into an image: school, course, year and a tick,
 * but no name.
 */
export async function drawBadge(badge: Badge, template: PreparedTemplate): Promise<Buffer> {
  const { palette } = template.definition;
  const art = readSvg('badge.svg', badgeArt(palette), palette);
  if ('faults' in art) throw new Error(art.faults.join('; '));
  const document = new TaggedDocument({
    title: badge.title,
    author: badge.issuer,
    subject: '',
    keywords: '',
    language: badge.language,
    date: new Date(0),
    page: { width: SIZE, height: SIZE },
  });
  document.addPage();
  document.layer(prepareLayer(placed(art.art, 0, 0, SIZE), { width: SIZE, height: SIZE }));

  /** Omits a text that no face can print or that does not fit. */
  const put = (
    text: string,
    role: FaceRole,
    rule: SpacedRule & { width: number },
    colour: string,
    topOf: (fitted: FittedText) => number,
  ): void => {
    const chain = template.chain(role);
    const fitted = missingGlyphs(text, chain).length > 0 ? null : fitParagraph(text, chain, rule.width, rule);
    if (fitted === null) return;
    const box = { x: CENTRE - rule.width / 2, width: rule.width, align: 'centre', top: topOf(fitted) } as const;
    document.footer(() => paint(document, fitted, box, { colour, spacing: 0 }));
  };
  const [primary, muted] = [palette['primary'] ?? '#17365d', palette['muted'] ?? '#566272'];
  const title = { max: 28, floor: 14, lines: 4, wrapped: 25, width: 268 };
  put(badge.issuer, 'text', { max: 13, floor: 9, lines: 2, width: 220 }, muted, ({ height }) => LINES.issuer - height);
  put(badge.title, 'display', title, primary, ({ height }) => LINES.title - height / 2);
  put(badge.year, 'strong', { max: 17, floor: 17, lines: 1, width: 120 }, muted, () => LINES.year);
  return document.finish();
}

/** The badge without text: a guilloche seal with a tick. */
function badgeArt(palette: Palette): string {
  const primary = palette['primary'] ?? '#17365d';
  const accent = palette['accent'] ?? '#a8843c';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}">`,
    `<g transform="translate(${CENTRE} ${CENTRE})" fill="none">`,
    `<circle r="194" fill="${primary}"/>`,
    `<circle r="190" stroke="${accent}" stroke-width="1"/>`,
    `<path d="${weave(174, 11, 48, 6)}" stroke="#e8dcc0" stroke-width="0.6"/>`,
    '<circle r="158" fill="#fdfbf6"/>',
    `<circle r="158" stroke="${accent}" stroke-width="1.6"/>`,
    `<circle r="152" stroke="${accent}" stroke-width="0.5"/>`,
    '</g>',
    `<g transform="translate(${CENTRE} 86)">`,
    `<circle r="23" fill="${primary}"/>`,
    '<path d="M-10 1L-3.5 8L11 -7.5" fill="none" stroke="#ffffff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>',
    '</g></svg>',
  ].join('');
}
