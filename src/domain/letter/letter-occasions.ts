import { z } from 'zod';
import type { FactChange } from '../certificate/fact-changes.ts';
import { LETTER_OCCASIONS } from './occasions.ts';

export type LetterOccasion = (typeof LETTER_OCCASIONS)[number];

/** Facts that a corrected letter names when they have changed; `other` stands for all that is not listed. */
export const NAMED_FACTS = [
  'holderName',
  'latinName',
  'courseTitle',
  'hoursTotal',
  'programme',
  'project',
  'issueDate',
  'validUntil',
  'signatory',
  'issuer',
  'other',
] as const;

const Words = z.string().trim().min(1, 'is empty: write the text');
const OccasionWords = z.record(
  z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'expected a name of letters and digits that begins with a small letter'),
  Words,
);

/** `letter/<id>/<language>/occasions.yaml`: what differs between the first letter and later ones. */
export const LetterOccasions = z
  .strictObject({
    /** Native speaker who has read all wording of this language, and when; null: nobody yet. */
    reviewed: z.strictObject({ by: z.string().trim().min(1), on: z.iso.date() }).nullable(),
    changes: z.strictObject(
      Object.fromEntries(NAMED_FACTS.map((fact) => [fact, Words])) as Record<NamedFact, typeof Words>,
    ),
    occasions: z.strictObject(
      Object.fromEntries(LETTER_OCCASIONS.map((occasion) => [occasion, OccasionWords])) as Record<
        LetterOccasion,
        typeof OccasionWords
      >,
    ),
  })
  .superRefine(({ occasions }, context) => {
    const names = new Set(LETTER_OCCASIONS.flatMap((occasion) => Object.keys(occasions[occasion])));
    for (const occasion of LETTER_OCCASIONS)
      for (const name of names)
        if (!Object.hasOwn(occasions[occasion], name))
          context.addIssue({
            code: 'custom',
            path: ['occasions', occasion],
            message: `the text "${name}" is missing; every occasion needs the same texts`,
          });
  });
export type LetterOccasions = z.infer<typeof LetterOccasions>;
type NamedFact = (typeof NAMED_FACTS)[number];

/** Facts whose old and new value are short and mean the same in every language. */
const WITH_VALUES: ReadonlySet<string> = new Set(['holderName', 'latinName', 'courseTitle', 'project.title']);

/**
 * What a new version prints differently, in the words of the letter's language and in the order of `NAMED_FACTS`, such
 * as `name: Anna Ivanowa → Anna Ivanova; project`. `other` stands alone: beside a named fact it would say nothing.
 */
export function describeChanges(words: LetterOccasions['changes'], changes: readonly FactChange[]): string {
  const lines = NAMED_FACTS.flatMap((fact) => {
    const own = changes.filter(({ field }) => field.split(/[.[]/)[0] === fact);
    const shown = own.find(({ field }) => WITH_VALUES.has(field));
    if (shown === undefined) return own.length > 0 ? [words[fact]] : [];
    const { before, after } = shown;
    return before === null ? `${words[fact]}: ${after}` : `${words[fact]}: ${before} → ${after ?? '—'}`;
  });
  return lines.join('; ') || words.other;
}
