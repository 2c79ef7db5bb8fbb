import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { refuseHiddenRollback } from './honest-commit.ts';
import { createStatementNames, prepareStatements } from './named-statements.ts';
import { oneStatementAtATime } from './one-statement-at-a-time.ts';

export interface DatabaseOptions {
  /** PostgreSQL connection URL; a secret, never logged. */
  url: string;
  /** Maximum connections of this process. */
  poolMax: number;
  /** Name of the connections in `pg_stat_activity`. */
  applicationName: string;
  /** Maximum duration of a statement in seconds; 0: no limit (migrations). Default 30. */
  statementTimeoutSeconds?: number;
  /** Maximum wait of a statement for a lock in seconds; 0: no limit. Default: 5 less than that of a statement. */
  lockTimeoutSeconds?: number;
  /**
   * Prepares every statement that is used more than once, and plans it once per connection, without looking at its
   * values. For processes that repeat the same statements; one whose best plan depends on its values does not belong
   * there. Default false.
   */
  prepared?: boolean;
  /** Receives messages such as lost connections; default is silent. */
  log?: (message: string) => void;
}

const LOCK_ENDS_EARLIER_SECONDS = 5;

const INT8 = 20;
const DATE = 1082;

/**
 * Whole numbers become numbers when exact; dates stay `YYYY-MM-DD`, because a Date would shift them by the host's
 * zone.
 */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
    if (oid === DATE) return (text: string) => text;
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  }) as typeof pg.types.getTypeParser,
};

/**
 * Opens a pool. It connects lazily; when the server is down, queries fail but the process goes on. `timestamptz`
 * becomes Date, `int8` a number when exact (else string), `date` a string `YYYY-MM-DD`, `numeric` a string.
 */
export function openDatabase(options: DatabaseOptions): Knex {
  const { url, poolMax, applicationName, statementTimeoutSeconds = 30, prepared = false } = options;
  const { lockTimeoutSeconds = Math.max(statementTimeoutSeconds - LOCK_ENDS_EARLIER_SECONDS, 0) } = options;
  const { log = () => undefined } = options;
  const names = prepared ? createStatementNames() : null;
  // The driver requires ISO dates, and a role or database may have another setting. JIT is off because compiling a
  // statement over all states takes seconds, and running it much less. A wait for a lock ends first, so that it has an
  // error of its own. These are statements, because PgBouncer refuses a connection that begins with such settings.
  const setUp = Object.entries({
    datestyle: 'iso',
    jit: 'off',
    plan_cache_mode: names === null ? 'auto' : 'force_generic_plan',
    // A plan is kept while the table grows: one that reads it all, made when it was nearly empty, must not be chosen.
    enable_seqscan: names === null ? 'default' : 'off',
    statement_timeout: statementTimeoutSeconds * 1000,
    lock_timeout: lockTimeoutSeconds * 1000,
    idle_in_transaction_session_timeout: 60_000,
  })
    .map(([name, value]) => `set ${name} to ${value}`)
    .join('; ');
  // Otherwise knex would write these messages to the console, with all data of an error.
  const say = (message: unknown) =>
    log(message instanceof Error ? message.message : (String(message).split('\n')[0] ?? ''));
  return knexFactory({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      types,
    } as Knex.PgConnectionConfig,
    pool: {
      min: 0,
      max: poolMax,
      idleTimeoutMillis: 30_000,
      afterCreate: (client: pg.Client, done: (error: Error | null, client: pg.Client) => void) => {
        // An idle connection's error has no other listener; the pool replaces the dead connection itself.
        client.on('error', () => undefined);
        client.query(setUp, (error) => done(error, client));
        oneStatementAtATime(client);
        refuseHiddenRollback(client);
        if (names !== null) prepareStatements(client, names);
      },
    },
    acquireConnectionTimeout: 15_000,
    log: { warn: say, error: say, deprecate: say, debug: () => undefined },
  });
}

export async function databaseReady(knex: Knex): Promise<boolean> {
  return knex.raw('select 1').then(
    () => true,
    () => false,
  );
}

const SERIALISATION_FAILURE = '40001';
export const DEADLOCK = '40P01';

/**
 * Runs `work` in a transaction, and retries it at most three times after a deadlock or serialization failure.
 * Therefore `work` must have no effects outside the transaction.
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
