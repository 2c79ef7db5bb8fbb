import type { Db } from '../rows.ts';

/** Whether a certificate of this programme and release was ever awarded in a language: only then is there such an achievement. */
export async function wasAwardedIn(
  db: Db,
  { programmeId, releaseId, language }: { programmeId: string; releaseId: string; language: string },
): Promise<boolean> {
  const templates = db('template').whereRaw(`definition -> 'definition' ->> 'language' = ?`, [language]).select('hash');
  // A language that no template has ends the question before any certificate is looked at.
  const { rows } = await db.raw<{ rows: { awarded: boolean }[] }>(
    `select exists (:templates) and exists (
       select 1 from certificate c join certificate_version v on v.certificate_id = c.id
       where c.release_id = :releaseId and c.programme_id = :programmeId and v.template_hash in (:templates)) as awarded`,
    { templates, releaseId, programmeId },
  );
  return rows[0]?.awarded ?? false;
}
