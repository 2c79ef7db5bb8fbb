import type { DeliveryReport } from '../../domain/letter/delivery.ts';
import type { DeliveryPage } from '../../ports/mail.ts';
import type { DeliveryMap } from './delivery-map.ts';
import { type ApiObject, flagOf, idOf, quoteSafely, readMoscowTime, wireText } from './wire.ts';

/** Maximum rows per `stat.uni` query; longer results are cut without notice. */
export const LARGEST_PAGE = 1000;

/** Body of a `stat.uni` query: delivery results of an issue's letters. */
export function deliveriesBody(map: DeliveryMap, page: { issueId: string; first: number; skip: number }): ApiObject {
  const { letter, issue } = map.select;
  return {
    action: 'stat.uni',
    result: 'response',
    select: fieldsOf(map),
    filter: [{ a: issue, op: '==', v: page.issueId }],
    order: [letter],
    first: Math.min(page.first, LARGEST_PAGE),
    skip: page.skip,
  };
}

/** Rows of an answer, each a list in the order of the requested fields. Null when it has no list of rows. */
export function deliveriesOf(map: DeliveryMap, content: ApiObject): DeliveryPage | null {
  const list = content['list'];
  if (!Array.isArray(list)) return null;
  const rows = list.map((row) => reportOf(map, row));
  const reports = rows.filter((row) => row !== null);
  return { reports, unreadable: rows.length - reports.length, lastPage: flagOf(content['last_page']) };
}

function fieldsOf({ select }: DeliveryMap): string[] {
  return [select.letter, select.issue, select.status, select.at, select.detail].filter((name) => name !== null);
}

function reportOf(map: DeliveryMap, row: unknown): DeliveryReport | null {
  const fields = fieldsOf(map);
  if (!Array.isArray(row) || row.length < fields.length) return null;
  const cell = (name: string | null): unknown => (name === null ? null : row[fields.indexOf(name)]);
  const letter = idOf(cell(map.select.letter));
  const issueId = idOf(cell(map.select.issue));
  if (letter === null || issueId === null) return null;
  const value = cell(map.select.status);
  const status = typeof value === 'boolean' ? String(value) : (wireText(value)?.trim() ?? '');
  return {
    letter,
    issueId,
    outcome: map.outcomes.get(status) ?? 'unknown',
    at: readMoscowTime(cell(map.select.at)),
    code: codeOf(wireText(cell(map.select.detail))),
    status: quoteSafely(status).slice(0, 60),
  };
}

/** Keeps only the status code of a receiving server's text; the rest may contain the address. */
function codeOf(text: string | null): string | null {
  return /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(text ?? '')?.[0] ?? /\b[45]\d\d\b/.exec(text ?? '')?.[0] ?? null;
}
