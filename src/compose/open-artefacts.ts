import { fileURLToPath } from 'node:url';
import { createFileArtefacts } from '../adapters/artefacts/file-artefacts.ts';
import { createPostgresArtefacts } from '../adapters/artefacts/postgres-artefacts.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { Db } from '../records/rows.ts';

/** The store that ARTEFACTS_URL names, by its scheme; `config.ts` accepts the same schemes. */
export function openArtefacts(url: string, db: Db): Artefacts {
  if (url.startsWith('file:')) return createFileArtefacts(fileURLToPath(url));
  return createPostgresArtefacts(db);
}
