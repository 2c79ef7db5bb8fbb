import type { ShareCard } from '../../ports/pictures.ts';
import { prepareLayer } from '../pdf/static-layer.ts';
import { TaggedDocument } from '../pdf/tagged-document.ts';
import { paint } from '../sheet.ts';
import type { FaceRole } from '../template/face-roles.ts';
import type { PreparedTemplate } from '../template/prepared-template.ts';
import { placed, readSvg } from '../template/svg-art.ts';
import { fitParagraph, type SpacedRule } from '../type/fit.ts';
import { missingGlyphs } from '../type/shaped-line.ts';
import { CARD, CARD_COLOURS, shareCardArt } from './share-card-art.ts';

/** A text of the card; lengths are points. */
interface CardText {
  text: string;
  face: FaceRole;
  rule: SpacedRule;
  colour: keyof typeof CARD_COLOURS;
  box: { x: number; width: number; align: 'left' | 'centre' };
  /** Position of the upper or the lower edge of the text. */
  at: { top: number } | { bottom: number };
}

const COLUMN = { x: 38, width: 350, align: 'left' } as const;
const UNDER_SEAL = { x: 396, width: 180, align: 'centre' } as const;
const HEAD = 42;
const TITLE = 69;
const FOOT = 277;

/**
 * Draws the share card of a link as a PDF page, which the painter of diplomas turns into an image. Texts without
 * glyphs are omitted.
 */
export async function drawShareCard(card: ShareCard, template: PreparedTemplate): Promise<Buffer> {
  const { palette } = template.definition;
  const colours = Object.fromEntries(Object.entries(CARD_COLOURS).map(([name, own]) => [name, palette[name] ?? own]));
  const art = readSvg('share-card.svg', shareCardArt(), colours);
  if ('faults' in art) throw new Error(art.faults.join('; '));
  const { title, issuer: author, language } = card;
  const info = { title, author, subject: '', keywords: '', language, date: new Date(0), page: CARD };
  const document = new TaggedDocument(info);
  document.addPage();
  document.layer(prepareLayer(placed(art.art, 0, 0, CARD.width), CARD));

  /** Paints a text and returns its height. */
  const put = ({ text, face, rule, colour, box, at }: CardText): number => {
    const chain = template.chain(face);
    const printable = text !== '' && missingGlyphs(text, chain).length === 0;
    const fitted = printable ? fitParagraph(text, chain, box.width, rule) : null;
    if (fitted === null) return 0;
    const top = 'top' in at ? at.top : at.bottom - fitted.height;
    const ink = { colour: colours[colour] ?? CARD_COLOURS[colour], spacing: rule.spacing ?? 0 };
    document.footer(() => paint(document, fitted, { ...box, top }, ink));
    return fitted.height;
  };

  put({
    text: card.kicker,
    face: 'strong',
    rule: { max: 11.5, floor: 9, lines: 1, spacing: 0.9 },
    colour: 'accent',
    box: COLUMN,
    at: { top: HEAD },
  });
  const height = put({
    text: title,
    face: 'display',
    rule: { max: 34, floor: 20, lines: 4, wrapped: 30 },
    colour: 'primary',
    box: COLUMN,
    at: { top: TITLE },
  });
  put({
    text: card.issuer,
    face: 'text',
    rule: { max: 14, floor: 10, lines: 2 },
    colour: 'muted',
    box: COLUMN,
    at: { top: TITLE + height + 16 },
  });
  const foot = { rule: { max: 11.5, floor: 8, lines: 1 }, at: { bottom: FOOT } };
  put({ ...foot, text: card.foot, face: 'label', colour: 'muted', box: COLUMN });
  put({ ...foot, text: card.address, face: 'strong', colour: 'primary', box: UNDER_SEAL });
  return document.finish();
}
