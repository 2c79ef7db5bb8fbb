import { databaseReady } from '../platform/database/database.ts';
import { schemaState } from '../platform/database/schema-migrations.ts';
import type { Readiness } from '../platform/http/readiness.ts';
import type { Base } from './open-base.ts';

/**
 * What must hold for this process to get requests or jobs.
 * @param leaving aborts when the process is asked to stop; from then on it is not ready
 */
export function readinessOf({ db, jobs }: Pick<Base, 'db' | 'jobs'>, leaving: AbortSignal): Readiness {
  return {
    process: async () => !leaving.aborted || 'it is stopping',
    database: () => databaseReady(db),
    migrations: async () => {
      const state = await schemaState(db);
      return state === 'current' || `the schema is ${state}; run "gramota migrate"`;
    },
    queue: () => jobs.isReady(),
  };
}
