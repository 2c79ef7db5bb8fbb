import { fileURLToPath } from 'node:url';
import { createFileArtefacts } from '../adapters/artefacts/file-artefacts.ts';
import { createPostgresArtefacts } from '../adapters/artefacts/postgres-artefacts.ts';
import type { ArtefactsScheme } from '../config.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { Db } from '../records/rows.ts';

const OPEN: Record<ArtefactsScheme, (url: string, db: Db) => Artefacts> = {
  'postgres:': (_url, db) => createPostgresArtefacts(db),
  'file:': (url) => createFileArtefacts(fileURLToPath(url)),
};

/** The store that ARTEFACTS_URL names, by its scheme; `config.ts` has refused every other scheme. */
export function openArtefacts(url: string, db: Db): Artefacts {
  return OPEN[new URL(url).protocol as ArtefactsScheme](url, db);
}
