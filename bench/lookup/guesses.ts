import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { askMany, JSON_ONLY } from './ask.ts';
import type { Route, Stand } from './stand.ts';

type Say = (line: string) => void;

/** Guesses a number of codes; true when nothing was found, and the server ran at most one statement per guess. */
export async function guessCodes(
  { stand, route, databaseUrl }: { stand: Stand; route: Route; databaseUrl: string },
  count: number,
  say: Say,
): Promise<boolean> {
  const db = openDatabase({ url: databaseUrl, poolMax: 1, applicationName: 'gramota-bench' });
  try {
    await db.raw('create extension if not exists pg_stat_statements');
    await stand.countStatements(true);
    // Each backend reads a new setting before its next statement.
    await sleep(500);
    await db.raw('select pg_stat_statements_reset()');
    const guess = () => `/c/${makeCode(randomInt)}`;
    const asked = await askMany({ url: route.url, connections: 10, headers: JSON_ONLY }, { questions: count }, guess);
    // The queue's housekeeping runs at the same time, in its own schema.
    const { rows } = await db.raw<{ rows: { query: string; calls: number; rows: number }[] }>(
      `select query, calls::float8 as calls, rows::float8 as rows from pg_stat_statements
       where dbid = (select oid from pg_database where datname = current_database())
         and query ~* '\\m(certificate|diploma|lookup_limit)' order by calls desc`,
    );
    await stand.countStatements(false);
    say(
      `${count} guesses in ${asked.seconds.toFixed(1)} s: ${[...asked.statuses].map(([status, n]) => `${n} × ${status}`).join(', ')}`,
    );
    for (const { query, calls, rows: found } of rows)
      say(`  ${calls} × ${query.trim().replace(/\s+/g, ' ').slice(0, 60)}…, ${found} rows`);
    // Guesses of the same moment share a statement, of one of a few lengths.
    const calls = rows.reduce((sum, row) => sum + row.calls, 0);
    const onlyLookups = rows.every((row) => /^\s*select c\.code/.test(row.query) && row.rows === 0);
    return asked.statuses.get(404) === count && onlyLookups && calls > 0 && calls <= count;
  } finally {
    await db.destroy();
  }
}

const ALLOWED = 30;

/**
 * Sends twice the allowed look-ups at once, over two instances behind one proxy, with a forged left part of
 * `X-Forwarded-For` each time; true when exactly the allowed ones were answered.
 */
export async function pressLimit(instances: Route[], say: Say): Promise<boolean> {
  const answers = await Promise.all(
    Array.from({ length: 2 * ALLOWED }, async (_, turn) => {
      const { url } = instances[turn % instances.length] ?? { url: '' };
      const answer = await fetch(`${url}/certificates/lookup?code=${makeCode(randomInt)}`, {
        headers: { ...JSON_ONLY, 'x-forwarded-for': `198.51.100.${turn}, 192.0.2.1` },
      });
      return { status: answer.status, wait: Number(answer.headers.get('retry-after')) };
    }),
  );
  const counted = (status: number) => answers.filter((answer) => answer.status === status).length;
  say(`/certificates/lookup over ${instances.length} instances: ${counted(404)} answered, ${counted(429)} refused`);
  const refusedRightly = answers.every(({ status, wait }) => status !== 429 || (wait >= 1 && wait <= 60));
  return counted(404) === ALLOWED && counted(429) === ALLOWED && refusedRightly;
}
