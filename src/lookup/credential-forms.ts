import type { Request } from 'express';
import { z } from 'zod';
import type { Content } from '../platform/http/answers.ts';

/** Media types of a credential with embedded proof, in order of preference. */
const AS_JSON = ['application/json', 'application/ld+json', 'application/vc', 'application/vc+ld+json'];
const AS_TOKEN = ['application/vc+jwt', 'application/jwt'];

const Signed = z.looseObject({ '@context': z.array(z.unknown()), type: z.array(z.string()) }).meta({
  id: 'SignedCredential',
  description:
    'A Verifiable Credential 2.0 with an embedded proof, in the formats of Open Badges 3.0 and Bitstring Status List 1.0.',
});

/** The possible responses, by media type. */
export const CREDENTIAL_FORMS: Record<string, Content> = {
  ...Object.fromEntries(AS_JSON.map((type) => [type, { schema: Signed }])),
  ...Object.fromEntries(AS_TOKEN.map((type) => [type, { schema: z.string() }])),
};

/** Chooses the form of a signed credential for a request, and the media type of the response. */
export function credentialForm(req: Request): { form: 'json' | 'jwt'; type: string } {
  const type = req.accepts([...AS_JSON, ...AS_TOKEN]) || 'application/json';
  return { form: AS_TOKEN.includes(type) ? 'jwt' : 'json', type };
}
