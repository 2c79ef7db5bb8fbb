import { stringify } from 'csv-stringify/sync';
import { isResolved } from '../domain/certificate/certificate-state.ts';
import { type Language, messageIn } from '../domain/messages/message.ts';
import { type Cell, type WorkbookSheet, workbook } from '../platform/sheet/workbook.ts';
import {
  certificatesById,
  certificatesOf,
  lettersOf,
  type RegisterRow,
  type WithoutCertificate,
  withoutCertificate,
} from '../records/certificates/register-rows.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { inert } from './inert-cell.ts';
import {
  CERTIFICATES,
  COUNTS,
  type Count,
  cellsOf,
  columnsOf,
  DELIVERY,
  UNRESOLVED,
  type Unresolved,
} from './register-columns.ts';

export interface RegisterOptions {
  releaseId: string;
  language: Language;
  /** When the snapshot was taken. */
  at: Date;
  /** Receives every row of the register, for what else is made of it. */
  onRow?: (row: RegisterRow) => void;
}

const IDS_AT_ONCE = 500;

/**
 * The register of a release as a workbook, from one snapshot: a row per certificate, everything unresolved and who has no
 * certificate, all letters, and counts that add up. Memory does not grow with the rows but for the ids of unresolved certificates.
 */
export function registerWorkbook(
  snapshot: Snapshot,
  { releaseId, language, at, onRow }: RegisterOptions,
): AsyncGenerator<Buffer> {
  const unresolvedIds: string[] = [];
  const counted = new Tally();
  async function* certificates(): AsyncGenerator<Cell[][]> {
    for await (const rows of certificatesOf(snapshot, releaseId)) {
      for (const row of rows) {
        counted.add(row, true);
        onRow?.(row);
        if (!isResolved(row.state, row)) unresolvedIds.push(row.id);
      }
      yield cellsOf(CERTIFICATES, rows, language);
    }
  }
  async function* unresolved(): AsyncGenerator<Cell[][]> {
    for (let from = 0; from < unresolvedIds.length; from += IDS_AT_ONCE) {
      const rows = await certificatesById(snapshot, unresolvedIds.slice(from, from + IDS_AT_ONCE));
      yield cellsOf(UNRESOLVED, rows.map(asUnresolved), language);
    }
    for await (const rows of withoutCertificate(snapshot, releaseId)) {
      for (const row of rows) counted.add(row, false);
      yield cellsOf(
        UNRESOLVED,
        rows.map((row) => ({ ...row, number: null })),
        language,
      );
    }
  }
  async function* letters(): AsyncGenerator<Cell[][]> {
    for await (const rows of lettersOf(snapshot, releaseId)) yield cellsOf(DELIVERY, rows, language);
  }
  async function* counts(): AsyncGenerator<Cell[][]> {
    yield cellsOf(COUNTS, counted.rows(releaseId, at), language);
  }
  const sheets: WorkbookSheet[] = [
    {
      name: messageIn(language, 'register.sheet.certificates'),
      columns: columnsOf(CERTIFICATES, language),
      rows: certificates(),
    },
    {
      name: messageIn(language, 'register.sheet.unresolved'),
      columns: columnsOf(UNRESOLVED, language),
      rows: unresolved(),
    },
    { name: messageIn(language, 'register.sheet.delivery'), columns: columnsOf(DELIVERY, language), rows: letters() },
    // Written last, because the other sheets count.
    { name: messageIn(language, 'register.sheet.counts'), columns: columnsOf(COUNTS, language), rows: counts() },
  ];
  return workbook(sheets, { more: messageIn(language, 'register.more'), date: at });
}

/** The rows of the register's first sheet as CSV (RFC 4180, UTF-8 with BOM for spreadsheets). */
export async function* registerCsv(
  snapshot: Snapshot,
  { releaseId, language, onRow }: RegisterOptions,
): AsyncGenerator<Buffer> {
  const csv = (rows: readonly (readonly Cell[])[], bom: boolean): Buffer =>
    Buffer.from(
      stringify(
        rows.map((row) => row.map(inert)),
        { bom, record_delimiter: '\r\n' },
      ),
    );
  yield csv([columnsOf(CERTIFICATES, language).map(({ title }) => title)], true);
  for await (const rows of certificatesOf(snapshot, releaseId)) {
    for (const row of rows) onRow?.(row);
    yield csv(cellsOf(CERTIFICATES, rows, language), false);
  }
}

function asUnresolved({ facts, ...row }: RegisterRow): Unresolved {
  return { ...row, fullName: facts?.holderName ?? null, latinName: facts?.latinName ?? null };
}

/** Counts by state, and by country and template within. */
class Tally {
  readonly #counts = { certificates: 0, without: 0 };
  readonly #groups = {
    state: new Map<string, number>(),
    country: new Map<string, number>(),
    template: new Map<string, number>(),
  };

  add({ state, country, template }: Pick<WithoutCertificate, 'state' | 'country' | 'template'>, has: boolean): void {
    this.#counts[has ? 'certificates' : 'without'] += 1;
    const add = (group: Map<string, number>, key: string) => group.set(key, (group.get(key) ?? 0) + 1);
    add(this.#groups.state, `\t${state}`);
    add(this.#groups.country, `${country ?? 'unknown'}\t${state}`);
    add(this.#groups.template, `${template ?? 'none'}\t${state}`);
  }

  rows(releaseId: string, at: Date): Count[] {
    const { certificates, without } = this.#counts;
    const none = { key: null, state: null, count: null };
    return [
      { ...none, section: 'register.of.release', key: releaseId },
      { ...none, section: 'register.of.time', key: at.toISOString() },
      { ...none, section: 'register.of.studentGroups', count: certificates + without },
      { ...none, section: 'register.of.certificates', count: certificates },
      { ...none, section: 'register.of.without', count: without },
      ...(['state', 'country', 'template'] as const).flatMap((by) =>
        [...this.#groups[by]].sort().map(([group, count]): Count => {
          const [key = '', state = ''] = group.split('\t');
          return { section: `register.of.${by}`, key: key || null, state, count };
        }),
      ),
    ];
  }
}
