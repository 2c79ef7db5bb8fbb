import type { Issuer } from '../domain/rulebook.ts';
import { selectSigningKeys } from '../records/certificates/signing-keys.ts';
import type { Db } from '../records/rows.ts';
import { isInUse, sealValidity } from './agree-on-keys.ts';

/**
 * Whole days until the certificate ends with which new awards are sealed: that of the key which `issuer.yaml` names, else
 * of the newest one. Negative when it has ended; null when there is no such key.
 */
export async function selectSealDays(db: Db, issuer: Issuer, now: Date): Promise<number | null> {
  const named = issuer.keys.seal;
  const key = (await selectSigningKeys(db))
    .filter(isInUse)
    .findLast(({ id, purpose }) => (named === null ? purpose === 'seal' : id === named));
  return key === undefined ? null : sealValidity(key, now).days;
}
