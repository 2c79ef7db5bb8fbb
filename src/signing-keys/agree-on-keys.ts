import { randomBytes, X509Certificate } from 'node:crypto';
import { exposedKeys, openKeyFolder } from '../credential/keys/key-folder.ts';
import { OWN_AUTHORITY } from '../credential/keys/own-authority.ts';
import { makeKey, type SelfIssue } from '../credential/keys/self-issued-keys.ts';
import type { KeyPurpose, KeyReferences } from '../domain/certificate/credential-facts.ts';
import { KEY_PURPOSES } from '../domain/certificate/key-purposes.ts';
import { InputError } from '../domain/failure.ts';
import { type Issuer, inLanguage } from '../domain/rulebook.ts';
import { KeyMissing, type PublicKey } from '../ports/signer.ts';
import {
  insertSigningKey,
  type KnownKey,
  lockSigningKeys,
  selectSigningKeys,
} from '../records/certificates/signing-keys.ts';
import type { Db } from '../records/rows.ts';

/** How long before the end of a seal's certificate `check` and the start log begin to warn. */
export const SOON_DAYS = 60;

export interface AgreedKeys {
  /** References to the current signing keys. */
  references: KeyReferences;
  /** Ids of keys that this host created because none existed. */
  made: string[];
  /** Remaining whole days of the seal's certificate. */
  sealDays: number;
}

/**
 * Ensures that this host has exactly the keys registered in the database. When neither has any, it creates them once;
 * keys that an operator put into the folder before the first start are registered.
 * @throws InputError with one line for each key that is missing, different, or unknown to the database
 */
export async function agreeOnKeys(db: Db, dir: string, issuer: Issuer, now: Date): Promise<AgreedKeys> {
  return db.transaction(async (trx) => {
    await lockSigningKeys(trx);
    const known = await selectSigningKeys(trx);
    const made = known.length === 0 ? await makeMissing(dir, issuer, known, now) : [];
    const held = await openKeyFolder(dir).keys();
    if (known.length === 0) await insertKeys(trx, dir, known, held, now);
    else refuseStrangers(dir, known, held);
    const references = referencesTo(issuer, known.length === 0 ? held : known.filter(isInUse), now);
    return { references, made, sealDays: sealDays(known.length === 0 ? held : known, references, now) };
  });
}

/**
 * Creates missing keys named in `issuer.yaml`, and registers further keys found in the folder.
 * @returns the ids that are new to the database
 */
export async function addKeys(
  db: Db,
  dir: string,
  issuer: Issuer,
  now: Date,
): Promise<{ added: string[]; made: string[] }> {
  return db.transaction(async (trx) => {
    await lockSigningKeys(trx);
    const known = await selectSigningKeys(trx);
    const before = await openKeyFolder(dir).keys();
    refuseStrangers(
      dir,
      known,
      before.filter((key) => known.some(({ id }) => id === key.id)),
    );
    const made = await makeMissing(dir, issuer, known, now);
    const held = await openKeyFolder(dir).keys();
    const added = held.filter((key) => !known.some(({ id }) => id === key.id));
    await insertKeys(trx, dir, known, added, now);
    return { added: added.map(({ id }) => id), made };
  });
}

/**
 * The current signing keys in the database; a rotation takes effect at once, without a restart.
 * @throws KeyMissing when there is none, or the seal's certificate has expired
 */
export async function selectKeysInUse(db: Db, issuer: Issuer, now: Date): Promise<KeyReferences> {
  const known = await selectSigningKeys(db);
  try {
    return referencesTo(issuer, known.filter(isInUse), now);
  } catch (error) {
    if (error instanceof InputError) throw new KeyMissing(error.message);
    throw error;
  }
}

/**
 * Registers keys for all hosts.
 * @throws InputError when one key has two names
 */
export async function insertKeys(
  trx: Db,
  dir: string,
  known: PublicKey[],
  added: PublicKey[],
  now: Date,
): Promise<void> {
  const owners = new Map(known.map(({ id, publicKey }) => [hexOf(publicKey), id]));
  const faults: string[] = [];
  for (const { id, publicKey } of added) {
    const owner = owners.get(hexOf(publicKey));
    owners.set(hexOf(publicKey), id);
    if (owner !== undefined)
      faults.push(`SIGNING_KEYS_DIR: ${dir}: ${owner} and ${id} are the same key; put a different key into ${id}.pem`);
  }
  if (faults.length > 0) throw new InputError(faults);
  for (const key of added) await insertSigningKey(trx, key, now);
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * The key check of `gramota check`; it creates nothing. Warnings go to `say`.
 * @throws InputError as {@link agreeOnKeys}
 */
export async function checkKeys(
  db: Db,
  dir: string,
  issuer: Issuer,
  now: Date,
  say: (line: string) => void,
): Promise<string> {
  const known = await selectSigningKeys(db);
  const held = await openKeyFolder(dir).keys();
  for (const id of await exposedKeys(dir))
    say(`warning: ${id}.pem in ${dir} can be read by other users; run chmod 600`);
  if (known.length === 0 && held.length === 0) return `none yet; the first start creates them in ${dir}`;
  if (known.length === 0)
    return `${held.map(({ id }) => id).join(', ')} in ${dir}; the first start stores their public part in the database for all hosts`;
  refuseStrangers(dir, known, held);
  const references = referencesTo(issuer, known.filter(isInUse), now);
  const seal = held.find(({ id }) => id === references.seal.id);
  const left = seal === undefined ? null : sealValidity(seal, now);
  if (left?.selfIssued) say('warning: the seal certificate was created by Gramota: PDF readers show an unknown signer');
  if (left && left.days < SOON_DAYS)
    say(`warning: the certificate of ${references.seal.id} expires in ${left.days} days`);
  for (const { id } of known.filter((key) => !isInUse(key) && !held.some((own) => own.id === key.id)))
    say(
      `warning: the retired key ${id} is not in ${dir}: certificates that were awarded with it but not drawn yet wait for it`,
    );
  return `${known.filter(isInUse).length} in use, all held in ${dir}`;
}

/** Whether a seal's chain ends in our own self-signed authority, and its remaining days. */
export function sealValidity({ certificates }: PublicKey, now: Date): { selfIssued: boolean; days: number } {
  const chain = certificates.map((der) => new X509Certificate(der));
  const [own] = chain;
  const last = chain.at(-1);
  const ends = own === undefined ? 0 : Date.parse(own.validTo);
  const selfIssued = last?.subject.includes(OWN_AUTHORITY) === true && last.checkIssued(last);
  return { selfIssued, days: Math.floor((ends - now.getTime()) / 86_400_000) };
}

export const isInUse = ({ retiredAt }: KnownKey): boolean => retiredAt === null;

/** Creates the keys that `issuer.yaml` names, and one for each purpose without a current key. */
async function makeMissing(dir: string, issuer: Issuer, known: KnownKey[], now: Date): Promise<string[]> {
  const held = await openKeyFolder(dir).keys();
  const made: string[] = [];
  for (const purpose of KEY_PURPOSES) {
    const usable = [...held.filter((own) => !known.some(({ id }) => id === own.id)), ...known.filter(isInUse)];
    const wanted = usable.some((key) => key.purpose === purpose) ? null : nextName(purpose, [...known, ...held]);
    const id = issuer.keys[purpose] ?? wanted;
    if (id !== null && (await makeKey(id, selfIssue(dir, issuer, now)))) made.push(id);
  }
  return made;
}

/** Returns the first unused id of `credential-1`, `credential-2` … */
export function nextName(purpose: KeyPurpose, taken: readonly Pick<PublicKey, 'id'>[]): string {
  const numbers = taken.map(({ id }) => Number(new RegExp(`^${purpose}-([0-9]+)$`).exec(id)?.[1] ?? 0));
  return `${purpose}-${Math.max(0, ...numbers) + 1}`;
}

/** How to create this issuer's own keys. */
export function selfIssue(dir: string, issuer: Issuer, now: Date): SelfIssue {
  const organisation = {
    name: inLanguage(issuer.name, 'en', 'ru'),
    country: issuer.address?.country ?? null,
    // Certificates allow only ASCII addresses.
    url: new URL(issuer.url).href,
  };
  return { dir, organisation, now, random: randomBytes };
}

/** A host with other keys than the database's would issue unverifiable certificates. */
export function refuseStrangers(dir: string, known: KnownKey[], held: PublicKey[]): void {
  const where = `SIGNING_KEYS_DIR: ${dir}`;
  const copy = 'copy the key folder from a host that has the key';
  const faults: string[] = [];
  for (const key of known.filter(isInUse)) {
    const own = held.find(({ id }) => id === key.id);
    if (own === undefined) faults.push(`${where}: key ${key.id}, which the database knows, is missing; ${copy}`);
    else if (own.fingerprint !== key.fingerprint)
      faults.push(`${where}: key ${key.id} is not the one the database knows; ${copy}`);
  }
  for (const { id } of held.filter((own) => !known.some((key) => key.id === own.id))) {
    faults.push(`${where}: key ${id} is not in the database; run "gramota keys create" to add it, or remove the file`);
  }
  if (faults.length > 0)
    throw new InputError(faults.length === known.length && held.length === 0 ? faults.slice(0, 1) : faults);
}

/**
 * For each purpose the key that `issuer.yaml` names, else the newest.
 * @param usable oldest first
 */
function referencesTo(issuer: Issuer, usable: readonly PublicKey[], now: Date): KeyReferences {
  const faults: string[] = [];
  const entries = KEY_PURPOSES.map((purpose) => {
    const named = issuer.keys[purpose];
    const key = usable.findLast(({ id, purpose: own }) => (named === null ? own === purpose : id === named));
    if (key === undefined)
      faults.push(
        named === null
          ? `SIGNING_KEYS_DIR: no key for ${purpose} is in use; run "gramota keys create" to create one`
          : `issuer.yaml: keys.${purpose}: the key ${named} is not in use; run "gramota keys create" to create it`,
      );
    else if (purpose === 'seal' && sealValidity(key, now).days < 0) faults.push(ended(key.id, named !== null));
    return [purpose, { id: key?.id ?? '', fingerprint: key?.fingerprint ?? '' }];
  });
  if (faults.length > 0) throw new InputError(faults);
  return Object.fromEntries(entries) as KeyReferences;
}

function ended(id: string, isNamed: boolean): string {
  const rotate = 'run "gramota keys rotate --purpose seal"';
  return isNamed
    ? `issuer.yaml: keys.seal: the certificate of ${id} has ended; remove the name, and ${rotate}`
    : `SIGNING_KEYS_DIR: the certificate of ${id} has ended; ${rotate}`;
}

function sealDays(keys: readonly PublicKey[], { seal }: KeyReferences, now: Date): number {
  const key = keys.find(({ id }) => id === seal.id);
  return key === undefined ? 0 : sealValidity(key, now).days;
}
