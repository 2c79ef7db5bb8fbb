import { z } from 'zod';
import { type KeyPurpose, PostalAddress } from '../../domain/certificate/credential-facts.ts';
import { KEY_PURPOSES } from '../../domain/certificate/key-purposes.ts';
import { IssuerPicture, Signatories } from '../../domain/certificate/signatory.ts';
import { isCountryCode } from '../../domain/country/country-name.ts';
import { PrintedText, PrintedTexts } from '../../domain/text/printed-text.ts';

const WebAddress = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' });

const keyName = (purpose: KeyPurpose) =>
  z
    .string()
    .regex(
      new RegExp(`^${purpose}-[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`),
      `expected a name that begins with "${purpose}-", in lower-case letters, digits and dashes, such as ${purpose}-1`,
    )
    .nullish()
    .transform((name) => name ?? null);
const [credential, jwt, seal] = KEY_PURPOSES;
const KeyNames = z.strictObject({ credential: keyName(credential), jwt: keyName(jwt), seal: keyName(seal) });

const orNull = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

const DECLARED = {
  signatories: Signatories.default({}),
  secondSignatory: orNull(z.string()),
  city: orNull(PrintedTexts),
  licence: orNull(PrintedTexts),
};
/** What issuer.yaml declares for diplomas beside the name; what was parsed parses again. */
export const IssuerPrints = z.object(DECLARED);
export type IssuerPrints = z.output<typeof IssuerPrints>;

/** `issuer.yaml`; every field is documented in `templates/README.md`. */
export const IssuerFile = z
  .strictObject({
    name: z
      .record(z.string(), PrintedText)
      .refine((names) => Object.keys(names).length > 0, 'expected the name in at least one language'),
    url: WebAddress,
    address: orNull(
      PostalAddress.refine(({ country }) => country === undefined || isCountryCode(country), {
        path: ['country'],
        message: 'expected an ISO 3166-1 alpha-2 code such as KZ',
      }),
    ),
    contact: orNull(z.union([z.email(), WebAddress], 'expected an e-mail address, or an http:// or https:// address')),
    logo: orNull(WebAddress),
    linkedIn: orNull(
      z.strictObject({
        organizationId: z
          .string('expected the number in quotes')
          .regex(/^\d{1,20}$/, 'expected the number of the organisation’s LinkedIn page, only digits'),
      }),
    ),
    keys: KeyNames.default(KeyNames.parse({})),
    ...DECLARED,
    pictures: z
      .strictObject({ logo: orNull(IssuerPicture), seal: orNull(IssuerPicture) })
      .default({ logo: null, seal: null }),
    approvals: z.enum(['required', 'optional'], 'expected required or optional').default('optional'),
  })
  .superRefine(({ signatories, secondSignatory }, context) => {
    if (secondSignatory === null || Object.hasOwn(signatories, secondSignatory)) return;
    const known = Object.keys(signatories).join(', ') || 'nobody yet';
    const message = `there is no signatory "${secondSignatory}": declare the person under signatories (there is ${known})`;
    context.addIssue({ code: 'custom', path: ['secondSignatory'], message });
  });
