import { readRules } from '../adapters/templates-dir/load-rulebook.ts';
import type { CriteriaFile } from '../domain/criteria/criteria.ts';
import { InputError } from '../domain/failure.ts';
import type { Db } from '../records/rows.ts';
import { selectRulebook } from '../records/rulebooks.ts';

/** `criteria.yaml` with this hash; null when it was not stored, or is too old to be read. */
export async function storedRules(db: Db, hash: string): Promise<CriteriaFile | null> {
  const stored = await selectRulebook(db, hash);
  try {
    return stored && readRules(stored).criteria;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}
