import { z } from 'zod';
import { foldNumber } from '../domain/certificate/certificate-number.ts';
import { parseCode } from '../domain/certificate/lookup-code.ts';
import { InputError } from '../domain/failure.ts';
import { normaliseEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import { selectIdsByKeys } from '../records/certificates/certificate-search.ts';
import { type Certificate, selectCertificate } from '../records/certificates/certificates.ts';
import type { Db } from '../records/rows.ts';

const MOST = 20;

/**
 * The certificate that somebody names at a terminal: by its id, number or code, however typed, by the id of student group or
 * student, or by the e-mail address.
 * @throws InputError where there is none, or several fit; it lists their numbers and never repeats what was typed
 */
export async function certificateNamed(db: Db, name: string): Promise<Certificate> {
  const wanted = name.trim();
  const email = normaliseEmail(wanted);
  const ids = await selectIdsByKeys(
    db,
    {
      id: z.uuid().safeParse(wanted).success ? wanted : null,
      code: parseCode(wanted),
      number: foldNumber(wanted),
      lmsId: wanted,
      email: email.ok ? email.email : null,
    },
    MOST,
  );
  const found = await Promise.all([...new Set(ids)].map((id) => selectCertificate(db, id)));
  const [one, ...others] = found.filter((certificate) => certificate !== null);
  if (!one) throw new InputError(message('line.no-certificate'));
  if (others.length === 0) return one;
  const known = [one, ...others].map(({ number, studentGroupId }) => `${number} (${studentGroupId})`).join(', ');
  throw new InputError(message('state.several-certificates', { known }));
}
