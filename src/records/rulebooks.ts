import { z } from 'zod';
import { LocalizedText, Release } from '../domain/student-group/student-group.ts';
import { type Db, parseRow } from './rows.ts';

const StoredRulebook = z
  .object({
    hash: z.string(),
    criteria: z.string(),
    countries: z.string(),
    issuer_name: LocalizedText,
    issuer_prints: z.record(z.string(), z.unknown()).nullable(),
    templates: z.record(z.string(), z.object({ language: z.string(), hash: z.string() })),
  })
  .transform(({ issuer_name: issuerName, issuer_prints: issuerPrints, ...row }) => ({
    ...row,
    issuerName,
    issuerPrints,
  }));
/** The deciding rules as read: the texts of criteria.yaml and countries.yaml, and other inputs of judgements. */
export type StoredRulebook = z.infer<typeof StoredRulebook>;

/** Stores rules by hash; existing ones are equal by definition. */
export async function publishRulebook(db: Db, rulebook: StoredRulebook): Promise<void> {
  await db('rulebook')
    .insert({
      hash: rulebook.hash,
      criteria: rulebook.criteria,
      countries: rulebook.countries,
      issuer_name: JSON.stringify(rulebook.issuerName),
      issuer_prints: rulebook.issuerPrints && JSON.stringify(rulebook.issuerPrints),
      templates: JSON.stringify(rulebook.templates),
    })
    .onConflict('hash')
    .ignore();
}

export async function selectRulebook(db: Db, hash: string): Promise<StoredRulebook | null> {
  return parseRow(StoredRulebook, await db('rulebook').where({ hash }).first());
}

/** Stores a judged release by the hash of its text. */
export async function storeReleaseSnapshot(db: Db, hash: string, release: Release): Promise<void> {
  await db('release_snapshot')
    .insert({ hash, snapshot: JSON.stringify(release) })
    .onConflict('hash')
    .ignore();
}

export async function selectReleaseSnapshot(db: Db, hash: string): Promise<Release | null> {
  const row = await db('release_snapshot').where({ hash }).first('snapshot');
  return parseRow(Release, row?.snapshot);
}
