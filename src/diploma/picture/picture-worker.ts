import type { Badge, ShareCard } from '../../ports/pictures.ts';
import { openPdfium, type Pdfium } from '../check/pdfium.ts';
import { PreparedTemplate } from '../template/prepared-template.ts';
import type { TemplateBundle } from '../template/template.ts';
import { drawBadge } from './badge.ts';
import { paintPage } from './paint-page.ts';
import { drawShareCard } from './share-card.ts';

/** In pixels; nearly sharp at the page's width on a screen of double density. */
const PAGE_WIDTH = 1400;
const CARD_WIDTH = 1200;
const BADGE_WIDTH = 800;

/** The thread's own PDFium; it ends with the thread. */
let opened: Promise<Pdfium> | null = null;
const pdfium = (): Promise<Pdfium> => {
  opened ??= openPdfium();
  return opened;
};

/** Worker task: paints the first page of a diploma. */
export async function firstPage(pdf: Uint8Array): Promise<Uint8Array> {
  return paintPage(await pdfium(), pdf, PAGE_WIDTH);
}

/** Worker task: draws and paints the share card of a link. */
export async function card({ card, bundle }: { card: ShareCard; bundle: TemplateBundle }): Promise<Uint8Array> {
  const pdf = await drawShareCard(card, new PreparedTemplate(bundle));
  return paintPage(await pdfium(), pdf, CARD_WIDTH);
}

/** Worker task: draws and paints a badge. */
export async function badge({ badge, bundle }: { badge: Badge; bundle: TemplateBundle }): Promise<Uint8Array> {
  const pdf = await drawBadge(badge, new PreparedTemplate(bundle));
  return paintPage(await pdfium(), pdf, BADGE_WIDTH);
}
