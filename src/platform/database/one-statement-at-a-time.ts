import type pg from 'pg';

type Done = (error: Error | null, result?: unknown) => void;

/**
 * Lets a connection send a statement only after the answer to the one before. Calls that share a transaction ask at once,
 * and the driver's own queue is deprecated.
 */
export function oneStatementAtATime(client: pg.Client): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const waiting: (() => void)[] = [];
  let busy = false;
  const replacement = (...args: unknown[]): unknown => {
    const done = args.at(-1);
    if (typeof done !== 'function') return query(...args);
    const answered: Done = (error, result) => {
      busy = false;
      try {
        (done as Done)(error, result);
      } finally {
        if (!busy) waiting.shift()?.();
      }
    };
    const send = (): void => {
      busy = true;
      query(...args.slice(0, -1), answered);
    };
    if (busy) waiting.push(send);
    else send();
    return undefined;
  };
  client.query = replacement as typeof client.query;
}
