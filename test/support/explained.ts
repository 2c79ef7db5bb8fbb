import type { Db } from '../../src/records/rows.ts';

/** One node of a plan, as `explain (format json)` writes it. */
interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** A statement as it was run, and its plan. */
export interface Explained {
  sql: string;
  /** Tables that are read from end to end. */
  scanned: string[];
  /** Pages that running it again read, from memory or disk. */
  pages: number;
  /** Rows of tables and indexes that it looked at, matching or not. */
  rows: number;
}

/** Runs `act`, then explains every statement that it ran on this pool. */
export async function explained(db: Db, act: () => Promise<unknown>): Promise<Explained[]> {
  const ran: { sql: string; bindings: unknown[] }[] = [];
  const note = ({ sql, bindings }: { sql: string; bindings?: unknown[] }) =>
    void ran.push({ sql, bindings: bindings ?? [] });
  db.on('query', note);
  await act().finally(() => db.off('query', note));
  const all: Explained[] = [];
  for (const { sql, bindings } of ran.filter(({ sql }) => /^\s*(select|with)\b/i.test(sql)))
    all.push(await explain(db, sql, bindings));
  return all;
}

async function explain(db: Db, sql: string, bindings: unknown[]): Promise<Explained> {
  const client = await db.client.acquireConnection();
  try {
    const { rows } = await client.query(`explain (analyze, buffers, timing off, format json) ${sql}`, bindings);
    const root: PlanNode = rows[0]['QUERY PLAN'][0].Plan;
    // PostgreSQL 15 keeps branches in the plan that can never run, such as those of a certificate that does not exist.
    const scanned = nodes(root).flatMap((node) =>
      node['Node Type'] === 'Seq Scan' && node['Actual Loops'] !== 0 ? (node['Relation Name'] ?? []) : [],
    );
    const pages = (root['Shared Hit Blocks'] ?? 0) + (root['Shared Read Blocks'] ?? 0);
    return {
      sql,
      scanned: [...new Set(scanned)],
      pages,
      rows: nodes(root).reduce((sum, node) => sum + looked(node), 0),
    };
  } finally {
    await db.client.releaseConnection(client);
  }
}

/** Rows of a node that reads a table; a bitmap of rows is counted by the node that reads them. */
function looked(node: PlanNode): number {
  if (!/ Scan$/.test(node['Node Type']) || node['Relation Name'] === undefined) return 0;
  return ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1);
}

const nodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
