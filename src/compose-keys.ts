import { randomBytes, X509Certificate } from 'node:crypto';
import { OWN_AUTHORITY } from './credential/certificate.ts';
import { exposedKeys, openKeyFolder } from './credential/key-folder.ts';
import { makeKey } from './credential/self-issued.ts';
import { KEY_PURPOSES, type KeyReferences } from './domain/credential-facts.ts';
import { InputError } from './domain/failure.ts';
import { type Issuer, inLanguage } from './domain/rulebook.ts';
import type { PublicKey } from './ports/signer.ts';
import type { Db } from './records/rows.ts';
import { insertSigningKey, type KnownKey, lockSigningKeys, selectSigningKeys } from './records/signing-keys.ts';

/** Before the end of a seal's certificate, `check` warns. */
const SOON_DAYS = 60;

export interface AgreedKeys {
  /** The keys that sign what is awarded now. */
  references: KeyReferences;
  /** Names of keys that this host made just now, since there were none anywhere. */
  made: string[];
}

/**
 * Sees to it that this host holds the very keys that the database knows. Where neither has any, they are made, once; keys
 * that an operator put into the folder before the first start become the database's.
 * @throws InputError one line for each key that is missing, other than the database's, or unknown to it
 */
export async function agreeOnKeys(db: Db, dir: string, issuer: Issuer, now: Date): Promise<AgreedKeys> {
  return db.transaction(async (trx) => {
    await lockSigningKeys(trx);
    const known = await selectSigningKeys(trx);
    const made = known.length === 0 ? await makeMissing(dir, issuer, now) : [];
    const held = await openKeyFolder(dir).keys();
    if (known.length === 0) for (const key of held) await insertSigningKey(trx, key, now);
    else refuseStrangers(dir, known, held);
    return { references: referencesTo(issuer, known.length === 0 ? held : known.filter(isInUse), now), made };
  });
}

/**
 * Makes what `issuer.yaml` names and nobody holds, and makes known to the database what lies in the folder beside the
 * keys it knows. @returns the names of the keys that are new to the database
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
    const made = await makeMissing(dir, issuer, now);
    const held = await openKeyFolder(dir).keys();
    const added = held.filter((key) => !known.some(({ id }) => id === key.id));
    for (const key of added) await insertSigningKey(trx, key, now);
    return { added: added.map(({ id }) => id), made };
  });
}

/**
 * What `gramota check` says of the keys; nothing is made. Warnings go to `say`.
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
  for (const id of await exposedKeys(dir)) say(`warning: ${id}.pem in ${dir} can be read by others; chmod 600`);
  if (known.length === 0 && held.length === 0)
    return `none yet; self-issued ones are made in ${dir} at the first start`;
  if (known.length === 0)
    return `${held.map(({ id }) => id).join(', ')} in ${dir}; the first start makes them known to all hosts`;
  refuseStrangers(dir, known, held);
  referencesTo(issuer, known.filter(isInUse), now);
  const seal = held.find(({ id }) => id === issuer.keys.seal);
  const left = seal === undefined ? null : validityOf(seal, now);
  if (left?.selfIssued) say('warning: the seal is self-issued: readers of PDF show an unknown signer');
  if (left && left.days < SOON_DAYS) say(`warning: the certificate of ${issuer.keys.seal} ends in ${left.days} days`);
  return `${known.filter(isInUse).length} in use, all held in ${dir}`;
}

/** Whether a seal's chain leads to an authority that vouches for itself here, and for how many days it still holds. */
function validityOf({ certificates }: PublicKey, now: Date): { selfIssued: boolean; days: number } {
  const chain = certificates.map((der) => new X509Certificate(der));
  const [own] = chain;
  const last = chain.at(-1);
  const ends = own === undefined ? 0 : Date.parse(own.validTo);
  const selfIssued = last?.subject.includes(OWN_AUTHORITY) === true && last.checkIssued(last);
  return { selfIssued, days: Math.floor((ends - now.getTime()) / 86_400_000) };
}

const isInUse = ({ retiredAt }: KnownKey): boolean => retiredAt === null;

async function makeMissing(dir: string, issuer: Issuer, now: Date): Promise<string[]> {
  const organisation = {
    name: inLanguage(issuer.name, 'en', 'ru'),
    country: issuer.address?.country ?? null,
    // Certificates take addresses in ASCII alone.
    url: new URL(issuer.url).href,
  };
  const made: string[] = [];
  for (const id of KEY_PURPOSES.map((purpose) => issuer.keys[purpose])) {
    if (await makeKey(id, { dir, organisation, now, random: randomBytes })) made.push(id);
  }
  return made;
}

/** A host whose keys are not those the database knows would issue what nobody can verify. */
function refuseStrangers(dir: string, known: KnownKey[], held: PublicKey[]): void {
  const where = `SIGNING_KEYS_DIR: ${dir}`;
  const copy = 'copy the folder from a host that has it';
  const faults: string[] = [];
  for (const key of known.filter(isInUse)) {
    const own = held.find(({ id }) => id === key.id);
    if (own === undefined) faults.push(`${where}: key ${key.id}, which the database knows, is missing; ${copy}`);
    else if (own.fingerprint !== key.fingerprint)
      faults.push(`${where}: key ${key.id} is not the one the database knows; ${copy}`);
  }
  for (const { id } of held.filter((own) => !known.some((key) => key.id === own.id))) {
    faults.push(
      `${where}: key ${id} is unknown to the database; "gramota keys create" makes it known, or take it away`,
    );
  }
  if (faults.length > 0)
    throw new InputError(faults.length === known.length && held.length === 0 ? faults.slice(0, 1) : faults);
}

function referencesTo(issuer: Issuer, usable: PublicKey[], now: Date): KeyReferences {
  const faults: string[] = [];
  const entries = KEY_PURPOSES.map((purpose) => {
    const id = issuer.keys[purpose];
    const key = usable.find((candidate) => candidate.id === id);
    if (key === undefined)
      faults.push(`issuer.yaml: keys.${purpose}: there is no key ${id} in use; "gramota keys create" makes it`);
    else if (purpose === 'seal' && validityOf(key, now).days < 0)
      faults.push(
        `issuer.yaml: keys.seal: the certificate of ${id} has ended; name a new key here, "gramota keys create" makes it`,
      );
    return [purpose, { id, fingerprint: key?.fingerprint ?? '' }];
  });
  if (faults.length > 0) throw new InputError(faults);
  return Object.fromEntries(entries) as KeyReferences;
}
