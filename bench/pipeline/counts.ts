import { setInterval } from 'node:timers';
import type { Db } from '../../src/records/rows.ts';
import type { OwnDatabase } from '../../test/support/own-database.ts';

export interface Statement {
  query: string;
  calls: number;
  /** Milliseconds. */
  planned: number;
  ran: number;
}

export interface Counted {
  statements: Statement[];
  /** Statements, `begin` and `commit` included. */
  calls: number;
  transactions: number;
  planMs: number;
  runMs: number;
  walBytes: number;
  /** Seconds that sessions waited for locks of rows and transactions, by samples. */
  lockSeconds: number;
}

/** Seldom, because the samples themselves count as work of PostgreSQL: ten a second took 0.8 ms a letter. */
const SAMPLE_MS = 500;

/** Lets the server count statements, with the time of their planning. It stays durable (`fsync` on). */
export async function prepareServer(server: OwnDatabase, admin: Db): Promise<void> {
  const settings = {
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.track': 'all',
    'pg_stat_statements.track_planning': 'on',
    'pg_stat_statements.max': '10000',
    max_wal_size: '4GB',
  };
  for (const [name, value] of Object.entries(settings)) await admin.raw(`alter system set ${name} = '${value}'`);
  await admin.destroy();
  await server.restart('stop');
}

interface Start {
  wal: string;
  transactions: number;
  lockSeconds(): number;
}

export async function openCounts(admin: Db, database: string): Promise<Start> {
  await admin.raw('create extension if not exists pg_stat_statements');
  await admin.raw('select pg_stat_statements_reset()');
  let waited = 0;
  const timer = setInterval(async () => {
    const { rows } = await admin.raw(
      `select count(*)::int as n from pg_stat_activity where datname = ? and wait_event_type = 'Lock'`,
      [database],
    );
    waited += (rows[0].n * SAMPLE_MS) / 1000;
  }, SAMPLE_MS);
  return {
    ...(await position(admin, database)),
    lockSeconds() {
      clearInterval(timer);
      return waited;
    },
  };
}

export async function countStatements(admin: Db, database: string, start: Start): Promise<Counted> {
  const lockSeconds = start.lockSeconds();
  const end = await position(admin, database);
  const { rows } = await admin.raw<{ rows: Statement[] }>(
    `select query, calls::int, total_plan_time as planned, total_exec_time as ran
     from pg_stat_statements s join pg_database d on d.oid = s.dbid
     where d.datname = ? and s.toplevel order by total_plan_time + total_exec_time desc`,
    [database],
  );
  const sum = (read: (row: Statement) => number) => rows.reduce((total, row) => total + read(row), 0);
  const { rows: wal } = await admin.raw('select pg_wal_lsn_diff(?, ?)::float8 as bytes', [end.wal, start.wal]);
  return {
    statements: rows,
    calls: sum(({ calls }) => calls),
    planMs: sum(({ planned }) => planned),
    runMs: sum(({ ran }) => ran),
    transactions: end.transactions - start.transactions,
    walBytes: wal[0].bytes,
    lockSeconds,
  };
}

async function position(admin: Db, database: string): Promise<{ wal: string; transactions: number }> {
  const { rows } = await admin.raw(
    `select pg_current_wal_lsn()::text as wal, (xact_commit + xact_rollback)::int as transactions
     from pg_stat_database where datname = ?`,
    [database],
  );
  return rows[0];
}
