import type { Db } from '../rows.ts';

/**
 * Whether a certificate of this programme and release was ever awarded in a language; otherwise the achievement does
 * not exist.
 */
export async function wasAwardedIn(
  db: Db,
  { programmeId, releaseId, language }: { programmeId: string; releaseId: string; language: string },
): Promise<boolean> {
  const templates = db('template').whereRaw(`definition -> 'definition' ->> 'language' = ?`, [language]).select('hash');
  // A language without a template ends the query before it reads certificates.
  const { rows } = await db.raw<{ rows: { awarded: boolean }[] }>(
    `select exists (:templates) and exists (
       select 1 from certificate c join certificate_version v on v.certificate_id = c.id
       where c.release_id = :releaseId and c.programme_id = :programmeId and v.template_hash in (:templates)) as awarded`,
    { templates, releaseId, programmeId },
  );
  return rows[0]?.awarded ?? false;
}
