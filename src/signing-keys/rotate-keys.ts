import { openKeyFolder } from '../credential/keys/key-folder.ts';
import { makeKey } from '../credential/keys/self-issued-keys.ts';
import type { KeyPurpose } from '../domain/certificate/credential-facts.ts';
import { InputError } from '../domain/failure.ts';
import type { Issuer } from '../domain/rulebook.ts';
import type { PublicKey } from '../ports/signer.ts';
import {
  type KnownKey,
  lockSigningKeys,
  retireSigningKeys,
  selectSigningKeys,
} from '../records/certificates/signing-keys.ts';
import type { Db } from '../records/rows.ts';
import { insertKeys, isInUse, nextName, refuseStrangers, sealValidity, selfIssue } from './agree-on-keys.ts';

export interface Rotated {
  /** Id of the key that signs from now on. */
  id: string;
  /** True if Gramota created the key, false if it was already in the folder. */
  made: boolean;
  /** Keys that sign nothing new; their old signatures can still be verified. */
  retired: string[];
}

interface Plan {
  purpose: KeyPurpose;
  id: string;
  /** Whether the operator put the key into the folder. */
  isThere: boolean;
}

/**
 * Replaces the current keys of each purpose by a new one, for all hosts at once. It uses an unregistered key in the
 * folder, or creates one. No key is ever deleted, because it verifies its old signatures, and still signs
 * certificates awarded with it. A crash leaves at most a file, which the next rotation uses.
 * @throws InputError with the obstacle, before anything is changed
 */
export async function rotateKeys(
  db: Db,
  dir: string,
  issuer: Issuer,
  purposes: readonly KeyPurpose[],
  now: Date,
): Promise<Rotated[]> {
  return db.transaction(async (trx) => {
    await lockSigningKeys(trx);
    const known = await selectSigningKeys(trx);
    if (known.length === 0)
      throw new InputError('there are no keys yet; the first start creates them, or run "gramota keys create"');
    const held = await openKeyFolder(dir).keys();
    const [own, strangers] = [held.filter(isAmong(known)), held.filter((key) => !isAmong(known)(key))];
    refuseStrangers(dir, known, own);
    const plans = planRotation(dir, issuer, purposes, known, strangers, now);
    const made: string[] = [];
    for (const { id, isThere } of plans)
      if (!isThere && (await makeKey(id, selfIssue(dir, issuer, now)))) made.push(id);
    const fresh = (await openKeyFolder(dir).keys()).filter(({ id }) => plans.some((plan) => plan.id === id));
    await insertKeys(trx, dir, known, fresh, now);
    const rotated: Rotated[] = [];
    for (const { id, purpose } of plans) {
      rotated.push({ id, made: made.includes(id), retired: await retireSigningKeys(trx, purpose, id, now) });
    }
    return rotated;
  });
}

function planRotation(
  dir: string,
  issuer: Issuer,
  purposes: readonly KeyPurpose[],
  known: readonly KnownKey[],
  strangers: readonly PublicKey[],
  now: Date,
): Plan[] {
  const faults: string[] = [];
  const plans = purposes.map((purpose) => {
    const [taken, ...others] = strangers.filter((key) => key.purpose === purpose);
    if (issuer.keys[purpose] !== null)
      faults.push(
        `issuer.yaml: keys.${purpose}: contains the name ${issuer.keys[purpose]}; remove this name so that the newest key signs, restart every process, then rotate`,
      );
    if (others.length > 0)
      faults.push(
        `SIGNING_KEYS_DIR: ${dir}: ${[taken, ...others].map((key) => key?.id).join(', ')} are not in the database; keep only the one that you want to use`,
      );
    const isBought = (key: KnownKey) => key.purpose === 'seal' && isInUse(key) && !sealValidity(key, now).selfIssued;
    const bought = purpose === 'seal' && taken === undefined ? known.find(isBought) : undefined;
    if (bought)
      faults.push(
        `SIGNING_KEYS_DIR: ${bought.id} was not created by Gramota: put the next seal key and its certificates there as seal-<name>.pem, then rotate`,
      );
    return { purpose, id: taken?.id ?? nextName(purpose, [...known, ...strangers]), isThere: taken !== undefined };
  });
  if (faults.length > 0) throw new InputError(faults);
  return plans;
}

const isAmong =
  (known: readonly PublicKey[]) =>
  ({ id }: PublicKey): boolean =>
    known.some((key) => key.id === id);
