import { z } from 'zod';
import { KEY_PURPOSES, type KeyPurpose, PostalAddress } from '../../domain/certificate/credential-facts.ts';
import { isCountryCode } from '../../domain/country/country-name.ts';
import { doubtOf } from '../../domain/text/doubtful-text.ts';

const WebAddress = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' });

/** Name of the issuer, printed on every diploma. */
const IssuerName = z
  .string()
  .trim()
  .min(1, 'is empty: enter the name, or remove this language')
  .superRefine((name, context) => {
    const doubt = doubtOf(name, 'title');
    if (doubt === null) return;
    const meant = doubt.suggestion === null ? '' : ` Probably meant: ${doubt.suggestion}`;
    context.addIssue({ code: 'custom', message: `${doubt.finding}${meant}` });
  });

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

/** `issuer.yaml`; every field is documented in `templates/README.md`. */
export const IssuerFile = z.strictObject({
  name: z
    .record(z.string(), IssuerName)
    .refine((names) => Object.keys(names).length > 0, 'expected the name in at least one language'),
  url: WebAddress,
  address: PostalAddress.refine(({ country }) => country === undefined || isCountryCode(country), {
    path: ['country'],
    message: 'expected an ISO 3166-1 alpha-2 code such as KZ',
  })
    .nullish()
    .transform((address) => address ?? null),
  contact: z
    .union([z.email(), WebAddress], 'expected an e-mail address, or an http:// or https:// address')
    .nullish()
    .transform((contact) => contact ?? null),
  logo: WebAddress.nullish().transform((logo) => logo ?? null),
  linkedIn: z
    .strictObject({
      organizationId: z
        .string('expected the number in quotes')
        .regex(/^\d{1,20}$/, 'expected the number of the organisation’s LinkedIn page, only digits'),
    })
    .nullish()
    .transform((linkedIn) => linkedIn ?? null),
  keys: KeyNames.default(KeyNames.parse({})),
  approvals: z.enum(['required', 'optional'], 'expected required or optional').default('optional'),
});
