import { foldNumber, normaliseNumber } from '../domain/certificate/certificate-number.ts';
import { parseCode } from '../domain/certificate/lookup-code.ts';
import { surnameMatches } from '../domain/text/search-words.ts';
import { type LookupRecord, selectByCode, selectByNumber } from '../records/certificates/lookup.ts';
import type { Db } from '../records/rows.ts';

/** No certificate can have it, by a constraint of its table: what is malformed costs the same query as what is unknown. */
const NOBODYS_CODE = 'xxxxxxxxxxxxxxxxxxxxxxxxx';
/** Small letters stand in no folded number. */
const NOBODYS_NUMBER = 'xxxxxxxxxxxxxx';
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

/** Finds by code as people type it; null for every kind of miss. */
export async function findByCode(db: Db, typed: string): Promise<LookupRecord | null> {
  return selectByCode(db, parseCode(typed) ?? NOBODYS_CODE);
}

/**
 * Finds by number and surname, both as people type them; null for every kind of miss. An erased certificate has no name
 * left to compare, so it is a miss too. So is, without its dashes, a number that
 * two people of one surname could mean.
 */
export async function findByNumber(db: Db, number: string, surname: string): Promise<LookupRecord | null> {
  const readable =
    number.length <= 100 && surname.length <= 200 && !UNSTORABLE.test(number) && !UNSTORABLE.test(surname);
  const records = await selectByNumber(db, (readable && foldNumber(number)) || NOBODYS_NUMBER);
  if (!readable) return null;
  const matching = (records.length === 0 ? [null] : records).filter((record) =>
    surnameMatches(surname, record?.facts?.holderName ?? '-', record?.facts?.latinName ?? null),
  );
  const meant =
    matching.length === 1
      ? matching[0]
      : matching.find((record) => record && normaliseNumber(record.number) === normaliseNumber(number));
  return meant?.facts ? meant : null;
}
