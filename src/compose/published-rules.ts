import { issuerPrints } from '../adapters/templates-dir/load-rulebook.ts';
import { bundleFromRow, storedAssets, type TemplateBundle } from '../diploma/template/template.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { selectTemplate, selectTemplateAsset } from '../records/certificates/diplomas.ts';
import type { Db } from '../records/rows.ts';
import { publishRulebook } from '../records/rulebooks.ts';
import { need } from './open-base.ts';

/** Stores the rules for later replays. */
export async function publishRules(db: Db, { hash, source, issuer, templates }: Rulebook): Promise<void> {
  await publishRulebook(db, {
    hash,
    ...source,
    issuerName: issuer.name,
    issuerPrints: issuerPrints(issuer),
    templates: Object.fromEntries(templates),
  });
}

/** A published certificate template, or null. */
export async function storedBundle(db: Db, hash: string): Promise<TemplateBundle | null> {
  const row = await selectTemplate(db, hash);
  if (!row) return null;
  const assets = new Map<string, Buffer>();
  for (const sha256 of storedAssets(row.definition)) {
    const bytes = await selectTemplateAsset(db, sha256);
    if (bytes) assets.set(sha256, bytes);
  }
  return bundleFromRow(row, (sha256) => need(assets.get(sha256), `template file ${sha256}`));
}
