import { normaliseNumber, surnameMatches } from '../domain/certificate-number.ts';
import { parseCode } from '../domain/lookup-code.ts';
import { type LookupRecord, selectByCode, selectByNumber } from '../records/lookup.ts';
import type { Db } from '../records/rows.ts';

/** No certificate can have it, by a constraint of its table: what is malformed costs the same query as what is unknown. */
const NOBODYS_CODE = 'xxxxxxxxxxxxxxxxxxxxxxxxx';
const NOBODYS_NUMBER = 'xxxxxx-xx-xxxxxx';
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

/** Finds by code as people type it; null for every kind of miss. */
export async function findByCode(db: Db, typed: string): Promise<LookupRecord | null> {
  return selectByCode(db, parseCode(typed) ?? NOBODYS_CODE);
}

/**
 * Finds by number and surname, both as people type them; null for every kind of miss. An erased certificate has no name
 * left to compare, so it is a miss too.
 */
export async function findByNumber(db: Db, number: string, surname: string): Promise<LookupRecord | null> {
  const readable =
    number.length <= 100 && surname.length <= 200 && !UNSTORABLE.test(number) && !UNSTORABLE.test(surname);
  const record = await selectByNumber(db, readable ? normaliseNumber(number) : NOBODYS_NUMBER);
  const matches =
    readable && surnameMatches(surname, record?.facts?.holderName ?? '-', record?.facts?.latinName ?? null);
  return matches && record?.facts ? record : null;
}
