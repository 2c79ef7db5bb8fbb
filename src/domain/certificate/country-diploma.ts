import { z } from 'zod';
import { PrintedTexts } from '../text/printed-text.ts';

/** How a country writes dates on documents: with the month's name as the template does, or in digits. */
export const DATE_STYLES = ['long', 'numeric', 'iso'] as const;
export type DateStyle = (typeof DATE_STYLES)[number];
/** Sizes of paper on which diplomas are printed. */
export const PAPERS = ['A4', 'Letter'] as const;
export type Paper = (typeof PAPERS)[number];
/** Which form of a name stands first, and larger, where a diploma prints both. */
export const NAME_FORMS = ['native', 'latin'] as const;

/** `diploma` of a country in countries.yaml: what its diplomas print differently. */
export const CountryDiploma = z.strictObject({
  date: z.enum(DATE_STYLES, `expected one of ${DATE_STYLES.join(', ')}`).optional(),
  /** A line that the country's law asks for. */
  legalLine: PrintedTexts.optional(),
  /** The sheet; a template of another size is scaled to it. */
  paper: z.enum(PAPERS, `expected one of ${PAPERS.join(', ')}`).optional(),
  /** Which form of the name stands first, instead of the one that the template's language asks for. */
  leadingName: z.enum(NAME_FORMS, `expected one of ${NAME_FORMS.join(', ')}`).optional(),
});
export type CountryDiploma = z.output<typeof CountryDiploma>;
