import type { Knex } from 'knex';
import { coalescedRead, groupedStatement } from '../../platform/database/coalesced-reads.ts';
import type { Artefact, Artefacts } from '../../ports/artefacts.ts';

/** Files of so many diplomas go to the database together: each number of rows is a statement of its own to prepare. */
const MOST_TOGETHER = 8;

const stored = groupedStatement<readonly Artefact[], void>(
  async (db, files) => {
    // Everywhere in the same order, so that two workers with the same files cannot deadlock.
    const byHash = new Map(files.flat().map(({ sha256, bytes }) => [sha256, { sha256, bytes }]));
    const rows = [...byHash.keys()].sort().map((sha256) => byHash.get(sha256));
    await db('artefact').insert(rows).onConflict('sha256').ignore();
    return [];
  },
  { most: MOST_TOGETHER },
);

const bytesOf = coalescedRead(async (db, sha256s: string[]) => {
  const { rows } = await db.raw<{ rows: { sha256: string; bytes: Buffer }[] }>(
    'select sha256, bytes from artefact where sha256 = any(?::text[])',
    [sha256s],
  );
  const byHash = new Map(rows.map(({ sha256, bytes }) => [sha256, bytes]));
  return sha256s.map((sha256) => byHash.get(sha256));
});

/** Stores diplomas in PostgreSQL: one backup contains everything, and any host can serve them. */
export function createPostgresArtefacts(db: Knex): Artefacts {
  return {
    async put(artefacts) {
      await stored(db, artefacts);
    },
    async get(sha256) {
      return (await bytesOf(db, sha256)) ?? null;
    },
    async has(sha256) {
      return (await db('artefact').where({ sha256 }).first('sha256')) !== undefined;
    },
    async remove(sha256s) {
      await db('artefact')
        .whereIn('sha256', [...sha256s])
        .delete();
    },
    // The caller has opened and checked the database already.
    async ready() {},
  };
}
