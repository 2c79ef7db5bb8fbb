import { z } from 'zod';
import { CredentialFacts } from './credential-facts.ts';
import { SignatoryFacts } from './signatory.ts';

/** Facts that are printed only where they are declared and known. */
export const FurtherFacts = z
  .object({
    kind: z.string().describe('Kind of the document, printed as its heading, such as «Сертификат».'),
    period: z
      .object({
        from: z.iso.date().describe('First day of study.'),
        to: z.iso.date().describe('Last day of study.'),
      })
      .describe('Days of study.'),
    city: z.string().describe('City of issue.'),
    licence: z.string().describe('The licence of the school, as a whole line.'),
    registrarNumber: z.string().describe('Number in a register; the own number of the diploma is `number`.'),
    school: z.string().describe('School at which the teacher works.'),
  })
  .partial()
  .describe('What only some schools and programmes print; missing: nothing of it.');
export type FurtherFacts = z.infer<typeof FurtherFacts>;

/**
 * Everything that a diploma prints, frozen at award (one immutable row per version). The same facts and template
 * contents give the same bytes.
 */
export const DiplomaFacts = z.object({
  certificateId: z.string(),
  version: z.number().int().positive(),
  /** Printed number, for example "INT-26-000042". */
  number: z.string(),
  /** Secret lookup code: 24 Crockford symbols and a check symbol, without dashes. */
  code: z.string(),
  /** Address in the QR code: `PUBLIC_URL/c/{code}`. */
  lookupUrl: z.string(),
  /** Printed name in Unicode form NFC. */
  holderName: z.string(),
  /** Latin form, printed below the name when the template wants it and it differs. */
  latinName: z.string().nullable(),
  /** BCP 47 language of the diploma. */
  language: z.string(),
  courseTitle: z.string(),
  hoursTotal: z.number(),
  programme: z.array(z.object({ title: z.string(), hours: z.number() })),
  project: z.object({ title: z.string(), url: z.string().nullable(), grade: z.string().nullable() }).nullable(),
  /** Date in the release's zone, `YYYY-MM-DD`. */
  issueDate: z.iso.date(),
  signatory: SignatoryFacts,
  secondSignatory: SignatoryFacts.optional().describe('Who signs beside the first; missing: nobody.'),
  further: FurtherFacts.optional(),
  visibility: z
    .literal('initials')
    .optional()
    .describe('The public lookup shows the initials of the name, and no project; missing: everything.'),
  issuer: z.object({ name: z.string(), url: z.string() }),
  /** Country as ISO 3166-1 alpha-2 code. */
  country: z.string(),
  templateId: z.string(),
  /** SHA-256 (hex) of the template's contents, faces included. */
  templateHash: z.string(),
  /** Last second of validity in the release's zone; null: it never expires. */
  validUntil: z.iso.datetime({ offset: true }).nullable().default(null),
  /** Facts of credential and seal; null: the diploma has neither. */
  credential: CredentialFacts.nullable().default(null),
});
export type DiplomaFacts = z.infer<typeof DiplomaFacts>;
