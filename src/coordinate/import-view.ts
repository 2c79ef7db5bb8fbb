import type { z } from 'zod';
import { VERDICTS } from '../domain/import/verdict.ts';
import { countImportResults, type ImportRow } from '../records/imports/import-rows.ts';
import { type ImportRecord, selectAppliedTwin } from '../records/imports/imports.ts';
import type { Db } from '../records/rows.ts';
import { stateOfImport } from './apply-import.ts';
import type { ImportRowView, ImportView } from './import-schema.ts';

export async function viewImport(db: Db, one: ImportRecord): Promise<ImportView> {
  const twin = await selectAppliedTwin(db, one);
  const { id, form, kind, sha256, actor, headingRow, unusedHeadings } = one;
  const results = await countImportResults(db, id);
  return {
    ...{ id, form, kind, sha256, actor, headingRow, unusedHeadings },
    state: stateOfImport(one),
    sameFileAs: twin && {
      id: twin.id,
      actor: twin.appliedBy ?? '-',
      at: (twin.applyStartedAt ?? twin.createdAt).toISOString(),
    },
    createdAt: one.createdAt.toISOString(),
    counts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, one.counts[verdict] ?? 0])) as ImportView['counts'],
    results: { applied: 0, changed: 0, refused: 0, ...results },
    appliedBy: one.appliedBy,
    appliedAt: one.applyStartedAt?.toISOString() ?? null,
    finishedAt: one.applyFinishedAt?.toISOString() ?? null,
    forgottenAt: one.forgottenAt?.toISOString() ?? null,
  };
}

export function viewImportRow({ values: _, ...row }: ImportRow): z.infer<typeof ImportRowView> {
  return row;
}
