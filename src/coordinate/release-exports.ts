import type { Language } from '../domain/messages/message.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Db } from '../records/rows.ts';
import { inSnapshot, type Snapshot } from '../records/snapshot.ts';
import { recordAct } from '../records/tokens.ts';
import { diplomasZip } from './diplomas-zip.ts';
import { registerLines } from './register-line.ts';
import { type RegisterOptions, registerCsv, registerWorkbook } from './release-register.ts';

export interface ExportContext {
  db: Db;
  artefacts: Artefacts;
  clock: Pick<Clock, 'now'>;
  newId: () => string;
}

export const EXPORT_FORMS = ['xlsx', 'csv', 'jsonl', 'zip'] as const;
export type ExportForm = (typeof EXPORT_FORMS)[number];

export interface ExportRequest {
  releaseId: string;
  form: ExportForm;
  language: Language;
  /** As stored in the audit record. */
  actor: string;
  /** Called for each certificate that was written. */
  onRow?: () => void;
}

/**
 * Records who exports what, and returns the bytes of the export, which are made while they are read. A reader that stops early ends
 * the query.
 */
export async function exportRelease(ctx: ExportContext, request: ExportRequest): Promise<AsyncGenerator<Buffer>> {
  const { releaseId, form, language, actor, onRow = () => undefined } = request;
  const { db, artefacts } = ctx;
  const at = ctx.clock.now();
  const verb = form === 'zip' ? 'release.export-diplomas' : 'release.export-register';
  await recordAct(db, { id: ctx.newId(), actor, verb, subject: releaseId, reason: null, detail: { form } }, at);
  if (form === 'zip') return diplomasZip(ctx, { releaseId, language, at, onFile: onRow });
  const options: RegisterOptions = { releaseId, language, at, onRow };
  const register = {
    xlsx: (snapshot: Snapshot) => registerWorkbook(snapshot, options),
    csv: (snapshot: Snapshot) => registerCsv(snapshot, options),
    jsonl: (snapshot: Snapshot) => registerLines({ snapshot, artefacts }, options),
  }[form];
  return inSnapshot(db, register);
}
