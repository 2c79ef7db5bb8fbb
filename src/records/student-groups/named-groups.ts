import { foldNumber } from '../../domain/certificate/certificate-number.ts';
import type { Db } from '../rows.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Finds student groups by their own id, or by id or number of their certificate. With `loosely` also by a number in another
 * spelling, and by an e-mail address; exact matches take precedence over both.
 * @param loosely.email as `normaliseEmail` returns it; null when the text is not an e-mail address
 * @returns ids, at most 20, without order
 */
export async function selectGroupsNamed(
  db: Db,
  name: string,
  loosely: { email: string | null } | null,
): Promise<string[]> {
  const exact = await ids(db('student_group').where({ id: name }), 'id');
  if (exact.length > 0) return exact;
  const certificate = db('certificate').where({ number: name });
  if (UUID.test(name)) certificate.orWhere({ id: name });
  const byCertificate = await ids(certificate, 'student_group_id');
  if (byCertificate.length > 0 || loosely === null) return byCertificate;
  const { email } = loosely;
  const key = foldNumber(name);
  const alike = db('certificate').whereIn(
    'id',
    db('certificate_search').where({ number_key: key }).select('certificate_id'),
  );
  const byNumber = key === '' ? [] : await ids(alike, 'student_group_id');
  if (byNumber.length > 0 || email === null) return byNumber;
  return ids(db('student_group').where({ email }), 'id');
}

async function ids(query: ReturnType<Db>, column: string): Promise<string[]> {
  const rows = (await query.distinct(column).limit(20)) as Record<string, string>[];
  return rows.map((row) => row[column] ?? '');
}
