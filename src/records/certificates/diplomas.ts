import type { Artefacts } from '../../ports/artefacts.ts';
import type { Db } from '../rows.ts';

/** Stores a template's contents under their hash, with its faces; what is there already is the same by definition. */
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

/**
 * Records a drawn diploma with its bytes and those of its credential; false when that version was drawn before, in which
 * case the first bytes stay. Stored bytes are never drawn again.
 */
export async function recordDiploma(
  trx: Db,
  diploma: {
    certificateId: string;
    version: number;
    sha256: string;
    bytes: Buffer;
    credential?: StoredCredential | null;
  },
  at: Date,
): Promise<boolean> {
  await trx('artefact').insert({ sha256: diploma.sha256, bytes: diploma.bytes }).onConflict('sha256').ignore();
  const rows = await trx('diploma')
    .insert({
      certificate_id: diploma.certificateId,
      version: diploma.version,
      sha256: diploma.sha256,
      bytes: diploma.bytes.length,
      rendered_at: at,
    })
    .onConflict(['certificate_id', 'version'])
    .ignore()
    .returning('sha256');
  if (rows.length === 0) return false;
  if (diploma.credential) await recordCredential(trx, diploma, diploma.credential);
  return true;
}

/** One text of a credential; `sha256` is lower-case hex over its UTF-8 bytes. */
export interface StoredText {
  sha256: string;
  bytes: Buffer;
}
/** Both forms of a diploma's credential, as attached to it. */
export interface StoredCredential {
  json: StoredText;
  jwt: StoredText;
}

async function recordCredential(
  trx: Db,
  { certificateId, version }: { certificateId: string; version: number },
  { json, jwt }: StoredCredential,
): Promise<void> {
  for (const { sha256, bytes } of [json, jwt])
    await trx('artefact').insert({ sha256, bytes }).onConflict('sha256').ignore();
  await trx('diploma_credential').insert({
    certificate_id: certificateId,
    version,
    json_sha256: json.sha256,
    jwt_sha256: jwt.sha256,
  });
}

export async function selectDiploma(
  db: Db,
  certificateId: string,
  version: number,
): Promise<{ sha256: string; renderedAt: Date } | null> {
  const row = await db('diploma').where({ certificate_id: certificateId, version }).first('sha256', 'rendered_at');
  return row ? { sha256: row.sha256, renderedAt: row.rendered_at } : null;
}

/** Diplomas kept in PostgreSQL: one backup holds everything and any host can serve them. */
export function postgresArtefacts(db: Db): Artefacts {
  return {
    async get(sha256) {
      return (await db('artefact').where({ sha256 }).first('bytes'))?.bytes ?? null;
    },
  };
}
