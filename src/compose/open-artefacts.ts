import { fileURLToPath } from 'node:url';
import { createFileArtefacts } from '../adapters/artefacts/file-artefacts.ts';
import { createPostgresArtefacts } from '../adapters/artefacts/postgres-artefacts.ts';
import { createS3Artefacts } from '../adapters/artefacts/s3-artefacts.ts';
import type { ArtefactsScheme, Config } from '../config.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { Db } from '../records/rows.ts';

const OPEN: Record<ArtefactsScheme, (config: Config, db: Db) => Artefacts> = {
  'postgres:': (_config, db) => createPostgresArtefacts(db),
  'file:': ({ ARTEFACTS_URL }) => createFileArtefacts(fileURLToPath(ARTEFACTS_URL)),
  's3:': (config) =>
    createS3Artefacts(config.ARTEFACTS_URL.slice('s3://'.length), {
      endpoint: config.AWS_ENDPOINT_URL_S3,
      region: config.AWS_REGION,
      accessKeyId: config.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: config.AWS_SECRET_ACCESS_KEY ?? '',
    }),
};

/** The store that ARTEFACTS_URL names, by its scheme; `config.ts` has refused every other scheme. */
export function openArtefacts(config: Config, db: Db): Artefacts {
  return OPEN[new URL(config.ARTEFACTS_URL).protocol as ArtefactsScheme](config, db);
}
