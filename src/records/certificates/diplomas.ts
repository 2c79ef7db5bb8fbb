import { coalescedRead, sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { byPlace, type Db, inputTable } from '../rows.ts';

/** Stores a template's contents by hash, with its faces; existing ones are equal by definition. */
export async function publishTemplate(
  db: Db,
  template: { hash: string; id: string; definition: unknown; assets: { sha256: string; bytes: Buffer }[] },
): Promise<void> {
  for (const asset of template.assets) {
    const known = await db('template_asset').where({ sha256: asset.sha256 }).first('sha256');
    if (!known) await db('template_asset').insert(asset).onConflict('sha256').ignore();
  }
  await db('template')
    .insert({ hash: template.hash, template_id: template.id, definition: JSON.stringify(template.definition) })
    .onConflict('hash')
    .ignore();
}

export async function selectTemplate(db: Db, hash: string): Promise<{ hash: string; definition: unknown } | null> {
  return (await db('template').where({ hash }).first('hash', 'definition')) ?? null;
}

export async function selectTemplateAsset(db: Db, sha256: string): Promise<Buffer | null> {
  return (await db('template_asset').where({ sha256 }).first('bytes'))?.bytes ?? null;
}

/** The drawn diploma of a version. The bytes are in the artefact store under these SHA-256 hashes (lower-case hex). */
export interface DrawnDiploma {
  certificateId: string;
  version: number;
  sha256: string;
  /** Size of the PDF file in bytes. */
  bytes: number;
  /** Both forms of its credential, as attached to it. */
  credential: { jsonSha256: string; jwtSha256: string } | null;
}

/**
 * Records a drawn diploma whose bytes are stored already, and ends the announcement of its files (`announceFiles`). A
 * recorded diploma is never drawn again.
 * @returns null when that version was drawn before, in which case the first one stays; else whether there was an
 * announcement: without one the files may have been deleted already
 */
export async function recordDiploma(trx: Db, diploma: DrawnDiploma, at: Date): Promise<{ announced: boolean } | null> {
  const { credential, ...drawn } = diploma;
  const row = { ...drawn, json: credential?.jsonSha256 ?? null, jwt: credential?.jwtSha256 ?? null, at };
  return (await recorded(trx, row)) ?? null;
}

const DRAWN = inputTable({
  certificateId: 'uuid',
  version: 'integer',
  sha256: 'text',
  bytes: 'integer',
  json: 'text',
  jwt: 'text',
  at: 'timestamptz',
});

/** A result for those that are new. */
const recorded = sharedStatement<
  Omit<DrawnDiploma, 'credential'> & { json: string | null; jwt: string | null; at: Date },
  { place: number; announced: boolean }
>(async (trx, diplomas) => {
  const { rows } = await trx.raw<{ rows: { place: number; announced: boolean }[] }>(
    `with input as materialized (select * from ${DRAWN.as('i')}),
     drawn as (
       insert into diploma (certificate_id, version, sha256, bytes, rendered_at)
       select "certificateId", version, sha256, bytes, at from input
       on conflict (certificate_id, version) do nothing returning certificate_id, version),
     new as (
       select i.* from input as i join drawn as d on d.certificate_id = i."certificateId" and d.version = i.version),
     signed as (
       insert into diploma_credential (certificate_id, version, json_sha256, jwt_sha256)
       select "certificateId", version, json, jwt from new where json is not null),
     ended as (
       delete from unrecorded_file as u using new
       where u.certificate_id = new."certificateId" and u.version = new.version
         and u.certificate_id = any(:certificateId::uuid[])
       returning new.place)
     select place::int, place in (select place from ended) as announced from new`,
    DRAWN.values(diplomas),
  );
  return byPlace(diplomas.length, rows);
});

interface Row {
  place: number;
  sha256: string;
  rendered_at: Date;
}

const diplomaRow = coalescedRead<{ certificateId: string; version: number }, Row>(async (db, keys) => {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select i.place::int as place, d.sha256, d.rendered_at
     from unnest(?::uuid[], ?::integer[]) with ordinality as i(certificate_id, version, place)
     join diploma as d on d.certificate_id = i.certificate_id and d.version = i.version`,
    [keys.map(({ certificateId }) => certificateId), keys.map(({ version }) => version)],
  );
  const byPlace = new Map(rows.map((row) => [row.place - 1, row]));
  return keys.map((_, place) => byPlace.get(place));
});

export async function selectDiploma(
  db: Db,
  certificateId: string,
  version: number,
): Promise<{ sha256: string; renderedAt: Date } | null> {
  const row = await diplomaRow(db, { certificateId, version });
  return row ? { sha256: row.sha256, renderedAt: row.rendered_at } : null;
}

/** SHA-256 of the diploma that was drawn last; null before the first one. Reads the whole table. */
export async function selectNewestDiploma(db: Db): Promise<string | null> {
  return (await db('diploma').orderBy('rendered_at', 'desc').first('sha256'))?.sha256 ?? null;
}
