import { createHash } from 'node:crypto';
import type pg from 'pg';

/** As knex calls it: text, values and perhaps a name of the statement's own. */
interface Statement {
  text: string;
  values?: unknown[];
  name?: string;
}
type Done = (error: Error | null, result?: unknown) => void;

/** A text is named at its second use, so that statements that are made up for one call take no room. */
const NAMED_FROM = 2;
/** Prepared statements a connection may hold; each takes some kilobytes on the server. */
const MOST_NAMED = 400;
/** Further texts are forgotten, so that ever new ones do not fill the memory. */
const MOST_SEEN = 4000;

/** PostgreSQL's message when a migration changed the columns of a prepared `select *`. */
const STALE = 'cached plan must not change result type';

export interface StatementNames {
  /** The name of this text; undefined: it is not prepared. */
  nameOf(text: string): string | undefined;
}

/** Names statements by their text, equal on all connections of a pool. The set of names is bounded. */
export function createStatementNames(mostNamed = MOST_NAMED): StatementNames {
  const names = new Map<string, string>();
  const seen = new Map<string, number>();
  return {
    nameOf(text) {
      const known = names.get(text);
      if (known !== undefined || names.size >= mostNamed) return known;
      const uses = (seen.get(text) ?? 0) + 1;
      if (uses < NAMED_FROM) {
        if (seen.size >= MOST_SEEN) seen.clear();
        seen.set(text, uses);
        return undefined;
      }
      seen.delete(text);
      const name = `g${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
      names.set(text, name);
      return name;
    },
  };
}

/**
 * Makes a connection prepare its statements: the server parses and plans each text once per connection, not once per
 * call. Prepared statements belong to a session, so it must be a real one (not PgBouncer in transaction mode).
 *
 * When a migration changes the columns of a `select *`, the server refuses the prepared statement. Then all statements
 * of the connection get new names; outside a transaction the statement is repeated at once, inside one it fails and the
 * caller's transaction with it.
 */
export function prepareStatements(client: pg.Client, names: StatementNames): void {
  const query = client.query.bind(client) as (statement: unknown, ...rest: unknown[]) => unknown;
  let generation = 0;
  const named = (statement: Statement): Statement => {
    if (statement.name !== undefined || (statement.values?.length ?? 0) === 0) return statement;
    const name = names.nameOf(statement.text);
    return name === undefined ? statement : { ...statement, name: generation === 0 ? name : `${name}.${generation}` };
  };
  const replacement = (statement: Statement | string, done?: Done, ...rest: unknown[]): unknown => {
    if (typeof statement === 'string' || typeof done !== 'function') return query(statement, done, ...rest);
    const prepared = named(statement);
    if (prepared === statement) return query(statement, done);
    return query(prepared, (error: Error | null, result?: unknown) => {
      if (error?.message !== STALE) return done(error, result);
      generation += 1;
      // The connection tells its transaction's status only after this call.
      setImmediate(() => {
        if (client.getTransactionStatus() === 'I') query(named(statement), done);
        else done(error);
      });
    });
  };
  client.query = replacement as typeof client.query;
}
