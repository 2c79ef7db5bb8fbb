import type { Knex } from 'knex';
import type { Artefacts } from '../../ports/artefacts.ts';

/** Stores diplomas in PostgreSQL: one backup contains everything, and any host can serve them. */
export function createPostgresArtefacts(db: Knex): Artefacts {
  return {
    async put(artefacts) {
      const rows = artefacts.map(({ sha256, bytes }) => ({ sha256, bytes }));
      await db('artefact').insert(rows).onConflict('sha256').ignore();
    },
    async get(sha256) {
      return (await db('artefact').where({ sha256 }).first('bytes'))?.bytes ?? null;
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
