import { type Language, type MessageCode, messageIn, translate } from '../domain/messages/message.ts';
import type { Cell, WorkbookColumn } from '../platform/sheet/workbook.ts';
import type { RegisterLetter, RegisterRow, WithoutCertificate } from '../records/certificates/register-rows.ts';

/** A column of an exported table: its title is the message `register.…`. */
interface Field<Row> {
  title: Extract<MessageCode, `register.${string}`>;
  /** In characters. */
  width: number;
  cell: (row: Row, language: Language) => Cell;
}

/** One row per certificate. */
export const CERTIFICATES: readonly Field<RegisterRow>[] = [
  { title: 'register.number', width: 16, cell: (row) => row.number },
  { title: 'register.name', width: 36, cell: (row) => row.facts?.holderName ?? null },
  { title: 'register.latinName', width: 36, cell: (row) => row.facts?.latinName ?? null },
  { title: 'register.country', width: 9, cell: (row) => row.country },
  { title: 'register.course', width: 40, cell: (row) => row.facts?.courseTitle ?? null },
  { title: 'register.hours', width: 8, cell: (row) => row.facts?.hoursTotal ?? null },
  { title: 'register.issueDate', width: 13, cell: (row) => row.issueDate },
  { title: 'register.state', width: 12, cell: (row) => row.state },
  { title: 'register.link', width: 60, cell: (row) => row.facts?.lookupUrl ?? null },
  { title: 'register.sha256', width: 66, cell: (row) => (row.facts === null ? null : (row.diploma?.sha256 ?? null)) },
  { title: 'register.version', width: 9, cell: (row) => row.version },
  { title: 'register.validUntil', width: 13, cell: (row) => row.facts?.validUntil?.slice(0, 10) ?? null },
  { title: 'register.studentGroup', width: 20, cell: (row) => row.studentGroupId },
  { title: 'register.reasonCode', width: 20, cell: (row) => row.reason?.code ?? null },
];

/** Who is not finished, or has no certificate; `number` is null where there is none. */
export interface Unresolved extends WithoutCertificate {
  number: string | null;
}

export const UNRESOLVED: readonly Field<Unresolved>[] = [
  { title: 'register.studentGroup', width: 20, cell: (row) => row.studentGroupId },
  { title: 'register.student', width: 20, cell: (row) => row.studentId },
  { title: 'register.name', width: 36, cell: (row) => row.fullName },
  { title: 'register.latinName', width: 36, cell: (row) => row.latinName },
  { title: 'register.country', width: 9, cell: (row) => row.country },
  { title: 'register.state', width: 12, cell: (row) => row.state },
  { title: 'register.reasonCode', width: 20, cell: (row) => row.reason?.code ?? null },
  { title: 'register.reason', width: 80, cell: (row, language) => translated(row.reason?.detail, language) },
  { title: 'register.nextAt', width: 21, cell: (row) => instant(row.nextAt) },
  { title: 'register.number', width: 16, cell: (row) => row.number },
];

/** One row per letter. */
export const DELIVERY: readonly Field<RegisterLetter>[] = [
  { title: 'register.number', width: 16, cell: (row) => row.number },
  { title: 'register.name', width: 36, cell: (row) => row.holderName },
  { title: 'register.recipient', width: 36, cell: (row) => row.recipient },
  { title: 'register.purpose', width: 10, cell: (row) => row.purpose },
  { title: 'register.version', width: 9, cell: (row) => row.version },
  { title: 'register.state', width: 12, cell: (row) => row.state },
  { title: 'register.dueAt', width: 21, cell: (row) => instant(row.dueAt) },
  { title: 'register.sendAfter', width: 21, cell: (row) => instant(row.sendAfter) },
  { title: 'register.shiftReason', width: 40, cell: (row, language) => translated(row.shiftReason, language) },
  { title: 'register.acceptedAt', width: 21, cell: (row) => instant(row.acceptedAt) },
  { title: 'register.sentAt', width: 21, cell: (row) => instant(row.sentAt) },
  { title: 'register.deliveredAt', width: 21, cell: (row) => instant(row.deliveredAt) },
  { title: 'register.bouncedAt', width: 21, cell: (row) => instant(row.bouncedAt) },
  { title: 'register.reasonCode', width: 20, cell: (row) => row.reasonCode },
  { title: 'register.reason', width: 80, cell: (row, language) => translated(row.reasonDetail, language) },
];

/** One number of the summary. */
export interface Count {
  section: Extract<MessageCode, `register.of.${string}`>;
  key: string | null;
  state: string | null;
  count: number | null;
}

export const COUNTS: readonly Field<Count>[] = [
  { title: 'register.section', width: 22, cell: (row, language) => messageIn(language, row.section) },
  { title: 'register.key', width: 30, cell: (row) => row.key },
  { title: 'register.state', width: 12, cell: (row) => row.state },
  { title: 'register.count', width: 12, cell: (row) => row.count },
];

export function columnsOf<Row>(fields: readonly Field<Row>[], language: Language): WorkbookColumn[] {
  return fields.map(({ title, width }) => ({ title: messageIn(language, title), width }));
}

export function cellsOf<Row>(fields: readonly Field<Row>[], rows: readonly Row[], language: Language): Cell[][] {
  return rows.map((row) => fields.map(({ cell }) => cell(row, language)));
}

const instant = (time: Date | null): string | null => time?.toISOString().replace(/\.\d{3}Z$/, 'Z') ?? null;

const translated = (text: string | null | undefined, language: Language): string | null =>
  text ? translate(text, language) : null;
