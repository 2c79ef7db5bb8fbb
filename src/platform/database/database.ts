import knexFactory, { type Knex } from 'knex';
import pg from 'pg';

export interface DatabaseOptions {
  /** PostgreSQL address; a secret, never logged. */
  url: string;
  /** Most connections this process opens. */
  poolMax: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** Longest a single statement may run, in seconds; 0: no limit (migrations). Default 30. */
  statementTimeoutSeconds?: number;
  /** Told of lost connections and the like; silent by default. */
  log?: (message: string) => void;
}

const INT8 = 20;
const DATE = 1082;

/** Whole numbers come as numbers where exact, civil dates as `YYYY-MM-DD`: a Date would move them with the host's zone. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
    if (oid === DATE) return (text: string) => text;
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  }) as typeof pg.types.getTypeParser,
};

/**
 * Opens a pool. Connects lazily; a server that is down or goes away makes queries fail, never the process.
 * `timestamptz` reads as Date, `int8` as number where exact (else string), `date` as `YYYY-MM-DD`, `numeric` as string.
 */
export function openDatabase(options: DatabaseOptions): Knex {
  const { url, poolMax, applicationName, statementTimeoutSeconds = 30, log = () => undefined } = options;
  // knex would write these to the console itself, errors with their whole contents.
  const say = (message: unknown) =>
    log(message instanceof Error ? message.message : (String(message).split('\n')[0] ?? ''));
  return knexFactory({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: 10_000,
      statement_timeout: statementTimeoutSeconds * 1000,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
      types,
    } as Knex.PgConnectionConfig,
    pool: {
      min: 0,
      max: poolMax,
      idleTimeoutMillis: 30_000,
      afterCreate: (client: pg.Client, done: (error: Error | null, client: pg.Client) => void) => {
        // An idle connection's error has nobody else to hear it; the pool notices the dead connection itself.
        client.on('error', () => undefined);
        // A role or database may be set to write dates in another way than the driver reads them.
        // Compiling a statement over all states takes seconds, running it a fraction of one.
        client.query('set datestyle to iso; set jit to off', (error) => done(error, client));
      },
    },
    acquireConnectionTimeout: 15_000,
    log: { warn: say, error: say, deprecate: say, debug: () => undefined },
  });
}

/** Whether the database answers now. */
export async function databaseReady(knex: Knex): Promise<boolean> {
  return knex.raw('select 1').then(
    () => true,
    () => false,
  );
}

const SERIALISATION_FAILURE = '40001';
const DEADLOCK = '40P01';

/**
 * Runs `work` in a transaction and runs it again, at most three times more, when PostgreSQL gave it up for a deadlock
 * or a serialisation failure. `work` must therefore have no effect outside the transaction.
 */
export async function transaction<T>(knex: Knex, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  for (let retriesLeft = 3; ; retriesLeft--) {
    try {
      return await knex.transaction(work);
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (retriesLeft === 0 || (code !== SERIALISATION_FAILURE && code !== DEADLOCK)) throw error;
    }
  }
}
