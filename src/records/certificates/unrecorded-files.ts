import { groupedStatement } from '../../platform/database/coalesced-reads.ts';
import type { Artefacts } from '../../ports/artefacts.ts';
import { type Db, inputTable } from '../rows.ts';

/** A version of a certificate whose files are being stored. */
export interface OfVersion {
  certificateId: string;
  version: number;
}

const where = ({ certificateId, version }: OfVersion) => ({ certificate_id: certificateId, version });

/** Call it before the files are stored, so that they are found if this process dies before `recordDiploma`. It commits. */
export type AnnounceFiles = (db: Db, of: OfVersion, sha256s: readonly string[], at: Date) => Promise<void>;

const ANNOUNCED = inputTable({ certificateId: 'uuid', version: 'integer', sha256s: 'text', at: 'timestamptz' });

/** Diplomas are drawn one by one; they are announced in groups that gather so long, or until they are enough. */
export function announceInGroups(gather: { paceMs: number; enough: () => number }): AnnounceFiles {
  const announced = groupedStatement<OfVersion & { sha256s: string; at: Date }, void>(async (db, versions) => {
    await db.raw(
      `insert into unrecorded_file (certificate_id, version, sha256s, begun_at)
       select "certificateId", version, string_to_array(sha256s, ' '), at from ${ANNOUNCED.as('i')}
       on conflict (certificate_id, version) do update set begun_at = excluded.begun_at,
         sha256s = array(select unnest(unrecorded_file.sha256s) union select unnest(excluded.sha256s))`,
      ANNOUNCED.values(versions),
    );
    return [];
  }, gather);
  return (db, of, sha256s, at) => announced(db, { ...of, sha256s: sha256s.join(' '), at });
}

/** Versions whose files were announced before that time and never recorded. */
export async function selectLongUnrecorded(db: Db, before: Date, limit: number): Promise<OfVersion[]> {
  return db('unrecorded_file')
    .where('begun_at', '<', before)
    .orderBy('begun_at')
    .limit(limit)
    .select({ certificateId: 'certificate_id' }, 'version');
}

/**
 * Deletes the announced files of a version that no diploma needs. Nobody can record them meanwhile, and nobody afterwards
 * without storing them again.
 * @throws ArtefactsFault; a repeat deletes the rest
 */
export async function deleteUnrecorded(db: Db, artefacts: Pick<Artefacts, 'remove'>, of: OfVersion): Promise<void> {
  await db.transaction(async (trx) => {
    const announced = await trx('unrecorded_file').where(where(of)).forUpdate().first('sha256s');
    if (!announced) return;
    const { rows } = await trx.raw<{ rows: { sha256: string }[] }>(
      `select sha256 from unnest(?::text[]) as t(sha256)
       except (select d.sha256 from diploma as d join certificate_version as v using (certificate_id, version)
                 where d.certificate_id = ? and v.facts is not null
               union select unnest(array[d.json_sha256, d.jwt_sha256]) from diploma_credential as d
                 join certificate_version as v using (certificate_id, version)
                 where d.certificate_id = ? and v.facts is not null)`,
      [announced.sha256s, of.certificateId, of.certificateId],
    );
    await artefacts.remove(rows.map(({ sha256 }) => sha256));
    await trx('unrecorded_file').where(where(of)).delete();
  });
}
