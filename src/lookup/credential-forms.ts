import type { Request } from 'express';

/** Media types of a credential with an embedded proof, in the order in which they are preferred where nobody asks. */
const AS_JSON = ['application/json', 'application/ld+json', 'application/vc', 'application/vc+ld+json'];
const AS_TOKEN = ['application/vc+jwt', 'application/jwt'];

/** The form of a signed credential that a request asks for, and the media type to answer it with. */
export function credentialForm(req: Request): { form: 'json' | 'jwt'; type: string } {
  const type = req.accepts([...AS_JSON, ...AS_TOKEN]) || 'application/json';
  return { form: AS_TOKEN.includes(type) ? 'jwt' : 'json', type };
}
