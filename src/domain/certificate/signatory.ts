import { z } from 'zod';
import { PrintedTexts } from '../text/printed-text.ts';
import { foldedWords } from '../text/search-words.ts';

/** Id of a person in issuer.yaml. */
export const SignatoryId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected an id of small letters, digits and dashes that begins with a letter');

/** A picture of the school: a file in the folder `issuer/` of the templates folder. */
export const IssuerPicture = z
  .string()
  .regex(/^[a-z0-9][\w.-]{0,80}\.(png|svg)$/, 'expected the name of a .png or .svg file in the folder issuer/');

/** A person who signs diplomas, as issuer.yaml declares. */
const Signatory = z.strictObject({
  name: PrintedTexts,
  /** Null: the position that the LMS states. */
  position: PrintedTexts.nullish().transform((position) => position ?? null),
  /** Other forms in which the LMS writes the name. */
  knownAs: z.array(z.string().trim().min(1)).default([]),
  /** The person's signature; null: none is printed. */
  signature: IssuerPicture.nullish().transform((file) => file ?? null),
});
export type Signatory = z.output<typeof Signatory>;

const namesOf = ({ name, knownAs }: Signatory): string[] => [...Object.values(name), ...knownAs].map(foldedName);

/** One form for a name in any case, order of marks and spacing; the order of words counts. */
const foldedName = (name: string): string => foldedWords(name).join(' ');

/** `signatories` of issuer.yaml, by id. A name that stands for two persons would sign with the wrong hand. */
export const Signatories = z.record(SignatoryId, Signatory).superRefine((signatories, context) => {
  const owners = new Map<string, string>();
  for (const [id, signatory] of Object.entries(signatories)) {
    for (const name of new Set(namesOf(signatory))) {
      const owner = owners.get(name);
      if (owner !== undefined)
        context.addIssue({
          code: 'custom',
          path: [id, 'name'],
          message: `has the same name as ${owner}, so that nobody knows who signs: use other names`,
        });
      owners.set(name, id);
    }
  }
});
export type Signatories = z.output<typeof Signatories>;

/** The declared person of this name, with the id; null: nobody is declared under it. */
export function findSignatory(signatories: Signatories, name: string): { id: string; person: Signatory } | null {
  const wanted = foldedName(name);
  const found = Object.entries(signatories).find(([, person]) => namesOf(person).includes(wanted));
  return found === undefined ? null : { id: found[0], person: found[1] };
}

/** The person who signs a diploma, as it is printed. */
export const SignatoryFacts = z.object({
  name: z.string(),
  position: z.string(),
  id: z.string().optional().describe('Id in issuer.yaml: whose signature is printed; missing: none is.'),
});
export type SignatoryFacts = z.infer<typeof SignatoryFacts>;
