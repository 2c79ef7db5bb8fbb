import { z } from 'zod';
import { PrintedTexts } from '../text/printed-text.ts';

/** How a country writes dates on documents: with the month's name as the template does, or in digits. */
export const DATE_STYLES = ['long', 'numeric', 'iso'] as const;
export type DateStyle = (typeof DATE_STYLES)[number];

/** `diploma` of a country in countries.yaml: what its diplomas print differently. */
export const CountryDiploma = z.strictObject({
  date: z.enum(DATE_STYLES, `expected one of ${DATE_STYLES.join(', ')}`).optional(),
  /** A line that the country's law asks for. */
  legalLine: PrintedTexts.optional(),
});
export type CountryDiploma = z.output<typeof CountryDiploma>;
