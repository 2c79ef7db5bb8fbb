import type { Request } from 'express';

/** Media types of a credential with embedded proof, in order of preference. */
const AS_JSON = ['application/json', 'application/ld+json', 'application/vc', 'application/vc+ld+json'];
const AS_TOKEN = ['application/vc+jwt', 'application/jwt'];

/** The form of a signed credential that a request asks for, and the media type of the answer. */
export function credentialForm(req: Request): { form: 'json' | 'jwt'; type: string } {
  const type = req.accepts([...AS_JSON, ...AS_TOKEN]) || 'application/json';
  return { form: AS_TOKEN.includes(type) ? 'jwt' : 'json', type };
}
