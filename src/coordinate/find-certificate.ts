import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import { Problem } from '../platform/http/problem.ts';
import { type Certificate, selectCertificate, selectCertificatesNamed } from '../records/certificates/certificates.ts';
import type { Db } from '../records/rows.ts';

const Uuid = z.uuid();

/**
 * Finds the certificate that a URL path names: by its id, its printed number, or the id of its student group; null when
 * there is none. Never by an e-mail address, because URLs must not contain personal data.
 * @throws Problem 404 when several match, with their numbers and ids
 */
export async function findCertificate(db: Db, name: string): Promise<Certificate | null> {
  const own = Uuid.safeParse(name).success ? await selectCertificate(db, name) : null;
  if (own) return own;
  const [found, ...others] = await selectCertificatesNamed(db, name);
  if (!found || others.length === 0) return found ?? null;
  const known = [found, ...others].map(({ id, number }) => `${number} (${id})`).join(', ');
  throw new Problem(404, message('state.several-certificates', { known }));
}
