import type pg from 'pg';

type Done = (error: Error | null, result?: { command?: string }) => void;

/** The transaction had a failed statement whose error nobody passed on; the server rolled it back. */
export class RolledBack extends Error {
  override readonly name = 'RolledBack';

  constructor() {
    super('nothing was committed, because a statement of the transaction had failed');
  }
}

/**
 * Makes a commit fail that commits nothing: after a failed statement the server answers COMMIT with ROLLBACK, and knex
 * does not look. In a shared transaction one call that hides an error would otherwise undo what others were told is done.
 */
export function refuseHiddenRollback(client: pg.Client): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const replacement = (...args: unknown[]): unknown => {
    const done = args.at(-1);
    const [statement] = args as [string | { text?: string }];
    const text = typeof statement === 'string' ? statement : statement.text;
    if (typeof done !== 'function' || text !== 'COMMIT;') return query(...args);
    const answered: Done = (error, result) =>
      (done as Done)(error ?? (result?.command === 'ROLLBACK' ? new RolledBack() : null), result);
    return query(...args.slice(0, -1), answered);
  };
  client.query = replacement as typeof client.query;
}
